import type { ImageId } from '../../../src/core/model/ids.ts';
import type { ImageState } from '../../../src/core/model/imageState.ts';
import { NO_TAGS, type TagSet } from '../../../src/core/model/tag.ts';

/** An image in `/w/Inbox` that one post was found for, with these tags, and that waits for review. */
export function waiting(id: string, tags: Partial<TagSet> = { general: ['sky'] }, similarity = 90): ImageState {
  const match = {
    provider: 'danbooru-iqdb',
    similarity,
    url: 'https://danbooru.donmai.us/posts/1',
    post: { site: 'danbooru', id: '1' },
    tags: { ...NO_TAGS, ...tags },
    sources: [],
  } as const;
  return {
    image: { id: id as ImageId, path: `/w/Inbox/${id}.jpg`, size: 1, mtimeMs: 1 },
    stages: { search: { outcome: { kind: 'done', result: { verdict: 'found', match } }, ms: 1 } },
    operations: [],
    fate: 'awaiting-review',
  };
}
