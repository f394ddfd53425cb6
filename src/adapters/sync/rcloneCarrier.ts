import { constants } from 'node:fs';
import { lstat, open, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Cargo, Hooks } from '../../core/sync/syncEngine.ts';
import type { Carried, Carrier } from './carrier.ts';
import { copyBatch } from './rcloneBatch.ts';
import { HELD_FOLDER, RcloneError } from './rcloneDaemon.ts';
import { rcloneError } from './rcloneErrors.ts';
import { RcloneRemote, type RcloneOptions } from './rcloneRemote.ts';
import { asTheyEnd } from './asTheyEnd.ts';

const AT_ONCE = 8;
/** Files from which on one call for all is quicker. */
const BATCH_FROM = 4;
/** Of one call: while the next one is copied, what came with it is checked, flushed and named. */
const BATCH_FILES = 500;
const BATCH_BYTES = 128 * 1024 ** 2;
/**
 * Into a folder rclone sums up the bytes as it reads and as it writes them, and never reads what it wrote: that costs half of the
 * time, and tells nothing of the copy. It is checked by whoever names it.
 */
const CONFIG = { IgnoreChecksum: true };

/** rclone, and the NAS folder as it takes it. */
interface Opened {
  readonly remote: RcloneRemote;
  readonly nas: string;
  readonly folder?: FileHandle;
}

/**
 * Copies with rclone into the staging folder of a NAS that is mounted: many in one call, then what did not arrive one by one,
 * which tells why.
 *
 * rclone makes every folder that is not there. When the NAS is unmounted in the middle, it would go on at the mount point and fill
 * the local disk; so, where the system can, it gets the NAS folder open, and never asks for it by its path.
 */
export class RcloneCarrier implements Carrier {
  private readonly options: Omit<RcloneOptions, 'remote' | 'held'>;
  private readonly root: string;
  private opened: Promise<Opened> | undefined;

  /** @param root absolute path of the sorted folder */
  constructor(options: Omit<RcloneOptions, 'remote' | 'held'>, root: string) {
    this.options = options;
    this.root = root;
  }

  async *carry(cargo: readonly Cargo[], staging: string, hooks: Hooks): AsyncGenerator<Carried> {
    this.opened ??= this.open(dirname(staging)).catch((error: unknown) => {
      // to be tried again
      this.opened = undefined;
      throw error;
    });
    const { remote, nas } = await this.opened;
    const held = join(nas, basename(staging));
    const watch = await remote.watch(hooks);
    const over = new AbortController();
    const signal = AbortSignal.any([watch.signal, over.signal]);
    const copy = (batch: readonly Cargo[] = []): Promise<void> => {
      if (batch.length < BATCH_FROM) return Promise.resolve();
      const copied = copyBatch(
        remote,
        { root: this.root, places: batch.map(({ place }) => place), target: held, config: CONFIG },
        signal,
      );
      // it is heard when its turn comes
      copied.catch(() => undefined);
      return copied;
    };
    const batches = [...batchesOf(cargo)];
    let copying = copy(batches[0]);
    try {
      for (const [i, batch] of batches.entries()) {
        await copying;
        copying = copy(batches[i + 1]);
        yield* asTheyEnd(batch, AT_ONCE, (one) => this.carryOne(one, { remote, staging, held }, signal));
      }
    } catch (error) {
      hooks.signal.throwIfAborted();
      throw watch.signal.aborted ? watch.signal.reason : error;
    } finally {
      over.abort();
      await copying.catch(() => undefined);
      await watch.stop();
    }
  }

  async close(): Promise<void> {
    const opened = await this.opened?.catch(() => undefined);
    this.opened = undefined;
    await opened?.remote.close();
    await opened?.folder?.close();
  }

  private async open(nas: string): Promise<Opened> {
    const options = { ...this.options, remote: this.root };
    if (process.platform !== 'linux') return { remote: new RcloneRemote(options), nas };
    const folder = await open(nas, constants.O_RDONLY | constants.O_DIRECTORY);
    return { remote: new RcloneRemote({ ...options, held: folder.fd }), nas: HELD_FOLDER, folder };
  }

  /** @param staging its path; @param held as rclone takes it */
  private async carryOne(
    cargo: Cargo,
    { remote, staging, held }: { readonly remote: RcloneRemote; readonly staging: string; readonly held: string },
    signal: AbortSignal,
  ): Promise<Carried> {
    const { place } = cargo;
    const target = join(staging, place);
    try {
      if ((await lstat(target).catch(() => undefined))?.size === cargo.size) return { cargo };
      const parameters = { srcFs: this.root, srcRemote: place, dstFs: held, dstRemote: place, _config: CONFIG };
      await remote.call('operations/copyfile', parameters, signal);
      return { cargo };
    } catch (error) {
      if (!(error instanceof RcloneError)) throw error;
      const said = new RcloneError(error.status, error.message.replaceAll(held, staging));
      return { cargo, error: rcloneError(said, target, place) };
    }
  }
}

function* batchesOf(cargo: readonly Cargo[]): Generator<readonly Cargo[]> {
  let [batch, bytes]: [Cargo[], number] = [[], 0];
  for (const one of cargo) {
    batch.push(one);
    bytes += one.size;
    // never so few that they would wait for one another
    if (batch.length < BATCH_FILES && (bytes < BATCH_BYTES || batch.length < AT_ONCE)) continue;
    yield batch;
    [batch, bytes] = [[], 0];
  }
  if (batch.length > 0) yield batch;
}
