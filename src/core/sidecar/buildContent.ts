import { STYLE_WORDS, type Analysis } from '../model/analysis.ts';
import type { Match } from '../model/match.ts';
import type { ContentRating } from '../model/rating.ts';
import { TAG_CATEGORIES, type TagCategory, type TagSet } from '../model/tag.ts';
import type { SidecarContent, SidecarTag } from './content.ts';
import { describeMatch } from './describeMatch.ts';
import { digitalSourceTypeOf } from './digitalSourceType.ts';
import { booruTagPath, ownTagPath, typedTagPath, type Hierarchy } from './hierarchy.ts';
import { joinOrigins, originOfMatch, originOfModel, TYPED, type Asked } from './origin.ts';
import { personsTag } from './personsTag.ts';
import { ADULT_CONTENT_WARNINGS, STARS } from './ratingFields.ts';
import { toLeaf } from './tagPath.ts';
import { tagText, type TagCase } from './tagText.ts';

/** What is known of an image when its sidecar is written. */
export interface ContentInput {
  /** the tags to write */
  readonly tags: TagSet;
  /** absent when there is none, or when a person rejected it */
  readonly match: Match | undefined;
  /** the booru's, else the tagger's */
  readonly rating: ContentRating | undefined;
  /** tags in a booru's spelling, whichever their category; those to write that are not among them were typed */
  readonly named: ReadonlySet<string>;
  readonly analysis: Analysis | undefined;
  /** a search and an analysis that were switched off, or could not be had, take nothing back */
  readonly asked: Asked;
}

export interface ContentOptions {
  readonly includeRating: boolean;
  readonly tagCase: TagCase;
  readonly hierarchy: Hierarchy;
  /** our name and version: `Image Inbox 1.2.3` */
  readonly creatorTool: string;
}

/** Says in full what the sidecar of an image is to hold. Pure: the same input gives the same content. */
export function buildContent(input: ContentInput, options: ContentOptions): SidecarContent {
  const { match, rating, asked } = input;
  const digitalSourceType = digitalSourceTypeOf(input);
  const date = dateOf(match?.createdAt);
  return {
    tags: tagsOf(input, options),
    relations: match ? relationsOf(match) : [],
    creators: creatorsOf(input, options.tagCase),
    creatorTool: options.creatorTool,
    asked,
    ...(match && { description: describeMatch(match) }),
    // a scanned magazine has no page
    ...(match && match.url !== '' && { source: match.url }),
    ...(match?.post && { identifier: `${match.post.site}:${match.post.id}` }),
    ...(match?.title !== undefined && { title: match.title }),
    ...(date !== undefined && { date }),
    ...(rating && { adultContentWarning: ADULT_CONTENT_WARNINGS[rating] }),
    ...(digitalSourceType !== undefined && { digitalSourceType }),
    ...(rating && options.includeRating && { rating: STARS[rating] }),
  };
}

function tagsOf(input: ContentInput, { hierarchy, tagCase }: ContentOptions): readonly SidecarTag[] {
  const { match, rating, analysis } = input;
  const shape = { hierarchy, tagCase, copyrights: input.tags.copyright };
  const tags = new Map<string, SidecarTag>();
  const add = (path: readonly string[], name: string, origin: string): void => {
    const key = path.join('/');
    if (key && !tags.has(key)) tags.set(key, { path, leaf: toLeaf(path), name, origin });
  };
  for (const category of TAG_CATEGORIES) {
    for (const tag of input.tags[category]) {
      if (input.named.has(tag)) {
        add(booruTagPath(category, tag, shape), tag, namedBy(category, tag, input));
      } else {
        add(typedTagPath(category, tag, hierarchy), tag, TYPED);
      }
    }
  }
  if (rating) {
    const origin =
      match?.rating === rating ? originOfMatch(match) : analysis ? originOfModel(analysis, undefined) : TYPED;
    add(ownTagPath('rating', rating, hierarchy), `rating:${rating}`, origin);
  }
  if (analysis) {
    const persons = personsTag(analysis.persons);
    if (analysis.style !== 'unsure') {
      add(
        ownTagPath('style', STYLE_WORDS[analysis.style], hierarchy),
        `style:${analysis.style}`,
        originOfModel(analysis, analysis.styleConfidence),
      );
    }
    if (persons) add(ownTagPath('general', persons.text, hierarchy), 'persons', originOfModel(analysis, persons.score));
  }
  return [...tags.values()];
}

/** Who said it; a tag that was kept from a match that is another picture, or put into another category, has a person's word only. */
function namedBy(category: TagCategory, tag: string, { match, analysis }: ContentInput): string {
  const found = match?.tags[category].includes(tag) ? originOfMatch(match) : '';
  const seen = analysis?.tags?.[category].includes(tag) ? originOfModel(analysis, analysis.tagScores?.[tag]) : '';
  return joinOrigins(found, seen) || TYPED;
}

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
