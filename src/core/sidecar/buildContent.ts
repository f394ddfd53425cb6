import type { Analysis, Style } from '../model/analysis.ts';
import type { Match } from '../model/match.ts';
import type { ContentRating } from '../model/rating.ts';
import type { Suggestion } from '../model/review.ts';
import { TAG_CATEGORIES, type TagCategory, type TagSet } from '../model/tag.ts';
import type { SidecarContent, SidecarTag } from './content.ts';
import { describeMatch } from './describeMatch.ts';
import { booruTagPath, ownTagPath, typedTagPath, type Hierarchy } from './hierarchy.ts';
import { ADULT_CONTENT_WARNINGS, STARS } from './ratingFields.ts';
import { toLeaf } from './tagPath.ts';
import { tagText, type TagCase } from './tagText.ts';

/** What is known of an image when its sidecar is written. */
export interface ContentInput {
  /** the tags to write, booru spelling */
  readonly tags: TagSet;
  /** absent when there is none, or when a person rejected it */
  readonly match: Match | undefined;
  /** the booru's, else the tagger's */
  readonly rating: ContentRating | undefined;
  /** what a person was shown: approved tags that are not in it were typed */
  readonly suggestion: Suggestion | undefined;
  readonly analysis: Analysis | undefined;
}

export interface ContentOptions {
  readonly includeRating: boolean;
  readonly tagCase: TagCase;
  readonly hierarchy: Hierarchy;
  /** our name and version: `Image Inbox 1.2.3` */
  readonly creatorTool: string;
}

const STYLE_TAGS: Readonly<Record<Style, string | undefined>> = {
  drawing: 'anime style illustration',
  photo: 'realistic photograph',
  unsure: undefined,
};

/** Says in full what the sidecar of an image is to hold. Pure: the same input gives the same content. */
export function buildContent(input: ContentInput, options: ContentOptions): SidecarContent {
  const { match, rating } = input;
  const date = dateOf(match?.createdAt);
  return {
    tags: tagsOf(input, options),
    relations: match ? relationsOf(match) : [],
    creators: creatorsOf(input, options.tagCase),
    creatorTool: options.creatorTool,
    ...(match && { description: describeMatch(match) }),
    // a scanned magazine has no page
    ...(match && match.url !== '' && { source: match.url }),
    ...(match?.post && { identifier: `${match.post.site}:${match.post.id}` }),
    ...(match?.title !== undefined && { title: match.title }),
    ...(date !== undefined && { date }),
    ...(rating && { adultContentWarning: ADULT_CONTENT_WARNINGS[rating] }),
    ...(rating && options.includeRating && { rating: STARS[rating] }),
  };
}

function tagsOf(input: ContentInput, { hierarchy, tagCase }: ContentOptions): readonly SidecarTag[] {
  const shape = { hierarchy, tagCase, copyrights: input.tags.copyright };
  const tags = new Map<string, SidecarTag>();
  const add = (path: readonly string[]): void => {
    const key = path.join('/');
    if (key && !tags.has(key)) tags.set(key, { path, leaf: toLeaf(path) });
  };
  for (const category of TAG_CATEGORIES) {
    for (const tag of input.tags[category]) {
      const typed = !isSuggested(category, tag, input.suggestion);
      add(typed ? typedTagPath(category, tag, hierarchy) : booruTagPath(category, tag, shape));
    }
  }
  const style = input.analysis && STYLE_TAGS[input.analysis.style];
  if (input.rating) add(ownTagPath('rating', input.rating, hierarchy));
  if (style !== undefined) add(ownTagPath('style', style, hierarchy));
  return [...tags.values()];
}

const isSuggested = (category: TagCategory, tag: string, suggestion: Suggestion | undefined): boolean =>
  suggestion?.tags[category].includes(tag) ?? false;

/** The artists' tags, else the name that a site without tags gives. */
function creatorsOf({ tags, match }: ContentInput, tagCase: TagCase): readonly string[] {
  const artists = tags.artist.map((tag) => tagText(tag, tagCase)).filter(Boolean);
  return artists.length === 0 && match?.artist !== undefined ? [match.artist] : artists;
}

/** A post's source may be any text ("fanbox reward"); only addresses lead somewhere. */
function relationsOf(match: Match): readonly string[] {
  const addresses = match.sources.filter((source) => /^https?:\/\//i.test(source) && source !== match.url);
  return [...new Set(addresses)];
}

/** ISO 8601 with zone to the second: parts of seconds say nothing here, and readers differ over them. */
function dateOf(iso: string | undefined): string | undefined {
  const [, seconds, zone] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)$/.exec(iso ?? '') ?? [];
  return seconds !== undefined && zone !== undefined ? seconds + zone : undefined;
}
