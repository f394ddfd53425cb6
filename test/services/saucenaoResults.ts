import { createHash } from 'node:crypto';
import type { Candidate } from './candidates.ts';
import type { Post } from './posts.ts';

/** One element of `results` in SauceNAO's answer. */
export interface SaucenaoResult {
  readonly header: {
    readonly similarity: string;
    readonly thumbnail: string;
    readonly index_id: number;
    readonly index_name: string;
    readonly dupes: number;
    readonly hidden: number;
  };
  readonly data: Readonly<Record<string, unknown>>;
}

/** Whether the client asked for an index. */
export type AskedIndexes = (index: number) => boolean;

// Tags as SauceNAO tells them: with spaces, comma separated.
const spoken = (tags: readonly string[]): string => tags.map((tag) => tag.replaceAll('_', ' ')).join(', ');

/** A thumbnail address that is signed and expires half a day later, as theirs do. */
function signed(path: string, now: number): string {
  const auth = createHash('sha256').update(path).digest('base64url').slice(0, 22);
  return `https://img3.saucenao.com/${path}?auth=${auth}&exp=${Math.floor(now / 1000) + 43_200}`;
}

function pixivResult({ post, similarity }: Candidate, now: number): readonly SaucenaoResult[] {
  const { pixiv } = post;
  if (pixiv === undefined) return [];
  const file = `${pixiv.id}_p0_master1200.jpg`;
  return [
    {
      header: {
        similarity: similarity.toFixed(2),
        thumbnail: signed(`res/pixiv/${Math.floor(pixiv.id / 10_000)}/${file}`, now),
        index_id: 5,
        index_name: `Index #5: Pixiv Images - ${file}`,
        dupes: 0,
        hidden: 0,
      },
      data: {
        ext_urls: [`https://www.pixiv.net/member_illust.php?mode=medium&illust_id=${pixiv.id}`],
        title: pixiv.title,
        pixiv_id: pixiv.id,
        member_name: pixiv.memberName,
        member_id: pixiv.memberId,
      },
    },
  ];
}

/** The boorus that SauceNAO merges into one hit: index, key of the number, address. In the order of `ext_urls`. */
const boorus = [
  ['danbooru', 9, 'Danbooru', 'danbooru_id', 'https://danbooru.donmai.us/post/show/'],
  ['yandere', 12, 'Yande.re', 'yandere_id', 'https://yande.re/post/show/'],
  ['gelbooru', 25, 'Gelbooru', 'gelbooru_id', 'https://gelbooru.com/index.php?page=post&s=view&id='],
  ['konachan', 26, 'Konachan', 'konachan_id', 'https://konachan.com/post/show/'],
  ['sankaku', 27, 'Sankaku Channel', 'sankaku_id', 'https://chan.sankakucomplex.com/post/show/'],
  ['animePictures', 28, 'Anime-Pictures', 'anime-pictures_id', 'https://anime-pictures.net/pictures/view_post/'],
] as const satisfies readonly (readonly [keyof Post['sites'], number, string, string, string])[];

function booruResult({ post, similarity }: Candidate, asked: AskedIndexes, now: number): readonly SaucenaoResult[] {
  const held = boorus.flatMap(([site, index, name, key, address]) => {
    const id = post.sites[site];
    return id === undefined || !asked(index) ? [] : [{ index, name, key, id, url: `${address}${id}` }];
  });
  const [first] = held;
  if (first === undefined) return [];
  const file = `${post.md5}_0.jpg`;
  return [
    {
      header: {
        similarity: similarity.toFixed(2),
        thumbnail: signed(`booru/${post.md5.slice(0, 1)}/${post.md5.slice(1, 2)}/${file}`, now),
        index_id: first.index,
        index_name: `Index #${first.index}: ${first.name} - ${file}`,
        dupes: held.length - 1,
        hidden: post.rating === 'e' ? 1 : 0,
      },
      data: {
        ext_urls: held.map(({ url }) => url),
        ...Object.fromEntries(held.map(({ key, id }) => [key, id])),
        creator: spoken(post.tags.artist),
        material: spoken(post.tags.copyright),
        characters: spoken(post.tags.character),
        source: post.source,
      },
    },
  ];
}

