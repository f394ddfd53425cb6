import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { pictureHash, similarity } from './pictureHash.ts';
import { loadSamplePosts, sampleInbox } from './samplePosts.ts';
import { reduced, sampleBytes } from './upload.ts';

const photographs = ['IMG_2041.jpg', 'coffee break.jpeg', 'astronaut.jpg', 'rocket at dawn.webp'].map(
  (name) => `camera/${name}`,
);

describe('the sample pictures', () => {
  it('are of six formats, small, and one of them is wrongly named', async () => {
    const files = (await readdir(sampleInbox, { recursive: true, withFileTypes: true })).filter((entry) =>
      entry.isFile(),
    );
    const paths = files.map(({ parentPath, name }) => join(parentPath, name));
    const formats = await Promise.all(paths.map(async (path) => (await sharp(path).metadata()).format));
    const sizes = await Promise.all(paths.map(async (path) => (await stat(path)).size));
    assert.deepEqual([...new Set(formats)].toSorted(), ['gif', 'heif', 'jpeg', 'png', 'tiff', 'webp']);
    assert.ok(sizes.reduce((sum, size) => sum + size, 0) < 1_500_000);
    assert.equal((await sharp(join(sampleInbox, 'downloads/mika_rooftop.png')).metadata()).format, 'jpeg');
  });

  it('include an exact duplicate and a PNG that breaks off', async () => {
    const original = await sampleBytes('aoi hoshino - harbor night.png');
    assert.deepEqual(await sampleBytes('downloads/aoi hoshino - harbor night (1).png'), original);
    await assert.rejects(pictureHash(await sampleBytes('downloads/broken download.png')));
  });

  it('have posts that know the original files by MD5, and the re-encoded copies by another one', async () => {
    const copies = [];
    for (const { picture, md5 } of await loadSamplePosts()) {
      const bytes = await sampleBytes(picture!);
      if (createHash('md5').update(bytes).digest('hex') !== md5) copies.push(picture);
    }
    assert.deepEqual(copies, ['downloads/linnea_moon_p0.jpg', 'downloads/2024 夏/ステージ ♪.avif']);
  });

  it('are alike to their own post after scaling and re-encoding, and to no other', async () => {
    const posts = await loadSamplePosts();
    for (const { picture } of posts) {
      const hash = await pictureHash(await reduced(picture!));
      for (const other of posts) {
        const alike = similarity(hash, other.hash);
        if (other.picture === picture) assert.ok(alike >= 90, `${picture!} is ${alike} like itself`);
        else assert.ok(alike < 55, `${picture!} is ${alike} like ${other.picture!}`);
      }
    }
  });

  it('have photographs that are like no post', async () => {
    const posts = await loadSamplePosts();
    for (const photograph of photographs) {
      const hash = await pictureHash(await reduced(photograph));
      for (const post of posts) assert.ok(similarity(hash, post.hash) < 55, `${photograph} is like ${post.picture!}`);
    }
  });
});
