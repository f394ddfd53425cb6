import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cargo, Hooks } from '../../core/sync/syncEngine.ts';
import type { Carried, Carrier } from './carrier.ts';
import { rsyncError } from './rsyncErrors.ts';
import { parseProgress } from './rsyncOutput.ts';
import type { RsyncProgram } from './rsyncProgram.ts';

/**
 * Copies with rsync into the staging folder of a NAS that is mounted. It writes under the final name there (`--append-verify`
 * goes on with what lies there), which costs no random name that a kill could leave behind: the staging folder is what hides it.
 */
export class RsyncCarrier implements Carrier {
  private readonly rsync: RsyncProgram;
  private readonly root: string;

  /** @param root absolute path of the sorted folder */
  constructor(rsync: RsyncProgram, root: string) {
    this.rsync = rsync;
    this.root = root;
  }

  async *carry(cargo: readonly Cargo[], staging: string, { signal, onBytes }: Hooks): AsyncGenerator<Carried> {
    let told = 0;
    const { stderr } = await this.rsync.run(
      ['--times', '--append-verify', '--info=progress2', '--no-human-readable'],
      [`${this.root}/`, `${staging}/`],
      {
        signal,
        places: cargo.map(({ place }) => place),
        onLine: (line) => {
          const bytes = parseProgress(line);
          if (bytes === undefined) return;
          onBytes?.(bytes - told);
          told = bytes;
        },
      },
    );
    for (const one of cargo) {
      const staged = join(staging, one.place);
      const isThere = (await lstat(staged).catch(() => undefined))?.size === one.size;
      yield isThere ? { cargo: one } : { cargo: one, error: rsyncError(one.place, one.source, staged, stderr) };
    }
  }

  async close(): Promise<void> {
    // every program has ended with its question
  }
}
