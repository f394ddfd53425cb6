import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { appendFile, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { NodeFiles } from '../../../src/adapters/files/nodeFiles.ts';
import type { ImageId } from '../../../src/core/model/ids.ts';
import type { FoundImage } from '../../../src/core/model/image.ts';
import { sampleInbox } from '../../services/samplePosts.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const never = new AbortController().signal;
const files = new NodeFiles();

async function foundAt(path: string): Promise<FoundImage> {
  const { size, mtimeMs } = await stat(path);
  return { id: '0123456789abcdef' as ImageId, path, size, mtimeMs };
}

/** The file is an image by its name; what its content is, the message must say. */
async function refusal(path: string, content: string | Uint8Array): Promise<{ reason?: string; message: string }> {
  await writeFile(path, content);
  const image = await foundAt(path);
  try {
    await files.fingerprint(image, never);
  } catch (error) {
    return error as Error & { readonly reason?: string };
  }
  throw new Error('it was taken');
}

describe('NodeFiles.fingerprint', () => {
  it('tells format and hashes of samples of all kinds', async () => {
    for (const [name, format] of [
      ['aoi hoshino - harbor night.png', 'png'],
      ['夕焼けの湖 🌄.webp', 'webp'],
      ['blink.gif', 'gif'],
      ["scans/vampire's supper.tiff", 'tiff'],
      ['downloads/2024 夏/ステージ ♪.avif', 'avif'],
      ['camera/astronaut.jpg', 'jpeg'],
    ] as const) {
      const path = join(sampleInbox, name);
      const bytes = await readFile(path);
      assert.deepEqual(await files.fingerprint(await foundAt(path), never), {
        format,
        sha256: createHash('sha256').update(bytes).digest('hex'),
        md5: createHash('md5').update(bytes).digest('hex'),
      });
    }
  });

  it('tells a file that is read in many pieces', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'large.bmp');
    const header = Buffer.alloc(18);
    header.write('BM');
    header.writeUInt32LE(40, 14);
    const bytes = Buffer.concat([header, Buffer.alloc(3_000_001, 'pixels')]);
    await writeFile(path, bytes);
    const { format, sha256 } = await files.fingerprint(await foundAt(path), never);
    assert.equal(format, 'bmp');
    assert.equal(sha256, createHash('sha256').update(bytes).digest('hex'));
  });

  it('takes a PNG whose picture is cut off: what is wrong with it, a decoder says', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'cut off.png');
    await writeFile(path, (await readFile(join(sampleInbox, 'aoi hoshino - harbor night.png'))).subarray(0, 20));
    assert.equal((await files.fingerprint(await foundAt(path), never)).format, 'png');
  });

  it('takes a TIFF whose directory is far behind its head', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'large.tif');
    await sharp({ create: { width: 200, height: 200, channels: 3, background: '#345' } })
      .tiff({ compression: 'none' })
      .toFile(path);
    assert.equal((await files.fingerprint(await foundAt(path), never)).format, 'tiff');
  });

  it('says what a file is that is no image', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'not an image 絵.jpg');
    for (const [content, what] of [
      ['Dear diary,\ntoday I saw a cat. 🐈', 'text'],
      [`${'x'.repeat(4095)}€ and on`, 'text'],
      ['BMW prices have gone up again this year', 'no known type'],
      ['%PDF-1.7\n', 'application/pdf'],
      [Buffer.from([0x50, 0x4b, 3, 4, 20, 0, 0, 0]), 'application/zip'],
      [Buffer.alloc(64), 'no known type'],
    ] as const) {
      const { reason, message } = await refusal(path, content);
      assert.equal(reason, 'not-an-image');
      assert.ok(message.includes(what) && message.includes(path), message);
    }
  });

  it('refuses an empty file', async () => {
    await using folder = await temporaryFolder();
    assert.equal((await refusal(join(folder.path, 'empty.jpg'), '')).reason, 'empty');
  });

  it('notices a file that changed since it was found', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'a.png');
    const bytes = await readFile(join(sampleInbox, 'aoi hoshino - harbor night.png'));
    await writeFile(path, bytes);
    const image = await foundAt(path);
    await appendFile(path, 'x');
    await assert.rejects(files.fingerprint(image, never), { reason: 'changed' });
    await writeFile(path, bytes);
    await utimes(path, 1, 1);
    await assert.rejects(files.fingerprint(image, never), { reason: 'changed' });
  });

  it('notices a file that is gone, and one that has become a link', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'a.png');
    await writeFile(path, 'x');
    const image = await foundAt(path);
    await rm(path);
    await assert.rejects(files.fingerprint(image, never), { reason: 'vanished' });
    await symlink('/etc/hostname', path);
    await assert.rejects(files.fingerprint(image, never), { reason: 'not-a-file' });
  });

  it('stops when it is told to', async () => {
    const image = await foundAt(join(sampleInbox, 'blink.gif'));
    await assert.rejects(files.fingerprint(image, AbortSignal.abort()), { name: 'AbortError' });
  });
});
