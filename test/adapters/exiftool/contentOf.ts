import type { SidecarContent } from '../../../src/core/sidecar/content.ts';
import { toLevel } from '../../../src/core/sidecar/tagPath.ts';

/** Content with general tags, as a search gives them, and whatever else a test is about. */
export function contentOf(tags: readonly string[], rest: Partial<SidecarContent> = {}): SidecarContent {
  return {
    tags: tags.map((tag) => ({
      path: ['general', toLevel(tag)],
      leaf: tag,
      name: tag,
      origin: 'danbooru:1 via saucenao 93.4 %',
    })),
    relations: [],
    creators: [],
    creatorTool: 'Image Inbox 1.0.0',
    asked: { search: true, analysis: true },
    ...rest,
  };
}
