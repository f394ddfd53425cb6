import type { PostSite } from '../../core/model/match.ts';
import type { ContentRating } from '../../core/model/rating.ts';

/** Where gallery-dl's metadata of a site keep what we look for. A path of keys leads into nested objects. */
export interface GalleryDlSite {
  readonly site: PostSite;
  /** the number (or word) that the address of the post's page has in it */
  readonly id?: { readonly key: string; readonly form: RegExp };
  /** key of an address of the page, where the id alone makes none */
  readonly page?: string;
  /** absent where `tags` are words of the uploader, in no vocabulary that boorus share */
  readonly booru?: {
    /** what the rating `s` means; `era`: safe before 2022, sensitive since */
    readonly s: ContentRating | 'era';
  };
  /** the first one that is there; only of sites whose tags do not name the artist */
  readonly artist?: readonly (readonly string[])[];
  readonly title?: string;
}

const NUMBER = /^[1-9]\d{0,18}$/;
const number = (key: string): GalleryDlSite['id'] & object => ({ key, form: NUMBER });
const booru = (site: PostSite, s: ContentRating | 'era' = 'general'): GalleryDlSite => ({
  site,
  id: number('id'),
  booru: { s },
});

/**
 * By gallery-dl's `category`. Sources: its extractors and their expected results (gallery_dl/extractor and test/results of
 * mikf/gallery-dl), versions of 2019 to 2025. All of these give `date` in UTC, and write it without a zone.
 */
export const GALLERY_DL_SITES: ReadonlyMap<string, GalleryDlSite> = new Map<string, GalleryDlSite>([
  ['danbooru', booru('danbooru', 'era')],
  ['yandere', booru('yandere')],
  ['konachan', booru('konachan')],
  ['safebooru', booru('safebooru')],
  ['gelbooru', booru('gelbooru')],
  // its ids are numbers or, with `"id-format": "alphanumeric"`, words
  ['sankaku', { ...booru('sankaku'), id: { key: 'id', form: /^\w{1,32}$/ } }],
  ['e621', booru('e621')],
  ['e926', booru('e621')],
  ['zerochan', { site: 'zerochan', id: number('id') }],
  ['pixiv', { site: 'pixiv', id: number('id'), artist: [['user', 'name']], title: 'title' }],
  ['twitter', { site: 'twitter', id: number('tweet_id'), artist: [['author', 'name']] }],
  [
    'deviantart',
    {
      site: 'deviantart',
      id: number('index'),
      page: 'url',
      artist: [['author', 'username'], ['username']],
      title: 'title',
    },
  ],
  [
    'artstation',
    {
      site: 'artstation',
      id: { key: 'hash_id', form: /^[\w-]{1,32}$/ },
      artist: [
        ['user', 'full_name'],
        ['user', 'username'],
      ],
      title: 'title',
    },
  ],
  ['nijie', { site: 'nijie', id: number('image_id'), artist: [['artist_name']], title: 'title' }],
  // the page's address names the artist and the work; the number alone is the artist's own count
  ['skeb', { site: 'skeb', page: 'post_url', artist: [['creator', 'name']] }],
]);
