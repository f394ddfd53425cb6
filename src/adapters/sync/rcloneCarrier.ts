import { constants } from 'node:fs';
import { lstat, open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cargo, Hooks } from '../../core/sync/syncEngine.ts';
import type { Carried, Carrier } from './carrier.ts';
import { copyBatch } from './rcloneBatch.ts';
import { RcloneError } from './rcloneDaemon.ts';
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

/**
 * Copies with rclone into the staging folder of a NAS that is mounted: many in one call, then what did not arrive one by one,
 * which tells why.
 *
 * rclone makes every folder that is not there. When the NAS is unmounted in the middle, it would go on at the mount point and fill
 * the local disk; so, where the system can, we have the folder open as long as it copies, and tell it that instead of the path.
 */
export class RcloneCarrier implements Carrier {
  private readonly remote: RcloneRemote;
  private readonly root: string;
  /** whether rclone sees what we have open; unknown before it was asked */
  private seesOpen: boolean | undefined;

  /** @param root absolute path of the sorted folder */
  constructor(options: Omit<RcloneOptions, 'remote'>, root: string) {
    this.remote = new RcloneRemote({ ...options, remote: root });
    this.root = root;
  }

  async *carry(cargo: readonly Cargo[], staging: string, hooks: Hooks): AsyncGenerator<Carried> {
    // elsewhere an open folder has no path of its own
    const folder = process.platform === 'linux' ? await open(staging, constants.O_RDONLY) : undefined;
    let isDone = false;
    try {
      const watch = await this.remote.watch(hooks);
      try {
        const target = { path: staging, asked: await this.askedFor(staging, folder, watch.signal) };
        yield* this.carryBatches(batchesOf(cargo), target, watch.signal);
        isDone = true;
      } catch (error) {
        hooks.signal.throwIfAborted();
        throw watch.signal.aborted ? watch.signal.reason : error;
      } finally {
        await watch.stop();
      }
    } finally {
      // one that was broken off may still be writing, by the number of what we have open, which is soon that of another folder
      if (folder && !isDone) await this.remote.close();
      await folder?.close();
    }
  }

  close(): Promise<void> {
    return this.remote.close();
  }

  /** What rclone is asked for to reach the folder. */
  private async askedFor(path: string, folder: FileHandle | undefined, signal: AbortSignal): Promise<string> {
    if (!folder) return path;
    const opened = `/proc/${process.pid}/fd/${folder.fd}`;
    this.seesOpen ??= await this.sees(opened, signal);
    return this.seesOpen ? opened : path;
  }

  /** A snap, or a program in a container, may not be allowed to. */
  private async sees(folder: string, signal: AbortSignal): Promise<boolean> {
    try {
      await this.remote.call('operations/list', { fs: folder, remote: '' }, signal);
      return true;
    } catch (error) {
      if (error instanceof RcloneError) return false;
      throw error;
    }
  }

  /** Copies the next batch while the one before is seen to. */
  private async *carryBatches(
    batches: readonly (readonly Cargo[])[],
    target: Target,
    signal: AbortSignal,
  ): AsyncGenerator<Carried> {
    const stop = new AbortController();
    const copy = (batch: readonly Cargo[] = []): Promise<void> => {
      const copied = this.copy(batch, target, AbortSignal.any([signal, stop.signal]));
      // it is heard when its turn comes
      copied.catch(() => undefined);
      return copied;
    };
    let copying = copy(batches[0]);
    try {
      for (const [i, batch] of batches.entries()) {
        await copying;
        copying = copy(batches[i + 1]);
        yield* asTheyEnd(batch, AT_ONCE, (one) => this.carryOne(one, target, signal));
      }
    } finally {
      stop.abort();
      await copying.catch(() => undefined);
    }
  }

  private async copy(batch: readonly Cargo[], { asked }: Target, signal: AbortSignal): Promise<void> {
    if (batch.length < BATCH_FROM) return;
    const places = batch.map(({ place }) => place);
    await copyBatch(this.remote, { root: this.root, places, target: asked, config: CONFIG }, signal);
  }

  private async carryOne(cargo: Cargo, { path, asked }: Target, signal: AbortSignal): Promise<Carried> {
    const { place } = cargo;
    const target = join(path, place);
    try {
      if ((await lstat(target).catch(() => undefined))?.size === cargo.size) return { cargo };
      const parameters = { srcFs: this.root, srcRemote: place, dstFs: asked, dstRemote: place, _config: CONFIG };
      await this.remote.call('operations/copyfile', parameters, signal);
      return { cargo };
    } catch (error) {
      if (!(error instanceof RcloneError)) throw error;
      const said = new RcloneError(error.status, error.message.replaceAll(asked, path));
      return { cargo, error: rcloneError(said, target, place) };
    }
  }
}

/** The staging folder: its path, and what rclone is asked for. */
interface Target {
  readonly path: string;
  readonly asked: string;
}

function batchesOf(cargo: readonly Cargo[]): readonly (readonly Cargo[])[] {
  const batches: (readonly Cargo[])[] = [];
  let [batch, bytes]: [Cargo[], number] = [[], 0];
  for (const one of cargo) {
    batch.push(one);
    bytes += one.size;
    // never so few that they would wait for one another
    if (batch.length < BATCH_FILES && (bytes < BATCH_BYTES || batch.length < AT_ONCE)) continue;
    batches.push(batch);
    [batch, bytes] = [[], 0];
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}
