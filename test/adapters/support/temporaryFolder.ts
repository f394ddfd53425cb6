import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new folder whose name has all that paths trip over. It removes itself at the end of the `await using` block. */
export async function temporaryFolder(parent = tmpdir()): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(await realpath(parent), `inbox 'quoted' "測試" 🌄 `));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