/**
 * The results for one post: its Pixiv hit, then its merged booru hit, whose number is a little higher, so that the
 * list is not in the order of similarity.
 */
export function resultsOf(candidate: Candidate, asked: AskedIndexes, now: number): readonly SaucenaoResult[] {
  const lower = { ...candidate, similarity: candidate.similarity * 0.98 };
  return [...(asked(5) ? pixivResult(lower, now) : []), ...booruResult(candidate, asked, now)];
}

/** Weak results of other indexes, which fill every answer: no ids of boorus, some without any address. */
const strangers: readonly {
  readonly index: number;
  readonly name: string;
  readonly data: Readonly<Record<string, unknown>>;
}[] = [
  {
    index: 2,
    name: 'H-Game CG',
    data: { title: 'Letters from a Lighthouse', company: 'Brass Gull', getchu_id: '99900012' },
  },
  {
    index: 18,
    name: 'H-Misc (nhentai)',
    data: {
      source: 'Tea with Otters',
      creator: ['paper lantern', 'nine herons'],
      eng_name: 'Tea with Otters',
      jp_name: 'かわうそとお茶',
    },
  },
  {
    index: 21,
    name: 'Anime',
    data: {
      ext_urls: ['https://anidb.net/anime/9990021', 'https://myanimelist.net/anime/9990021/'],
      source: 'Starlit Harbor',
      anidb_aid: 9_990_021,
      mal_id: 9_990_021,
      part: '03',
      year: '2023-2023',
      est_time: '00:11:27 / 00:23:42',
    },
  },
  {
    index: 34,
    name: 'deviantArt',
    data: {
      ext_urls: ['https://deviantart.com/view/9990034000'],
      title: 'Merry X&#039;mas, Captain',
      da_id: '9990034000',
      author_name: null,
      author_url: 'https://example.org/captain',
    },
  },
  {
    index: 41,
    name: 'Twitter',
    data: {
      ext_urls: ['https://twitter.com/i/web/status/9100000000000000041'],
      created_at: '2024-02-11T08:15:30Z',
      tweet_id: '9100000000000000041',
      twitter_user_id: '9900000000000000041',
      twitter_user_handle: 'nine_herons_example',
    },
  },
  {
    index: 44,
    name: 'Skeb',
    data: {
      ext_urls: ['https://skeb.jp//@velvet_quill_example/works/9990044'],
      path: '/@velvet_quill_example/works/9990044',
      creator: '@velvet_quill_example',
      creator_name: 'Velvet Quill',
      author_name: null,
      author_url: 'https://skeb.jp//@velvet_quill_example',
    },
  },
];

/**
 * Weak results for a picture, at most `count`, the same ones for the same picture: about -4 to 28, in no order, and
 * the first with all the decimals of a float.
 */
export function strangersFor(
  picture: Buffer,
  count: number,
  asked: AskedIndexes,
  now: number,
): readonly SaucenaoResult[] {
  const noise = createHash('sha256').update(picture).digest();
  const known = strangers.filter(({ index }) => asked(index));
  const repeated = known.length === 0 ? [] : Array.from({ length: count }, (_, i) => known[i % known.length]!);
  return repeated.map(({ index, name, data }, i) => {
    const similarity = -4 + ((noise[i % noise.length] ?? 0) / 255) * 32;
    const file = `${noise.toString('hex', i % 16, (i % 16) + 6)}.jpg`;
    return {
      header: {
        similarity: i === 0 ? String(similarity) : similarity.toFixed(2),
        thumbnail: signed(`res/${index}/${file}`, now),
        index_id: index,
        index_name: `Index #${index}: ${name} - ${file}`,
        dupes: 0,
        hidden: 0,
      },
      data,
    };
  });
}
