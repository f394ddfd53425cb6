import * as v from 'valibot';
import type { PostRef, PostSite } from '../../core/model/match.ts';
import type { Candidate } from '../../core/ports/reverseImageSearch.ts';
import { SAME_PICTURE } from '../../core/search/matchMaker.ts';
import { plainText } from '../http/plainText.ts';
import { orderedPosts, pageOfPost, postOfAddress, shownAddress, webAddress } from '../http/postAddress.ts';
import type { SauceNaoHit } from './parseSauceNao.ts';

/** One hit merges several sites, so ids come from these fields and never from the number of the index. */
const ID_FIELDS = {
  danbooru_id: 'danbooru',
  yandere_id: 'yandere',
  konachan_id: 'konachan',
  gelbooru_id: 'gelbooru',
  sankaku_id: 'sankaku',
  'anime-pictures_id': 'anime-pictures',
  e621_id: 'e621',
  pixiv_id: 'pixiv',
  tweet_id: 'twitter',
  da_id: 'deviantart',
  as_project: 'artstation',
  nijie_id: 'nijie',
} as const satisfies Readonly<Record<string, PostSite>>;

/** Names of the artist, from the surest field to the vaguest. */
const ARTIST_FIELDS = ['member_name', 'creator_name', 'author_name', 'creator', 'twitter_user_handle', 'user_name'];
/**
 * `source` is a title for films and books, and an address for boorus. Theirs have no title: `material` lists the works that the
 * picture's characters are from (`fatal frame, final fantasy, kingdom hearts, …`).
 */
const TITLE_FIELDS = ['title', 'eng_name', 'jp_name', 'source'];

const Id = v.union([
  v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.transform(String)),
  v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/)),
]);

/**
 * The hits as candidates, best first. Hits that share a post are one candidate: the work on pixiv, and the booru post that
 * names it as its source. But a work has many pages, so that one that is much less like shows another of them. Signed
 * addresses of thumbnails are not taken over.
 */
export function candidatesOf(hits: readonly SauceNaoHit[]): readonly Candidate[] {
  const candidates: Candidate[] = [];
  for (const candidate of hits.map(candidateOf).sort((a, b) => b.similarity - a.similarity)) {
    const same = candidates.findIndex(
      (known) => sharePost(known, candidate) && known.similarity - candidate.similarity <= SAME_PICTURE,
    );
    const known = candidates[same];
    if (known) candidates[same] = merged(known, candidate);
    else candidates.push(candidate);
  }
  return candidates;
}

function candidateOf({ similarity, data }: SauceNaoHit): Candidate {
  const addresses = strings(data['ext_urls']).flatMap((text) => webAddress(text) ?? []);
  const source = typeof data['source'] === 'string' ? webAddress(data['source'].trim()) : undefined;
  const linked = [...addresses, ...(source ? [source] : [])].flatMap((address) => postOfAddress(address) ?? []);
  const posts = orderedPosts([...fieldPosts(data), ...linked]);
  const artist = firstText(data, ARTIST_FIELDS);
  const title = firstText(data, TITLE_FIELDS);
  return withPage({
    similarity: Math.min(100, Math.max(0, similarity)),
    url: '',
    posts,
    sources: [...addresses, ...(source ? [source] : [])].map(shownAddress),
    ...(artist !== undefined && { artist }),
    ...(title !== undefined && { title }),
  });
}

function fieldPosts(data: SauceNaoHit['data']): readonly PostRef[] {
  return Object.entries(ID_FIELDS).flatMap(([field, site]) => {
    const id = v.safeParse(Id, data[field]);
    return id.success ? [{ site, id: id.output }] : [];
  });
}

const sharePost = (a: Candidate, b: Candidate): boolean =>
  a.posts.some((one) => b.posts.some((other) => one.site === other.site && one.id === other.id));

/** `better` keeps its similarity and its names; what it lacks comes from the other. */
function merged(better: Candidate, other: Candidate): Candidate {
  const artist = better.artist ?? other.artist;
  const title = better.title ?? other.title;
  return withPage({
    similarity: better.similarity,
    url: '',
    posts: orderedPosts([...better.posts, ...other.posts]),
    sources: [better.url, ...better.sources, other.url, ...other.sources],
    ...(artist !== undefined && { artist }),
    ...(title !== undefined && { title }),
  });
}

/** Shows the first post's page, else the first address there is; the others are sources. */
function withPage(candidate: Candidate): Candidate {
  const [first] = candidate.posts;
  const url = (first && pageOfPost(first)) ?? candidate.sources[0] ?? '';
  return { ...candidate, url, sources: [...new Set(candidate.sources)].filter((source) => source !== url) };
}

function firstText(data: SauceNaoHit['data'], fields: readonly string[]): string | undefined {
  for (const field of fields) {
    // lists are several artists; names hold HTML entities
    const text = plainText(strings(data[field]).join(', '));
    if (text !== '' && !/^unknown(?: artist)?$/i.test(text) && !webAddress(text)) return text;
  }
  return undefined;
}

/** A text or a list of texts, as a list. */
function strings(value: unknown): readonly string[] {
  const all: readonly unknown[] = Array.isArray(value) ? value : [value];
  return all.filter((one) => typeof one === 'string');
}
