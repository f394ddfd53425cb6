import assert from 'node:assert/strict';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RcloneError } from '../../../src/adapters/sync/rcloneDaemon.ts';
import { RcloneEngine } from '../../../src/adapters/sync/rcloneEngine.ts';
import type { RcloneRemote } from '../../../src/adapters/sync/rcloneRemote.ts';
import type { Cargo } from '../../../src/core/sync/syncEngine.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const never = new AbortController().signal;

describe('A NAS that does not say what is in a folder', () => {
  for (const [names, what] of [
    [['a.jpg'], 'a file'],
    [['a.jpg', 'b.jpg', 'c.jpg', '夏.jpg'], 'many files'],
  ] as const) {
    it(`has nothing there put over, by rclone: ${what}`, async () => {
      await using folder = await temporaryFolder();
      const [sorted, nas] = [join(folder.path, 'Sorted'), join(folder.path, 'NAS')];
      const cargo: Cargo[] = [];
      for (const side of [nas, sorted]) await mkdir(join(side, 'category'), { recursive: true });
      for (const name of names) {
        const [place, source] = [`category/${name}`, join(sorted, 'category', name)];
        await writeFile(source, 'ours');
        await writeFile(join(nas, place), 'what somebody else put there');
        const { size, mtimeMs } = await stat(source);
        cargo.push({ place, source, size, mtimeMs, replaces: undefined, resume: false });
      }
      const engine = new RcloneEngine({ options: [], remote: nas, root: sorted, staging: '.image-inbox-x', verify: 'size' }); // prettier-ignore
      try {
        const { remote } = engine as unknown as { readonly remote: RcloneRemote };
        const call = remote.call.bind(remote);
        remote.call = (method, parameters, signal) => {
          const { remote: place = '' } = parameters as { readonly remote?: string };
          return place.startsWith('category') && /list|stat/.test(method)
            ? Promise.reject(new RcloneError(500, 'permission denied'))
            : call(method, parameters, signal);
        };
        const seen = await engine.look(
          cargo.map(({ place }) => place),
          never,
        );
        assert.deepEqual(new Set([...seen.values()].map(({ kind }) => kind)), new Set(['unseen']));
        assert.equal(seen.size, cargo.length);
        const brought = await engine.bring(cargo, { signal: never });
        assert.deepEqual(new Set([...brought.values()].map(({ kind }) => kind)), new Set(['failed']));
        for (const { place } of cargo)
          assert.equal(await readFile(join(nas, place), 'utf8'), 'what somebody else put there');
      } finally {
        await engine.close();
      }
    });
  }
});
