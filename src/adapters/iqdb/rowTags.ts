import type { PostSite } from '../../core/model/match.ts';
import { splitTags } from '../http/postFields.ts';

const SEPARATED_BY_BLANKS: ReadonlySet<PostSite> = new Set(['danbooru', 'gelbooru', 'yandere', 'konachan', 'sankaku']);
const SEPARATED_BY_COMMAS: ReadonlySet<PostSite> = new Set(['anime-pictures', 'zerochan']);

/**
 * The tags in the text of a thumbnail, `Rating: s Score: 40 Tags: a_b c`, in a booru's spelling (small letters, `long_hair`);
 * none in `[IMG]`, and none where it can't be told how they are separated.
 */
export function rowTags(text: string, site: PostSite | undefined): readonly string[] {
  const list = /(?:^|\s)Tags:\s(.*)$/s.exec(text)?.[1];
  if (list === undefined || site === undefined) return [];
  if (SEPARATED_BY_BLANKS.has(site)) return splitTags(list);
  // Anime-Pictures' oldest rows have blanks between the tags and inside them
  if (!SEPARATED_BY_COMMAS.has(site) || !list.includes(',')) return [];
  const names = list.split(',').map((name) => name.trim().toLowerCase().replace(/\s+/g, '_'));
  return [...new Set(names.filter((name) => name !== ''))];
}
