import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RsyncCarrier } from '../../../src/adapters/sync/rsyncCarrier.ts';
import { RsyncProgram } from '../../../src/adapters/sync/rsyncProgram.ts';
import { carrierFolders } from './carrierFolders.ts';

describe('RsyncCarrier', () => {
  it('tells once of a file that was sent again since its first part turned out to be wrong', async () => {
    const content = Buffer.alloc(3_000_000, 'image ');
    await using f = await carrierFolders([content]);
    const [one] = f.cargo;
    const part = Buffer.from(content.subarray(0, 1_000_000));
    part[5] = 0;
    await writeFile(join(f.staging, one!.place), part);
    const told: string[] = [];
    const carrier = new RsyncCarrier(new RsyncProgram({ options: [] }), f.root);
    const { signal } = new AbortController();
    for await (const { cargo, error } of carrier.carry([{ ...one!, resume: true }], f.staging, { signal })) {
      assert.equal(error, undefined);
      told.push(cargo.place);
    }
    assert.deepEqual(told, [one!.place]);
    assert.ok((await readFile(join(f.staging, one!.place))).equals(content));
  });
});
