import type { Post } from './posts.ts';
import { sampleDanbooruAccount } from './danbooru.ts';
import { sampleSaucenaoKey } from './saucenao.ts';
import { startServices } from './start.ts';
import { form, reduced } from './upload.ts';

/** What a stand-in said once. */
export interface Body {
  readonly name: string;
  readonly status: number;
  readonly text: string;
}

export type BodiesOfService = 'saucenao' | 'iqdb' | 'danbooru' | 'moebooru' | 'safebooru';

/** One answer of each kind that the stand-ins give, about these posts; the first post's picture is looked for. */
export async function bodiesOfServices(
  posts: readonly Post[],
): Promise<Readonly<Record<BodiesOfService, readonly Body[]>>> {
  await using services = await startServices(posts);
  const { saucenao, iqdb, danbooru, yandere, konachan, safebooru } = services;
  const [wanted] = posts;
  if (wanted?.picture === undefined) throw new Error('the first post has no picture');
  const picture = await reduced(wanted.picture);
  const stranger = await reduced('camera/astronaut.jpg');
  const agent = { 'user-agent': 'image-inbox-tests/1.0' };

  const said = async (name: string, url: string, init: RequestInit = {}): Promise<Body> => {
    const response = await fetch(url, { ...init, headers: agent });
    return { name, status: response.status, text: await response.text() };
  };
  const upload = (field: string, bytes: Buffer): RequestInit => ({
    method: 'POST',
    body: form(field, bytes, 'image.jpg'),
  });
  const search = `${saucenao.url}/search.php?output_type=2&db=999&numres=16&api_key=`;
  const { login, apiKey } = sampleDanbooruAccount;
  const md5 = `md5:${wanted.md5}`;
  const dapi = `${safebooru.url}/index.php?page=dapi&s=post&q=index&json=1&tags=`;

  const sauceNao = [
    await said('found', search + sampleSaucenaoKey, upload('file', picture)),
    await said('no match', search + sampleSaucenaoKey, upload('file', stranger)),
    await said('failed', `${search}${sampleSaucenaoKey}&url=http://example.org/a.jpg`),
    await said('need an image', search + sampleSaucenaoKey, upload('other', picture)),
    await said('unknown key', `${search}wrong`, upload('file', picture)),
    await said('short limit', search + sampleSaucenaoKey, upload('file', picture)),
  ];
  const pages = [
    await said('found', iqdb.url, upload('file', picture)),
    await said('no match', iqdb.url, upload('file', stranger)),
    await said('not an image', iqdb.url, upload('file', Buffer.from('no picture'))),
  ];
  iqdb.setQueue({ places: [4, 1], msPerPlace: 1 });
  pages.push(await said('queued', iqdb.url, upload('file', picture)));
  return {
    saucenao: sauceNao,
    iqdb: pages,
    danbooru: [
      await said('post', `${danbooru.url}/posts/${wanted.sites.danbooru}.json`),
      await said('posts', `${danbooru.url}/posts.json?limit=5`),
      await said('by MD5', `${danbooru.url}/posts.json?tags=${md5}`),
      await said('missing', `${danbooru.url}/posts/1.json`),
      await said(
        'alike',
        `${danbooru.url}/iqdb_queries.json?login=${login}&api_key=${apiKey}`,
        upload('search[file]', picture),
      ),
    ],
    moebooru: [
      await said('version 1', `${yandere.url}/post.json?tags=${md5}`),
      await said('version 2', `${yandere.url}/post.json?tags=${md5}&api_version=2&include_tags=1`),
      await said('several', `${konachan.url}/post.json?api_version=2&include_tags=1`),
    ],
    safebooru: [await said('by MD5', dapi + md5), await said('all', dapi)],
  };
}
