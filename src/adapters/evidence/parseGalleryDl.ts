import * as v from 'valibot';
import type { PostRef } from '../../core/model/match.ts';
import type { ContentRating } from '../../core/model/rating.ts';
import { countTags, NO_TAGS } from '../../core/model/tag.ts';
import { orderedPosts, pageOfPost, postOfAddress, shownAddress, webAddress } from '../http/postAddress.ts';
import { at, texts, type Metadata } from './galleryDlMetadata.ts';
import { GALLERY_DL_SITES, type GalleryDlSite } from './galleryDlSites.ts';
import { galleryDlTags } from './galleryDlTags.ts';
import { ratingWord } from './ratingWord.ts';
import { shownText } from './shownText.ts';
import type { Told } from './told.ts';

// gallery-dl adds both to whatever a site's answer holds; beyond that every site, and many a version, has its own fields
const GalleryDl = v.looseObject({ category: v.string(), subcategory: v.optional(v.unknown()) });
const Md5 = v.pipe(v.string(), v.toLowerCase(), v.regex(/^[0-9a-f]{32}$/));
const Id = v.union([v.string(), v.pipe(v.number(), v.safeInteger(), v.transform(String))]);
const Zoned = v.pipe(v.string(), v.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/));
const InUtc = v.pipe(v.string(), v.regex(/^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d$/));

/** Posts name one or two; a field full of addresses is something else. */
const MOST_SOURCES = 20;
const LONGEST_SOURCE = 2048;

/**
 * What gallery-dl's metadata of a picture tell; undefined when the value is nothing that gallery-dl writes, or tells nothing.
 * Never throws. Tags of sites that are no boorus (pixiv, Twitter) are left out: they are the artist's own words.
 */
export function parseGalleryDl(value: unknown): Told | undefined {
  const metadata = outputOf(GalleryDl, value);
  if (!metadata) return undefined;
  const site = GALLERY_DL_SITES.get(metadata.category);
  if (!site && typeof metadata.subcategory !== 'string') return undefined;

  const own = site && ownPost(metadata, site);
  const addresses = sourceAddresses(metadata, site);
  const linked = addresses.flatMap((address) => postOfAddress(address) ?? []);
  const md5s = [metadata['md5'], at(metadata, ['file', 'md5'])].flatMap((one) => outputOf(Md5, one) ?? []);
  // of sites that we do not know, those that give the MD5 are boorus
  const isBooru = site ? site.booru !== undefined : md5s.length > 0;
  const tags = isBooru ? galleryDlTags(metadata) : NO_TAGS;
  const rating = isBooru ? ratingOf(metadata, site?.booru?.s) : undefined;
  const artist = site?.artist?.map((path) => shownText(at(metadata, path))).find((name) => name !== undefined);
  const title = site?.title === undefined ? undefined : shownText(metadata[site.title]);
  const createdAt = createdOf(metadata, site);
  const page = own && pageOfPost(own);
  const traces = {
    md5s: [...new Set(md5s)],
    posts: orderedPosts([...(own ? [own] : []), ...linked]),
    sources: [...new Set(addresses.map(shownAddress))].filter((address) => address !== page),
  };
  if (traces.md5s.length + traces.posts.length + traces.sources.length + countTags(tags) === 0) return undefined;
  return {
    ...traces,
    ...(countTags(tags) > 0 && { tags }),
    ...(rating && { rating }),
    ...(artist !== undefined && { artist }),
    ...(title !== undefined && { title }),
    ...(createdAt !== undefined && { createdAt }),
  };
}

function ownPost(metadata: Metadata, { site, id }: GalleryDlSite): PostRef | undefined {
  const found = id && outputOf(Id, metadata[id.key]);
  return found !== undefined && id?.form.test(found) ? { site, id: found } : undefined;
}

/** `source` is one address or several, `sources` a list; Danbooru keeps the number of the work on pixiv apart. */
function sourceAddresses(metadata: Metadata, site: GalleryDlSite | undefined): readonly URL[] {
  const pixiv = outputOf(Id, metadata['pixiv_id']);
  const work = pixiv !== undefined && /^[1-9]\d*$/.test(pixiv) ? pageOfPost({ site: 'pixiv', id: pixiv }) : undefined;
  const page = site?.page === undefined ? [] : texts(metadata[site.page]);
  const named = [...texts(metadata['source']), ...texts(metadata['sources'])].flatMap((text) => text.split(/\s+/));
  return [...page, ...(work === undefined ? [] : [work]), ...named]
    .filter((text) => text !== '' && text.length <= LONGEST_SOURCE)
    .slice(0, MOST_SOURCES)
    .flatMap((text) => webAddress(text) ?? []);
}

function ratingOf(metadata: Metadata, s: ContentRating | 'era' | undefined): ContentRating | undefined {
  const rating = metadata['rating'];
  if (rating !== 's') return ratingWord(rating);
  // `media_asset` came to Danbooru's posts in the year in which `s` came to mean sensitive
  if (s === 'era') return metadata['media_asset'] === undefined ? 'general' : 'sensitive';
  return s;
}

function createdOf(metadata: Metadata, site: GalleryDlSite | undefined): string | undefined {
  const stated = outputOf(Zoned, metadata['created_at']) ?? outputOf(Zoned, metadata['create_date']);
  const date = site && outputOf(InUtc, metadata['date']);
  const created = stated ?? (date === undefined ? undefined : `${date.replace(' ', 'T')}Z`);
  // the beginning of 1970 stands for a date that gallery-dl could not find
  return created !== undefined && Date.parse(created) > 0 ? created : undefined;
}

function outputOf<T>(schema: v.GenericSchema<unknown, T>, value: unknown): T | undefined {
  const parsed = v.safeParse(schema, value);
  return parsed.success ? parsed.output : undefined;
}
