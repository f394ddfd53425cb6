import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeHeic } from '../../../src/adapters/image/heic.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

describe('decodeHeic', () => {
  it('gives up a picture on which the decoder never ends, and takes the next one', async () => {
    await using folder = await temporaryFolder();
    const [endless, quick] = ['endless.cjs', 'quick.cjs'].map((name) => join(folder.path, name));
    assert.ok(endless && quick);
    await writeFile(endless, 'exports.HeifDecoder = class { decode() { for (;;); } };');
    await writeFile(quick, 'exports.HeifDecoder = class { decode() { return []; } };');
    const bytes = new Uint8Array(8);
    const waiting = assert.rejects(decodeHeic(quick, bytes, 100), /no whole picture/);
    await assert.rejects(decodeHeic(endless, bytes, 100, 500), /takes too long/);
    await waiting;
    await assert.rejects(decodeHeic(quick, bytes, 100), /no whole picture/);
  });
});
