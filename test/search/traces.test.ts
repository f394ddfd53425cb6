import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { generatePost } from '../services/generated.ts';
import type { Post } from '../services/posts.ts';
import { Library, smallPicture } from './library.ts';

const reencoded = (picture: Buffer): Promise<Buffer> => sharp(picture).jpeg({ quality: 70 }).toBuffer();

/** One picture that boorus have as another file than the one in the inbox, under a name. */
async function oneImage(name: string, about: Partial<Post> = {}): Promise<{ library: Library; post: Post }> {
  const library = await Library.create();
  const picture = await smallPicture(5);
  const post: Post = { ...(await generatePost(5, picture)), ...about };
  writeFileSync(join(library.inbox, name), await reencoded(picture));
  await library.serve([post]);
  return { library, post };
}

const md5 = (bytes: Buffer): string => createHash('md5').update(bytes).digest('hex');

describe('The traces that an image carries', () => {
  it('lead by the MD5 in its name to the post, at no search', async () => {
    const name = `__aoi_hoshino_drawn_by_inkwell_otter__${md5(await smallPicture(5))}.jpg`;
    const { library, post } = await oneImage(name);
    await using _ = library;
    const { images, statistics } = await library.run();
    const search = images[0]?.stages['search'];
    assert.equal(search?.['verdict'], 'found');
    assert.equal(search['provider'], 'file-name');
    assert.equal(search['similarity'], undefined, 'nothing was compared');
    assert.deepEqual(search['post'], { site: 'danbooru', id: String(post.sites.danbooru) });
    assert.equal(library.services.saucenao.requests.length + library.services.iqdb.requests.length, 0);
    assert.equal((statistics['search'] as unknown as Record<string, number>)['byTrace'], 1);
  });

  for (const [site, name] of [
    ['danbooru', 'danbooru_123456.jpg'],
    ['yandere', 'yande.re 123456 aoi_hoshino sunset.jpg'],
    ['konachan', 'Konachan.com - 123456 night.jpg'],
  ] as const) {
    it(`lead by the number of a post of ${site} in its name to its tags`, async () => {
      const { library, post } = await oneImage(name, { sites: { [site]: 123_456 } });
      await using _ = library;
      const search = (await library.run()).images[0]?.stages['search'];
      assert.deepEqual(search?.['post'], { site, id: '123456' });
      const tags = search['tags'] as Post['tags'];
      assert.deepEqual([...tags.character], post.tags.character);
      assert.deepEqual([...tags.artist], post.tags.artist);
      assert.equal(library.services.saucenao.requests.length, 0);
    });
  }

  it('are not believed when the post has another shape than the picture', async () => {
    const { library } = await oneImage('danbooru_123456.jpg', {
      sites: { danbooru: 123_456 },
      width: 500,
      height: 900,
      foundBy: [],
    });
    await using _ = library;
    const search = (await library.run()).images[0]?.stages['search'];
    assert.equal(search?.['verdict'], 'no-match');
    assert.match(String(search['reason']), /danbooru 123456 has another shape/);
  });

  it('give gallery-dl’s post and Hydrus’ tags from the files beside it, and leave those as they are', async () => {
    const { library, post } = await oneImage('picture.jpg', { sites: { danbooru: 123_456 } });
    await using _ = library;
    const about = { category: 'danbooru', subcategory: 'post', id: 123_456, md5: post.md5, extension: 'jpg' };
    writeFileSync(join(library.inbox, 'picture.jpg.json'), JSON.stringify(about));
    writeFileSync(join(library.inbox, 'other.jpg'), await smallPicture(77));
    writeFileSync(join(library.inbox, 'other.jpg.txt'), 'creator:velvet quill\ncharacter:linnea\nblue eyes\n');
    const before = readdirSync(library.inbox).sort();
    const { images } = await library.run();
    const of = (name: string) => images.find(({ source }) => source.endsWith(name))?.stages['search'];
    assert.deepEqual(of('picture.jpg')?.['post'], { site: 'danbooru', id: '123456' });
    assert.equal(of('picture.jpg')?.['provider'], 'file-beside');
    const tags = of('other.jpg')?.['tags'] as Post['tags'];
    assert.deepEqual([...tags.artist], ['velvet_quill']);
    assert.deepEqual([...tags.general], ['blue_eyes']);
    assert.equal(library.services.saucenao.requests.length, 0);
    assert.deepEqual(readdirSync(library.inbox).sort(), before);
  });

  it('tell the work on pixiv where no search finds more, and join what a search finds', async () => {
    const { library } = await oneImage('12345678_p0.jpg', { foundBy: [] });
    await using _ = library;
    const alone = (await library.run()).images[0]?.stages['search'];
    assert.equal(alone?.['verdict'], 'found');
    assert.equal(alone['url'], 'https://www.pixiv.net/artworks/12345678');
    assert.equal(library.services.saucenao.requests.length, 1, 'pixiv has no tags: a search may find some');

    const second = await oneImage('12345678_p0.jpg');
    await using both = second.library;
    const found = (await both.run()).images[0]?.stages['search'];
    assert.equal(found?.['provider'], 'saucenao');
    assert.ok((found['sources'] as string[]).includes('https://www.pixiv.net/artworks/12345678'));
  });

  it('warn of a file beside it that is broken, and the image goes on', async () => {
    const { library } = await oneImage('picture.jpg');
    await using _ = library;
    writeFileSync(join(library.inbox, 'picture.jpg.json'), '{"category": "danb');
    const { images } = await library.run();
    assert.equal(images[0]?.stages['search']?.['verdict'], 'found');
    const warnings = library.events.flatMap((event) => (event.kind === 'warning' ? [event.text] : []));
    assert.ok(warnings.some((text) => text.includes('picture.jpg.json')));
  });
});
