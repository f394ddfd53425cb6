import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { ThumbnailMaker } from '../../../src/adapters/image/thumbnailMaker.ts';
import { FatalError, ImageError } from '../../../src/core/model/failure.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { flag, noise } from './specimens.ts';

const thumbnails = new ThumbnailMaker();

describe('ThumbnailMaker', () => {
  it('writes a WebP of 320 pixels into a folder that it makes, and leaves nothing else there', async () => {
    await using folder = await temporaryFolder();
    const picture = join(folder.path, `it's "one" 絵 🌄.png`);
    await writeFile(picture, await noise(400, 800).png().toBuffer());
    const target = join(folder.path, 'thumbnails 小', 'ab 🌄.webp');
    await thumbnails.makeThumbnail(picture, target);
    const { format, width, height } = await sharp(await readFile(target)).metadata();
    assert.deepEqual({ format, width, height }, { format: 'webp', width: 160, height: 320 });
    assert.deepEqual(await readdir(join(folder.path, 'thumbnails 小')), ['ab 🌄.webp']);
  });

  it('replaces the thumbnail that is there, and keeps it when the picture is broken', async () => {
    await using folder = await temporaryFolder();
    const picture = join(folder.path, 'a.png');
    const target = join(folder.path, 'a.webp');
    await writeFile(target, 'an old one');
    await writeFile(picture, (await noise(400, 800).png().toBuffer()).subarray(0, 9000));
    await assert.rejects(thumbnails.makeThumbnail(picture, target), ImageError);
    assert.equal(await readFile(target, 'utf8'), 'an old one');
    await writeFile(picture, await flag().png().toBuffer());
    await thumbnails.makeThumbnail(picture, target);
    assert.equal((await sharp(await readFile(target)).metadata()).width, 90);
    assert.deepEqual((await readdir(folder.path)).sort(), ['a.png', 'a.webp']);
  });

  it('stops the run when the working folder cannot take it', async () => {
    await using folder = await temporaryFolder();
    const picture = join(folder.path, 'a.png');
    await writeFile(picture, await flag().png().toBuffer());
    const target = join(folder.path, 'a folder is here');
    await mkdir(target);
    await assert.rejects(thumbnails.makeThumbnail(picture, target), (error) => {
      assert.ok(error instanceof FatalError);
      assert.equal(error.reason, 'not-writable');
      return true;
    });
    assert.deepEqual((await readdir(folder.path)).sort(), ['a folder is here', 'a.png']);
  });
});
