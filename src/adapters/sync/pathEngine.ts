import { lstat, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import pLimit from 'p-limit';
import { ImageError } from '../../core/model/failure.ts';
import {
  NasUnreachable,
  type Cargo,
  type Deliveries,
  type FileFacts,
  type Delivery,
  type Hooks,
  type SyncEngine,
  type There,
} from '../../core/sync/syncEngine.ts';
import { isSame } from '../../core/sync/decideTransfer.ts';
import { foldPlace, isOurs } from '../../core/sync/places.ts';
import { asidePath } from '../files/asidePath.ts';
import { copyBytes } from '../files/copyBytes.ts';
import { asFileError, codeOf } from '../files/fileErrors.ts';
import { freeBytes } from '../files/freeBytes.ts';
import { hashFile } from '../files/hashFile.ts';
import { Looks, type Look, type Unseen } from '../files/looks.ts';
import { syncFile } from '../files/syncToDisk.ts';
import { unlessAborted } from '../files/unlessAborted.ts';
import type { Carried, Carrier } from './carrier.ts';
import { leftAlone } from './leftAlone.ts';
import { asSyncError, unseenBy, whyUnreachable } from './nasErrors.ts';
import { makeNasFolder } from './nasFolder.ts';
import { setCopyTime } from './setCopyTime.ts';
import { whyChanged } from './whyChanged.ts';

/** Requests to the NAS at once: latency, not its disk, is what they wait for. */
const AT_ONCE = 16;
/** Files whose bytes are compared at once. */
const COMPARED_AT_ONCE = 64;

export interface PathEngineOptions {
  /** absolute path of the folder on the NAS: a mount, a mapped drive, a UNC path */
  readonly nas: string;
  /** name of the folder in it where copies are built */
  readonly staging: string;
  readonly verify: 'size' | 'checksum';
  readonly carrier: Carrier;
  readonly looks?: Looks;
}

/**
 * A NAS that the system has mounted. The carrier copies into a staging folder on it; there the copy is checked and flushed, and
 * then renamed to its place, so that nobody ever sees half of a file.
 *
 * The NAS folder itself is never made: where a mount point is empty because nothing is mounted, the local disk would be filled
 * instead of the NAS. For the same reason its device is remembered.
 */
export class PathEngine implements SyncEngine {
  readonly keepsTimes = true;
  private readonly nas: string;
  private readonly staging: string;
  private readonly verify: 'size' | 'checksum';
  private readonly carrier: Carrier;
  private readonly looks: Looks;
  private readonly limit = pLimit(AT_ONCE);
  /** folders that this batch has seen to */
  private readonly made = new Set<string>();
  private device: number | undefined;

  constructor({ nas, staging, verify, carrier, looks = new Looks() }: PathEngineOptions) {
    // without a slash at its end, or it would not be recognised as the parent of what is in it
    this.nas = resolve(nas);
    this.staging = join(this.nas, staging);
    this.verify = verify;
    this.carrier = carrier;
    this.looks = looks;
  }

  nameOf(place: string): string {
    return join(this.nas, place);
  }

  async look(places: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, There>> {
    await this.assertThere(signal);
    const found = new Map<string, There>();
    let looks;
    try {
      looks = await this.looks.look(this.nas, places, signal);
    } catch (error) {
      signal.throwIfAborted();
      throw await this.translated(error, this.nas);
    }
    for (const [i, look] of looks.entries()) {
      const place = places[i];
      if (!look || place === undefined) continue;
      const there = thereOf(look);
      if (there) found.set(place, there);
    }
    // perhaps none can be looked at since the NAS has gone meanwhile
    if (looks.some((look) => look?.kind === 'unseen')) await this.assertThere(signal);
    return found;
  }

  async same(files: readonly Pick<Cargo, 'place' | 'source'>[], signal: AbortSignal): Promise<ReadonlySet<string>> {
    const sources = new Map(files.map(({ place, source }) => [place, source]));
    const found = await this.eachPlace([...sources.keys()], signal, (place) =>
      haveSameBytes(sources.get(place) ?? '', this.nameOf(place), signal),
    );
    return new Set([...found].filter(([, same]) => same).map(([place]) => place));
  }

  async bring(cargo: readonly Cargo[], hooks: Hooks): Promise<Deliveries> {
    const { signal } = hooks;
    this.made.clear();
    await this.assertThere(signal);
    const deliveries = new Map<string, Delivery>();
    const tasks: Promise<void>[] = [];
    let away: NasUnreachable | undefined;
    let error: ImageError | undefined;
    const settle = async (carried: Carried): Promise<void> => {
      try {
        deliveries.set(carried.cargo.place, await this.settle(carried, signal));
      } catch (reason) {
        signal.throwIfAborted();
        if (!(reason instanceof NasUnreachable)) throw reason;
        away ??= reason;
      }
    };
    try {
      const ready = await this.prepare(cargo, deliveries, signal);
      // a program without anything to carry would still make its folder, and give up where it can't
      for await (const carried of ready.length > 0 ? this.carrier.carry(ready, this.staging, hooks) : []) {
        if (away) break;
        const task = this.limit(() => settle(carried));
        // it is waited for when all are carried; until then nobody listens, and Node would end the process
        task.catch(() => undefined);
        tasks.push(task);
      }
    } catch (reason) {
      signal.throwIfAborted();
      const told = await this.translated(reason, this.staging);
      if (!(told instanceof ImageError)) throw told;
      // it is there, and takes nothing: read-only, or without permission for us
      error = told;
    } finally {
      await Promise.allSettled(tasks);
    }
    await Promise.all(tasks);
    if (away) throw away;
    await this.assertThere(signal);
    if (error) {
      for (const { place } of cargo) if (!deliveries.has(place)) deliveries.set(place, { kind: 'failed', error });
    }
    return deliveries;
  }

  async putAway(
    places: readonly string[],
    folder: string,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, ImageError>> {
    const stayed = new Map<string, ImageError>();
    for (const place of places) {
      signal.throwIfAborted();
      const target = this.nameOf(`${folder}/${place}`);
      try {
        await makeNasFolder(this.nas, dirname(target));
        if (await factsOf(target)) throw new ImageError('exists', `${target} is in the trash already.`);
        await rename(this.nameOf(place), target);
      } catch (error) {
        const told = await this.translated(error, this.nameOf(place));
        if (!(told instanceof ImageError)) throw told;
        stayed.set(place, told);
      }
    }
    return stayed;
  }

  async foldersIn(folder: string, signal: AbortSignal): Promise<readonly string[]> {
    const path = this.nameOf(folder);
    const entries = await this.ask(
      path,
      readdir(path, { withFileTypes: true }).catch((error: unknown) => {
        if (codeOf(error) === 'ENOENT') return [];
        throw error;
      }),
      signal,
    );
    return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  }

  removeFolder(folder: string, signal: AbortSignal): Promise<void> {
    const path = this.nameOf(folder);
    return this.ask(path, rm(path, { recursive: true, force: true }), signal);
  }

  freeBytes(signal: AbortSignal): Promise<number | undefined> {
    return this.ask(this.nas, freeBytes(this.nas), signal);
  }

  async isEmpty(signal: AbortSignal): Promise<boolean> {
    return (await this.ask(this.nas, readdir(this.nas), signal)).every(isOurs);
  }

  async clean(signal: AbortSignal): Promise<void> {
    // what is asked of a NAS that has gone silent can't be taken back
    await unlessAborted(
      this.removeStaging(signal).catch(() => undefined),
      signal,
    );
  }

  async close(): Promise<void> {
    await this.looks.close();
    await this.carrier.close();
  }

  private async removeStaging(signal: AbortSignal): Promise<void> {
    for (const name of await readdir(this.staging)) {
      // answered late: the next run may be copying into it by now
      signal.throwIfAborted();
      await rm(join(this.staging, name), { recursive: true, force: true });
    }
    signal.throwIfAborted();
    await rmdir(this.staging);
  }

  /** Once for all files of a folder; one that is removed meanwhile is made again by the next run. */
  private async makeFolder(folder: string): Promise<void> {
    if (this.made.has(folder)) return;
    await makeNasFolder(this.nas, folder);
    this.made.add(folder);
  }

  /**
   * What is not gone on with is removed, and the folders are made: both once for the whole batch.
   * @returns those that have a folder; of the others it is told why
   */
  private async prepare(
    cargo: readonly Cargo[],
    deliveries: Map<string, Delivery>,
    signal: AbortSignal,
  ): Promise<readonly Cargo[]> {
    const folders = new Set(cargo.map(({ place }) => dirname(place)));
    const refused = new Map<string, ImageError>();
    for (const folder of [...folders].sort()) {
      signal.throwIfAborted();
      try {
        await makeNasFolder(this.nas, join(this.staging, folder));
      } catch (error) {
        const told = await this.translated(error, this.nameOf(folder));
        if (!(told instanceof ImageError)) throw told;
        refused.set(folder, told);
        folders.delete(folder);
      }
    }
    const left = await Promise.all(
      [...folders].map(async (folder) =>
        (await readdir(join(this.staging, folder))).map((name) => (folder === '.' ? name : `${folder}/${name}`)),
      ),
    );
    const resumed = new Set(cargo.filter((one) => one.resume).map((one) => one.place));
    // also under a name that the NAS takes for one of these
    const due = new Set(cargo.map((one) => foldPlace(one.place)));
    for (const place of left.flat()) {
      if (due.has(foldPlace(place)) && !resumed.has(place))
        await rm(join(this.staging, place), { recursive: true, force: true });
    }
    return cargo.filter(({ place }) => {
      const error = refused.get(dirname(place));
      if (error) deliveries.set(place, { kind: 'failed', error });
      return !error;
    });
  }

  /** Checks a copy in the staging folder, and gives it its name. @throws NasUnreachable */
  private async settle(carried: Carried, signal: AbortSignal): Promise<Delivery> {
    const { cargo, error: trouble } = carried;
    const staged = join(this.staging, cargo.place);
    const target = this.nameOf(cargo.place);
    try {
      signal.throwIfAborted();
      if (trouble) throw trouble;
      const facts = await this.assertWhole(carried, staged, signal);
      await syncFile(staged);
      await this.makeFolder(dirname(target));
      return { kind: 'arrived', facts: (await this.moveTo(cargo, staged, target)) ?? facts };
    } catch (error) {
      signal.throwIfAborted();
      const told = await this.translated(error, target);
      if (!(told instanceof ImageError)) throw told;
      await rm(staged, { force: true }).catch(() => undefined);
      return { kind: 'failed', error: told };
    }
  }

  /** @returns what the NAS says of the copy */
  private async assertWhole({ cargo, isFresh }: Carried, staged: string, signal: AbortSignal): Promise<FileFacts> {
    const { source, size, resume } = cargo;
    const changed = await whyChanged(cargo);
    if (changed) throw changed;
    const copy = await lstat(staged);
    this.assertDevice(copy.dev);
    const isWhole =
      copy.size === size &&
      // what was put together from two runs is never taken on trust
      ((this.verify === 'size' && (!resume || isFresh === true)) || (await haveSameBytes(source, staged, signal)));
    if (!isWhole) {
      throw new ImageError('verify-failed', `The copy of ${source} on the NAS came out different.`, {
        transient: true,
      });
    }
    return { size: copy.size, mtimeMs: copy.mtimeMs };
  }

  /**
   * A folder of the NAS may be another file system (a data set, a share in a share): then the copy is made once more, beside its name.
   * @returns what is told of that copy; undefined: there is only the first
   */
  private async moveTo(cargo: Cargo, staged: string, target: string): Promise<FileFacts | undefined> {
    await this.assertReplaceable(cargo, target);
    try {
      await rename(staged, target);
      return undefined;
    } catch (error) {
      if (codeOf(error) !== 'EXDEV') throw error;
    }
    const aside = asidePath(target);
    try {
      await rm(aside, { force: true });
      const { atime } = await copyBytes(staged, aside);
      await setCopyTime(aside, atime, cargo.mtimeMs);
      await syncFile(aside);
      const facts = await lstat(aside);
      // that took its time
      await this.assertReplaceable(cargo, target);
      await rename(aside, target);
      await rm(staged, { force: true }).catch(() => undefined);
      return { size: facts.size, mtimeMs: facts.mtimeMs };
    } catch (error) {
      await rm(aside, { force: true }).catch(() => undefined);
      throw error;
    }
  }

  /** The NAS may have changed while we copied. */
  private async assertReplaceable({ replaces }: Cargo, target: string): Promise<void> {
    const there = await factsOf(target);
    if (!there) return;
    if (!replaces || !there.isFile() || !isSame(there, replaces)) throw leftAlone(target);
  }

  /** Those that give no answer, by an error about themselves alone, have none. */
  private async eachPlace<T>(
    places: readonly string[],
    signal: AbortSignal,
    ask: (place: string) => Promise<T>,
  ): Promise<ReadonlyMap<string, T>> {
    const answers = new Map<string, T>();
    let next = 0;
    const work = async (): Promise<void> => {
      for (let place = places[next++]; place !== undefined; place = places[next++]) {
        signal.throwIfAborted();
        try {
          answers.set(place, await ask(place));
        } catch (error) {
          signal.throwIfAborted();
          const told = await this.translated(error, this.nameOf(place));
          if (!(told instanceof ImageError)) throw told;
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(COMPARED_AT_ONCE, places.length) }, work));
    return answers;
  }

  /** @throws NasUnreachable when the folder is gone, or another file system by now */
  private async assertThere(signal: AbortSignal): Promise<void> {
    const found = await this.ask(this.nas, stat(this.nas), signal);
    if (!found.isDirectory()) throw new NasUnreachable(`${this.nas}, which should be the NAS folder, is not a folder.`);
    this.assertDevice(found.dev);
  }

  /** Waits for no NAS that has gone silent: what was asked of it can't be taken back. */
  private ask<T>(path: string, answer: Promise<T>, signal: AbortSignal): Promise<T> {
    return unlessAborted(
      answer.catch(async (error: unknown) => {
        throw await this.translated(error, path);
      }),
      signal,
    );
  }

  /** The mount point of what was unmounted is a folder of the local disk, and as good as any to a program that copies. */
  private assertDevice(device: number): void {
    this.device ??= device;
    if (device !== this.device) throw new NasUnreachable(`What was mounted at ${this.nas} is no longer there.`);
  }

  /** As the port promises errors. */
  private async translated(error: unknown, path: string): Promise<Error> {
    if (error instanceof ImageError || error instanceof NasUnreachable) return error;
    const why = await whyUnreachable(error, this.nas);
    if (why !== undefined) return new NasUnreachable(why, { cause: error });
    return asSyncError(error, path, path.slice(this.nas.length + 1));
  }
}

function thereOf(look: Look | Unseen): There | undefined {
  if (look.kind === 'unseen') return unseenBy(look.code);
  const { kind, size, mtimeMs } = look;
  return kind === 'file' ? { kind, size, mtimeMs } : { kind: 'other' };
}

async function factsOf(path: string) {
  try {
    return await lstat(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** @throws ImageError about the source, the system's error about the copy */
async function haveSameBytes(source: string, copy: string, signal: AbortSignal): Promise<boolean> {
  const [here, there] = await Promise.all([
    hashFile(source, signal).catch((error: unknown) => {
      throw asFileError(error, source, 'read');
    }),
    hashFile(copy, signal),
  ]);
  return here !== undefined && here === there;
}
