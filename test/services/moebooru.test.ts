import assert from 'node:assert/strict';
import { Moebooru } from './moebooru.ts';
import { loadSamplePosts } from './samplePosts.ts';
import { startServices, type Services } from './start.ts';

type Told = Readonly<Record<string, unknown>>;

describe('the stand-ins of the smaller boorus', () => {
  let services: Services;

  before(async () => {
    services = await startServices(await loadSamplePosts());
  });
  after(() => services.close());

  const told = async (url: string): Promise<unknown> => (await fetch(url)).json();

  it('find posts by MD5 on yande.re and konachan, each with its own fields', async () => {
    const posts = await loadSamplePosts();
    const [vampire] = (await told(`${services.yandere.url}/post.json?tags=md5:${posts[4]!.md5}`)) as Told[];
    assert.deepEqual([vampire!['id'], vampire!['rating'], vampire!['file_ext']], [99_300_005, 'q', 'tiff']);
    const [lake] = (await told(`${services.konachan.url}/post.json?tags=md5:${posts[7]!.md5}`)) as Told[];
    assert.deepEqual([lake!['id'], lake!['rating'], 'file_ext' in lake!], [99_400_008, 's', false]);
    assert.deepEqual(await told(`${services.konachan.url}/post.json?tags=md5:${posts[4]!.md5}`), []);
  });

  it('hide deleted posts from a search that does not ask for them', async () => {
    const [first] = await loadSamplePosts();
    const deleted = await new Moebooru('yandere', [{ ...first!, status: 'deleted' }]).start();
    try {
      const list = `${deleted.url}/post.json?tags=`;
      assert.deepEqual(await told(`${list}md5:${first!.md5}`), []);
      for (const query of [`md5:${first!.md5}+deleted:all`, `id:${first!.sites.yandere}`]) {
        const [post] = (await told(list + query)) as Told[];
        assert.deepEqual([post!['status'], 'file_url' in post!], ['deleted', false]);
      }
    } finally {
      await deleted.close();
    }
  });

  it('tell the types of tags on request', async () => {
    const url = `${services.yandere.url}/post.json?tags=id:99300001&api_version=2&include_tags=1`;
    const { posts, tags } = (await told(url)) as { posts: Told[]; tags: Told };
    assert.equal(posts.length, 1);
    assert.equal(tags['aoi_hoshino_(starlit_harbor)'], 'character');
    assert.equal(tags['starlit_harbor'], 'copyright');
  });

  it('answer a wrong address with 404 and nothing', async () => {
    const response = await fetch(`${services.yandere.url}/posts.json`);
    assert.equal(response.status, 404);
    assert.equal(await response.text(), '');
  });

  it('call the MD5 hash on safebooru.org, in a bare list', async () => {
    const { md5 } = (await loadSamplePosts())[0]!;
    const list = `${services.safebooru.url}/index.php?page=dapi&s=post&q=index&json=1&tags=md5:${md5}`;
    const [post] = (await told(list)) as Told[];
    assert.deepEqual(
      [post!['id'], post!['hash'], post!['rating'], 'md5' in post!],
      [99_600_001, md5, 'general', false],
    );
  });

  it('answer with nothing at all where safebooru.org finds nothing', async () => {
    const list = `${services.safebooru.url}/index.php?page=dapi&s=post&q=index&json=1&tags=md5:${'0'.repeat(32)}`;
    const response = await fetch(list);
    assert.deepEqual([response.status, await response.text()], [200, '']);
  });
});
