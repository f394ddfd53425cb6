import * as v from 'valibot';
import type { Post } from '../../core/model/match.ts';
import type { ContentRating } from '../../core/model/rating.ts';
import type { TagSet } from '../../core/model/tag.ts';
import { pageOfPost, shownAddress, webAddress } from '../http/postAddress.ts';

const text = v.nullish(v.string());

// Everything but the number may be missing: restricted and banned posts answer without the keys, not with nulls.
const Wire = v.object({
  id: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  rating: text,
  source: text,
  md5: v.nullish(v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/))),
  created_at: v.nullish(v.pipe(v.string(), v.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/))),
  pixiv_id: v.nullish(v.number()),
  media_asset: v.optional(v.unknown()),
  tag_string_general: text,
  tag_string_character: text,
  tag_string_copyright: text,
  tag_string_artist: text,
  tag_string_meta: text,
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
  const tags = tagsOf(wire);
  if (!tags) return undefined;
  const ref = { site: 'danbooru', id: String(wire.id) } as const;
  const rating = ratingOf(wire);
  return {
    ref,
    url: pageOfPost(ref) ?? '',
    tags,
    sources: sourcesOf(wire),
    ...(rating && { rating }),
    ...(typeof wire.md5 === 'string' && { md5: wire.md5 }),
    ...(typeof wire.created_at === 'string' && { createdAt: wire.created_at }),
  };
}

function tagsOf(wire: Wire): TagSet | undefined {
  const { tag_string_general: general, tag_string_artist: artist, tag_string_meta: meta } = wire;
  const { tag_string_character: character, tag_string_copyright: copyright } = wire;
  // only `meta` came later than the others, in 2017
  if ([general, character, copyright, artist].some((list) => typeof list !== 'string')) return undefined;
  const split = (list: string | null | undefined): readonly string[] => [
    ...new Set((list ?? '').split(/\s+/).filter((tag) => tag !== '')),
  ];
  return {
    general: split(general),
    character: split(character),
    copyright: split(copyright),
    artist: split(artist),
    meta: split(meta),
  };
}

const RATINGS: Readonly<Record<string, ContentRating>> = {
  g: 'general',
  s: 'sensitive',
  q: 'questionable',
  e: 'explicit',
};

/** `s` meant safe before 2022, when `media_asset`, which restricted posts have too, did not exist yet. */
function ratingOf({ rating, media_asset: asset }: Wire): ContentRating | undefined {
  return rating === 's' && asset === undefined ? 'general' : RATINGS[rating ?? ''];
}

/** The source is free text; only addresses are kept, that of a file on pixiv as the page of its work. */
function sourcesOf({ source, pixiv_id: pixiv }: Wire): readonly string[] {
  const work = typeof pixiv === 'number' ? pageOfPost({ site: 'pixiv', id: String(pixiv) }) : undefined;
  const address = webAddress((source ?? '').trim());
  return [...new Set([work, address && shownAddress(address)].filter((url) => url !== undefined))];
}
