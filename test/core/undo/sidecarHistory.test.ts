import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NodeFiles } from '../../../src/adapters/files/nodeFiles.ts';
import { SidecarHistory } from '../../../src/core/undo/sidecarHistory.ts';
import { temporaryFolder } from '../../adapters/support/temporaryFolder.ts';

describe('what sidecars said before a run', () => {
  it('is kept once for all that said the same, also where they are written at once', async () => {
    await using folder = await temporaryFolder();
    const history = new SidecarHistory(new NodeFiles(), join(folder.path, 'before'));
    const sidecars = Array.from({ length: 30 }, (_, n) => join(folder.path, `${n}.png.xmp`));
    for (const [n, sidecar] of sidecars.entries()) await writeFile(sidecar, n % 10 === 0 ? `a face ${n}` : 'no face');
    const { signal } = new AbortController();
    const kept = await Promise.all(sidecars.map((sidecar) => history.keep(sidecar, signal)));
    for (const [n, sidecar] of sidecars.entries()) {
      assert.deepEqual(await readFile(kept[n]?.kept ?? ''), await readFile(sidecar), sidecar);
    }
    assert.equal((await readdir(join(folder.path, 'before'))).length, 4);
  });
});
