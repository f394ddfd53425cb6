import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { Cargo, Hooks } from '../../core/sync/syncEngine.ts';
import type { Carried, Carrier } from './carrier.ts';
import { rsyncError } from './rsyncErrors.ts';
import { parseProgress, parseSent, SENT_FORMAT } from './rsyncOutput.ts';
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
    const left = new Map(cargo.map((one) => [one.place, one]));
    const lines = new PassThrough({ objectMode: true });
    const stop = new AbortController();
    const run = this.rsync.run(
      ['--times', '--append-verify', '--info=progress2', '--no-human-readable', SENT_FORMAT],
      [`${this.root}/`, `${staging}/`],
      {
        signal: AbortSignal.any([signal, stop.signal]),
        places: cargo.map(({ place }) => place),
        onLine: (line) => void lines.write(line),
      },
    );
    run.then(
      () => lines.end(),
      (error: unknown) => lines.destroy(error instanceof Error ? error : new Error(String(error))),
    );
    try {
      // a set, since rsync names a file twice whose first part turned out to be wrong, and was sent again
      const sent = new Set<Cargo>();
      let told = 0;
      // while rsync copies the next ones, those that are there are checked, flushed and named
      for await (const line of lines as AsyncIterable<string>) {
        const bytes = parseProgress(line) ?? told;
        onBytes?.(bytes - told);
        told = bytes;
        const one = left.get(parseSent(line) ?? '');
        if (one) sent.add(one);
        for (let [first] = sent; first && (await isThere(first, staging)); [first] = sent) {
          sent.delete(first);
          left.delete(first.place);
          yield { cargo: first };
        }
      }
      const { stderr } = await run;
      for (const one of left.values()) {
        const staged = join(staging, one.place);
        const hasAll = (await lstat(staged).catch(() => undefined))?.size === one.size;
        yield hasAll ? { cargo: one } : { cargo: one, error: rsyncError(one.place, one.source, staged, stderr) };
      }
    } finally {
      stop.abort();
      await run.catch(() => undefined);
    }
  }

  async close(): Promise<void> {
    // every program has ended with its question
  }
}

/** rsync gives a copy its time when the checksum of the whole fits; of one that lags behind, or has no such time, its end tells. */
async function isThere({ place, size, mtimeMs }: Cargo, staging: string): Promise<boolean> {
  const found = await lstat(join(staging, place)).catch(() => undefined);
  return found?.size === size && Math.abs(found.mtimeMs - mtimeMs) < 1;
}
