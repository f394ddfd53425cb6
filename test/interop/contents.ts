import { namesOf, NO_TAGS, type TagSet } from '../../src/core/model/tag.ts';
import type { Match } from '../../src/core/model/match.ts';
import type { ContentRating } from '../../src/core/model/rating.ts';
import { buildContent } from '../../src/core/sidecar/buildContent.ts';
import type { SidecarContent } from '../../src/core/sidecar/content.ts';

export interface Found {
  readonly tags: TagSet;
  readonly match?: Match;
  readonly rating?: ContentRating;
  /** tags that a person has typed, not suggested by anybody */
  readonly typed?: readonly string[];
  readonly includeRating?: boolean;
}

/** What the pipeline writes for an image after this was found, with the tags in the booru's spelling. */
export function contentFor({ tags, match, rating, typed = [], includeRating = false }: Found): SidecarContent {
  return buildContent(
    {
      tags: { ...tags, general: [...tags.general, ...typed] },
      match,
      rating,
      named: new Set(namesOf(tags)),
      analysis: undefined,
      asked: { search: true, analysis: true },
    },
    { includeRating, tagCase: 'booru', hierarchy: 'category', creatorTool: 'Image Inbox 1.0.0' },
  );
}

/** Content with general tags alone, as if from a booru; the rest of what a match gives is left out. */
export function tagged(...general: readonly string[]): SidecarContent {
  const content = contentFor({ tags: { ...NO_TAGS, general } });
  return {
    ...content,
    tags: content.tags.map((tag) => ({ ...tag, origin: 'danbooru:99200001 via danbooru-md5 100 %' })),
  };
}
