import { lstat } from 'node:fs/promises';
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
const BATCH_BYTES = 256 * 1024 ** 2;

/**
 * Copies with rclone into the staging folder of a NAS that is mounted: many in one call, then what did not arrive one by one,
 * which tells why.
 */
export class RcloneCarrier implements Carrier {
  private readonly remote: RcloneRemote;
  private readonly root: string;

  /** @param root absolute path of the sorted folder */
  constructor(options: Omit<RcloneOptions, 'remote'>, root: string) {
    this.remote = new RcloneRemote({ ...options, remote: root });
    this.root = root;
  }

  async *carry(cargo: readonly Cargo[], staging: string, hooks: Hooks): AsyncGenerator<Carried> {
    const watch = await this.remote.watch(hooks);
    try {
      for (const batch of batchesOf(cargo)) {
        if (batch.length >= BATCH_FROM) {
          const places = batch.map(({ place }) => place);
          await copyBatch(this.remote, { root: this.root, places, target: staging }, watch.signal);
        }
        yield* asTheyEnd(batch, AT_ONCE, (one) => this.carryOne(one, staging, watch.signal));
      }
    } catch (error) {
      hooks.signal.throwIfAborted();
      throw watch.signal.aborted ? watch.signal.reason : error;
    } finally {
      await watch.stop();
    }
  }

  close(): Promise<void> {
    return this.remote.close();
  }

  private async carryOne(cargo: Cargo, staging: string, signal: AbortSignal): Promise<Carried> {
    const { place } = cargo;
    const target = join(staging, place);
    try {
      if ((await lstat(target).catch(() => undefined))?.size === cargo.size) return { cargo };
      const parameters = { srcFs: this.root, srcRemote: place, dstFs: staging, dstRemote: place };
      await this.remote.call('operations/copyfile', parameters, signal);
      return { cargo };
    } catch (error) {
      if (!(error instanceof RcloneError)) throw error;
      return { cargo, error: rcloneError(error, target, place) };
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
