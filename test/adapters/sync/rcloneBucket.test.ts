import assert from 'node:assert/strict';
import { stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RcloneEngine } from '../../../src/adapters/sync/rcloneEngine.ts';
import type { RcloneRemote } from '../../../src/adapters/sync/rcloneRemote.ts';
import type { Cargo, FileFacts } from '../../../src/core/sync/syncEngine.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const never = new AbortController().signal;
const SIZE = 100_000;
const BUCKET = ':memory:pictures';

describe('A bucket, which has no folder for what is under way', () => {
  it('is sent every byte once, and again where a file was changed that looks the same', async () => {
    await using folder = await temporaryFolder();
    const root = folder.path;
    const put = async (n: number, byte: number, replaces?: FileFacts): Promise<Cargo> => {
      const source = join(root, `${n}.png`);
      await writeFile(source, Buffer.alloc(SIZE, byte));
      await utimes(source, 1_700_000_000, 1_700_000_000);
      const { size, mtimeMs } = await stat(source);
      return { place: `${n}.png`, source, size, mtimeMs, replaces, resume: false };
    };
    const engine = new RcloneEngine({ options: [], remote: BUCKET, root, staging: '.image-inbox-x', verify: 'size' }); // prettier-ignore
    try {
      // it lives in the memory of rclone's own process, where nobody else can make it
      const { remote } = engine as unknown as { readonly remote: RcloneRemote };
      await remote.call('operations/mkdir', { fs: BUCKET, remote: '' }, never);
      let sent = 0;
      const bring = async (cargo: readonly Cargo[]): Promise<readonly string[]> => {
        sent = 0;
        const brought = await engine.bring(cargo, { signal: never, onBytes: (bytes) => (sent += bytes) });
        return [...brought.values()].map(({ kind }) => kind);
      };
      const first = await Promise.all(Array.from({ length: 6 }, (_, n) => put(n, n)));
      assert.deepEqual(new Set(await bring(first)), new Set(['arrived']));
      assert.equal(sent, 6 * SIZE);
      const there = await engine.look(first.map(({ place }) => place), never); // prettier-ignore
      const second = await Promise.all(
        first.map((one, n) => {
          const now = there.get(one.place);
          assert.ok(now?.kind === 'file');
          return put(n, 100 + n, now);
        }),
      );
      assert.deepEqual(new Set(await bring(second)), new Set(['arrived']));
      assert.equal((await engine.same(second, never)).size, 6, 'the bytes are those of today');
    } finally {
      await engine.close();
    }
  });
});
