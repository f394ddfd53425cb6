import * as v from 'valibot';
import type { Post } from '../../core/model/match.ts';
import type { ContentRating } from '../../core/model/rating.ts';
import type { TagSet } from '../../core/model/tag.ts';
import { pageOfPost } from '../http/postAddress.ts';
import { Md5, optionally, Pixels, PostNumber, sourcesIn, splitTags } from '../http/postFields.ts';

const IsoTime = v.pipe(v.string(), v.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/));

// Everything but number and tags may be missing: restricted and banned posts answer without the keys, not with nulls.
const Wire = v.object({
  id: PostNumber,
  rating: optionally(v.string()),
  source: optionally(v.string()),
  md5: optionally(Md5),
  created_at: optionally(IsoTime),
  image_width: optionally(Pixels),
  image_height: optionally(Pixels),
  pixiv_id: optionally(PostNumber),
  media_asset: v.optional(v.unknown()),
  tag_string_general: v.string(),
  tag_string_character: v.string(),
  tag_string_copyright: v.string(),
  tag_string_artist: v.string(),
  // came later than the others, in 2017
  tag_string_meta: v.nullish(v.string()),
});
type Wire = v.InferOutput<typeof Wire>;

/**
 * A post as Danbooru sends it (`/posts/ID.json`, an element of `/posts.json`, `post` in `/iqdb_queries.json`); undefined when
 * it is none. Sources: danbooru's app/policies/post_policy.rb and answers of 2016 to 2025.
 */
export function parseDanbooruPost(value: unknown): Post | undefined {
  const parsed = v.safeParse(Wire, value);
  if (!parsed.success) return undefined;
  const wire = parsed.output;
  const ref = { site: 'danbooru', id: String(wire.id) } as const;
  const rating = ratingOf(wire);
  return {
    ref,
    url: pageOfPost(ref) ?? '',
    tags: tagsOf(wire),
    sources: sourcesOf(wire),
    ...(rating && { rating }),
    ...(wire.md5 !== undefined && { md5: wire.md5 }),
    ...(wire.created_at !== undefined && { createdAt: wire.created_at }),
    ...(wire.image_width !== undefined && { width: wire.image_width }),
    ...(wire.image_height !== undefined && { height: wire.image_height }),
  };
}

const tagsOf = (wire: Wire): TagSet => ({
  general: splitTags(wire.tag_string_general),
  character: splitTags(wire.tag_string_character),
  copyright: splitTags(wire.tag_string_copyright),
  artist: splitTags(wire.tag_string_artist),
  meta: splitTags(wire.tag_string_meta ?? ''),
});

const RATINGS: ReadonlyMap<string, ContentRating> = new Map([
  ['g', 'general'],
  ['s', 'sensitive'],
  ['q', 'questionable'],
  ['e', 'explicit'],
]);

/** `s` meant safe before 2022, when `media_asset`, which restricted posts have too, did not exist yet. */
function ratingOf({ rating, media_asset: asset }: Wire): ContentRating | undefined {
  return rating === 's' && asset === undefined ? 'general' : RATINGS.get(rating ?? '');
}

/** The work on pixiv comes first: its number is stated apart, whatever the free text says. */
function sourcesOf({ source, pixiv_id: pixiv }: Wire): readonly string[] {
  const work = pixiv === undefined ? undefined : pageOfPost({ site: 'pixiv', id: String(pixiv) });
  return [...new Set([...(work === undefined ? [] : [work]), ...sourcesIn(source)])];
}
