import * as v from 'valibot';
import type { Post } from '../../core/model/match.ts';
import type { ContentRating } from '../../core/model/rating.ts';
import { TAG_CATEGORIES, type TagCategory, type TagSet } from '../../core/model/tag.ts';
import { pageOfPost } from '../http/postAddress.ts';
import { Md5, optionally, Pixels, PostNumber, sourcesIn, splitTags } from '../http/postFields.ts';

// Hidden and deleted posts lack the addresses of their files, which are not needed; Konachan lacks some fields of yande.re.
const Wire = v.object({
  id: PostNumber,
  tags: v.string(),
  md5: optionally(Md5),
  rating: optionally(v.string()),
  source: optionally(v.string()),
  /** seconds since 1970; the end is the last that a Date can hold in four digits of years */
  created_at: optionally(v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(253_402_300_799))),
  width: optionally(Pixels),
  height: optionally(Pixels),
});

/** With `api_version=2`; `tags` has the type of each tag of these posts, and is absent without `include_tags`. */
const Version2 = v.object({ posts: v.array(Wire), tags: optionally(v.record(v.string(), v.unknown())) });

// app/models/tag/type_methods.rb; the sites add types of their own. Danbooru's words for the same: a circle that draws is an
// artist there, and faults of a scan are meta. Konachan's `style` (chibi, monochrome) is general, as all that is not known.
const CATEGORY_OF_TYPE: ReadonlyMap<unknown, TagCategory> = new Map([
  ...(['artist', 'copyright', 'character'] as const).map((type) => [type, type] as const),
  ['circle', 'artist'],
  ['faults', 'meta'],
] as const);

/** There is nothing between safe and questionable, so `s` is no more than general. */
const RATINGS: ReadonlyMap<string | undefined, ContentRating> = new Map([
  ['s', 'general'],
  ['q', 'questionable'],
  ['e', 'explicit'],
]);

/**
 * The answer of `/post.json` of Moebooru (yande.re, Konachan): `{posts, tags}`, or the bare list of version 1, whose tags are
 * all general; undefined when it is neither. Sources: moebooru's app/models/post/api_methods.rb and answers of 2024 and 2025.
 */
export function parseMoebooru(site: 'yandere' | 'konachan', value: unknown): readonly Post[] | undefined {
  const parsed = v.safeParse(v.union([Version2, v.array(Wire)]), value);
  if (!parsed.success) return undefined;
  const { posts, tags: types } = 'posts' in parsed.output ? parsed.output : { posts: parsed.output, tags: undefined };
  const typeOf = new Map(Object.entries(types ?? {}));
  return posts.map((wire): Post => {
    const ref = { site, id: String(wire.id) } as const;
    const rating = RATINGS.get(wire.rating);
    return {
      ref,
      url: pageOfPost(ref) ?? '',
      tags: byCategory(splitTags(wire.tags), typeOf),
      sources: sourcesIn(wire.source),
      ...(rating && { rating }),
      ...(wire.md5 !== undefined && { md5: wire.md5 }),
      ...(wire.created_at !== undefined && { createdAt: new Date(wire.created_at * 1000).toISOString() }),
      ...(wire.width !== undefined && { width: wire.width }),
      ...(wire.height !== undefined && { height: wire.height }),
    };
  });
}

function byCategory(tags: readonly string[], typeOf: ReadonlyMap<string, unknown>): TagSet {
  const groups = Map.groupBy(tags, (tag) => CATEGORY_OF_TYPE.get(typeOf.get(tag)) ?? 'general');
  return Object.fromEntries(
    TAG_CATEGORIES.map((category) => [category, groups.get(category) ?? []]),
  ) as unknown as TagSet;
}
