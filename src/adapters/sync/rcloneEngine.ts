import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dirname } from 'node:path/posix';
import pLimit from 'p-limit';
import * as v from 'valibot';
import { FatalError, ImageError } from '../../core/model/failure.ts';
import { isSame } from '../../core/sync/decideTransfer.ts';
import { foldPlace, isOurs } from '../../core/sync/places.ts';
import {
  NasUnreachable,
  type Cargo,
  type Deliveries,
  type Delivery,
  type Hooks,
  type SyncEngine,
  type There,
} from '../../core/sync/syncEngine.ts';
import { asFileError } from '../files/fileErrors.ts';
import { hashFile } from '../files/hashFile.ts';
import { openRegular } from '../files/openRegular.ts';
import { readChunks } from '../files/readChunks.ts';
import { leftAlone } from './leftAlone.ts';
import { copyBatch, within } from './rcloneBatch.ts';
import { RcloneError } from './rcloneDaemon.ts';
import { saysNothingThere, rcloneError } from './rcloneErrors.ts';
import { RcloneRemote, type RcloneOptions } from './rcloneRemote.ts';
import { leftUnseen, unseen } from './unseen.ts';
import { aboutAnswer, listAnswer, statAnswer, type RcloneEntry } from './rcloneShapes.ts';

export interface RcloneEngineOptions extends RcloneOptions {
  /** absolute path of the sorted folder */
  readonly root: string;
  /** name of the folder on the NAS where copies are built */
  readonly staging: string;
  readonly verify: 'size' | 'checksum';
}

/** Calls under way at once. */
const AT_ONCE = 8;
/** Places of one folder from which on listing it costs less than asking for each. */
const LIST_FROM = 3;
/** Files from which on one call for all is quicker. */
const BATCH_FROM = 4;
/** Coarser times, in nanoseconds, tell nothing (WebDAV says a hundred years). */
const COARSEST = 2e9;
/** What is to be replaced is decided: by itself rclone leaves what has the same size where times tell nothing, and calls it done. */
const CONFIG = { IgnoreTimes: true };
/** What both sides can compute; the first that the remote knows. */
const HASHES = ['sha256', 'sha1', 'md5'] as const;

/**
 * Whatever rclone reaches: SMB, SFTP, WebDAV, S3 and the like. Copies are built in a staging folder there, checked, and moved to
 * their places by the other side itself. Object stores show whole objects only, and get them at once.
 */
export class RcloneEngine implements SyncEngine {
  private readonly remote: RcloneRemote;
  private readonly root: string;
  private readonly staging: string;
  private readonly verify: 'size' | 'checksum';
  private readonly limit = pLimit(AT_ONCE);
  private times = true;

  constructor({ root, staging, verify, ...remote }: RcloneEngineOptions) {
    this.remote = new RcloneRemote(remote);
    this.root = root;
    this.staging = staging;
    this.verify = verify;
  }

  /** Known when `look` has answered. */
  get keepsTimes(): boolean {
    return this.times;
  }

  nameOf(place: string): string {
    const { name } = this.remote;
    if (place === '') return name;
    return /[:/]$/.test(name) ? `${name}${place}` : `${name}/${place}`;
  }

  async look(places: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, There>> {
    this.times = (await this.remote.info(signal)).Precision <= COARSEST;
    await this.assertThere(signal);
    return this.find(places, signal);
  }

  async same(files: readonly Pick<Cargo, 'place' | 'source'>[], signal: AbortSignal): Promise<ReadonlySet<string>> {
    const same = new Set<string>();
    await this.all(files, signal, async ({ place, source }) => {
      // what can't be read is not known to be the same, and holds up no other
      await this.attempt(place, signal, async () => {
        if (await this.haveSameBytes(source, place, signal)) same.add(place);
      });
    });
    return same;
  }

  async bring(cargo: readonly Cargo[], hooks: Hooks): Promise<Deliveries> {
    const watch = await this.remote.watch(hooks);
    try {
      const { Features } = await this.remote.info(watch.signal);
      return await (Features['BucketBased'] === true
        ? this.bringObjects(cargo, watch.signal)
        : this.bringFiles(cargo, watch.signal));
    } catch (error) {
      hooks.signal.throwIfAborted();
      throw watch.signal.aborted ? watch.signal.reason : error;
    } finally {
      await watch.stop();
    }
  }

  async putAway(
    places: readonly string[],
    folder: string,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, ImageError>> {
    const stayed = new Map<string, ImageError>();
    await this.all(places, signal, async (place) => {
      const error = await this.attempt(place, signal, () => this.move(place, `${folder}/${place}`, signal));
      if (error) stayed.set(place, error);
    });
    return stayed;
  }

  async foldersIn(folder: string, signal: AbortSignal): Promise<readonly string[]> {
    const entries = (await this.list(folder, { dirsOnly: true }, signal)) ?? [];
    return entries.map((entry) => entry.Name);
  }

  async removeFolder(folder: string, signal: AbortSignal): Promise<void> {
    // what purging nothing comes to differs from remote to remote
    const isThere = await this.entry(folder, {}, signal);
    if (!isThere) return;
    try {
      await this.remote.call('operations/purge', { fs: this.remote.fs, remote: folder }, signal);
    } catch (error) {
      throw this.unreachable(error);
    }
  }

  async freeBytes(signal: AbortSignal): Promise<number | undefined> {
    const { Features } = await this.remote.info(signal);
    if (Features['About'] !== true) return undefined;
    try {
      const answer = await this.remote.call('operations/about', { fs: this.remote.fs }, signal);
      return v.parse(aboutAnswer, answer).free ?? undefined;
    } catch (error) {
      // a server may not know it although its protocol could tell
      if (error instanceof RcloneError) return undefined;
      throw error;
    }
  }

  async isEmpty(signal: AbortSignal): Promise<boolean> {
    return ((await this.list('', {}, signal)) ?? []).every(({ Name }) => isOurs(Name));
  }

  async clean(signal: AbortSignal): Promise<void> {
    await this.removeFolder(this.staging, signal);
  }

  close(): Promise<void> {
    return this.remote.close();
  }

  private async bringObjects(cargo: readonly Cargo[], signal: AbortSignal): Promise<Deliveries> {
    const failures = new Map<string, ImageError>();
    const replaceable = await this.replaceable(cargo, failures, signal);
    const copied = await this.copyAll(replaceable, '', failures, signal);
    return this.settled(cargo, copied, failures, signal);
  }

  private async bringFiles(cargo: readonly Cargo[], signal: AbortSignal): Promise<Deliveries> {
    const failures = new Map<string, ImageError>();
    // what a killed run left may have the right size, and half of the bytes
    await this.clean(signal);
    const copied = await this.copyAll(cargo, `${this.staging}/`, failures, signal);
    const replaceable = await this.replaceable(copied, failures, signal);
    const moved = await this.each(replaceable, failures, signal, ({ place }) =>
      this.move(`${this.staging}/${place}`, place, signal),
    );
    return this.settled(cargo, moved, failures, signal);
  }

  /**
   * All in one go, then what did not arrive one by one, which tells why. rclone itself compares size, and hash where the remote
   * has one, of what it copied.
   * @param prefix of the places, `` or a folder with `/`
   */
  private async copyAll(
    cargo: readonly Cargo[],
    prefix: string,
    failures: Map<string, ImageError>,
    signal: AbortSignal,
  ): Promise<readonly Cargo[]> {
    const places = cargo.map(({ place }) => place);
    const target = prefix === '' ? this.remote.fs : within(this.remote.fs, this.staging);
    const isBatch = cargo.length >= BATCH_FROM;
    if (isBatch) await copyBatch(this.remote, { root: this.root, places, target }, signal);
    const there = await this.find(
      places.map((place) => `${prefix}${place}`),
      signal,
    );
    return this.each(cargo, failures, signal, async (one) => {
      const place = `${prefix}${one.place}`;
      const found = there.get(place);
      const now = found?.kind === 'file' && found.size === one.size ? found : undefined;
      // where nothing is staged the batch passes over what it takes for the same as what it is to replace
      const isBrought = prefix !== '' || (isBatch && !(one.replaces && now && isSame(now, one.replaces)));
      if (!now || !isBrought) {
        const parameters = { srcFs: this.root, srcRemote: one.place, dstFs: this.remote.fs, dstRemote: place };
        await this.remote.call('operations/copyfile', { ...parameters, _config: CONFIG }, signal);
      }
      if (this.verify === 'checksum' && !(await this.haveSameBytes(one.source, place, signal))) {
        throw cameOutDifferent(one.source);
      }
    });
  }

  /** What stands on the NAS in the end decides. */
  private async settled(
    cargo: readonly Cargo[],
    brought: readonly Cargo[],
    failures: ReadonlyMap<string, ImageError>,
    signal: AbortSignal,
  ): Promise<Deliveries> {
    const places = brought.map(({ place }) => place);
    const there = await this.find(places, signal);
    return new Map(
      cargo.map(({ place, source, size }): [string, Delivery] => {
        const now = there.get(place);
        if (now?.kind === 'file' && now.size === size) return [place, { kind: 'arrived', facts: now }];
        return [place, { kind: 'failed', error: failures.get(place) ?? cameOutDifferent(source) }];
      }),
    );
  }

  private async move(from: string, to: string, signal: AbortSignal): Promise<void> {
    const { fs } = this.remote;
    const parameters = { srcFs: fs, srcRemote: from, dstFs: fs, dstRemote: to };
    await this.remote.call('operations/movefile', { ...parameters, _config: CONFIG }, signal);
  }

  /** Those whose places on the NAS are as they were announced; it may have changed since. */
  private async replaceable(
    cargo: readonly Cargo[],
    failures: Map<string, ImageError>,
    signal: AbortSignal,
  ): Promise<readonly Cargo[]> {
    const places = cargo.map(({ place }) => place);
    const there = await this.find(places, signal);
    return cargo.filter(({ place, replaces }) => {
      const now = there.get(place);
      if (!now || (replaces && now.kind === 'file' && isSame(now, replaces))) return true;
      const where = this.nameOf(place);
      failures.set(place, now.kind === 'unseen' ? leftUnseen(where, now) : leftAlone(where));
      return false;
    });
  }

  /** @returns those for which it worked */
  private async each(
    cargo: readonly Cargo[],
    failures: Map<string, ImageError>,
    signal: AbortSignal,
    work: (one: Cargo) => Promise<void>,
  ): Promise<readonly Cargo[]> {
    await this.all(cargo, signal, async (one) => {
      const error = await this.attempt(one.place, signal, () => work(one));
      if (error) failures.set(one.place, error);
    });
    return cargo.filter(({ place }) => !failures.has(place));
  }

  /** @returns an error about this one file. @throws NasUnreachable when it is not this file alone */
  private async attempt(
    place: string,
    signal: AbortSignal,
    work: () => Promise<void>,
  ): Promise<ImageError | undefined> {
    try {
      await work();
      return undefined;
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof ImageError) return error;
      if (!(error instanceof RcloneError)) throw error;
      await this.assertThere(signal);
      return rcloneError(error, this.nameOf(place), place);
    }
  }

  /** What stands at these places: by listing their folders, or one by one where a folder has few of them, or can't be listed. */
  private async find(places: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, There>> {
    const found = new Map<string, There>();
    const folders = [...Map.groupBy(places, dirname)];
    await this.all(folders, signal, async ([folder, own]) => {
      const at = folder === '.' ? '' : folder;
      let unlisted: readonly string[] = own;
      const entries = own.length < LIST_FROM ? undefined : await this.list(at, {}, signal);
      if (entries) {
        const wanted = new Set(own);
        for (const entry of entries) if (wanted.has(entry.Path)) found.set(entry.Path, thereOf(entry));
        // the NAS may find it under another spelling
        const folds = new Set(entries.map((entry) => foldPlace(entry.Path)));
        unlisted = own.filter((place) => !found.has(place) && folds.has(foldPlace(place)));
      }
      for (const place of unlisted) {
        const onUnseen = (error: RcloneError): void => {
          if (!saysNothingThere(error, this.nameOf(place), place)) found.set(place, unseen(error.message));
        };
        const entry = await this.entry(place, {}, signal, onUnseen);
        if (entry) found.set(place, thereOf(entry));
      }
    });
    return found;
  }

  /** undefined when it is not there, or can't be looked at. @param onUnseen hears why it can't */
  private async entry(
    place: string,
    opt: object,
    signal: AbortSignal,
    onUnseen?: (error: RcloneError) => void,
  ): Promise<RcloneEntry | undefined> {
    const parameters = { fs: this.remote.fs, remote: place, opt: { noMimeType: true, ...opt } };
    try {
      return v.parse(statAnswer, await this.remote.call('operations/stat', parameters, signal)).item ?? undefined;
    } catch (error) {
      if (!(error instanceof RcloneError)) throw error;
      if (error.status === 404) return undefined;
      await this.assertThere(signal);
      onUnseen?.(error);
      return undefined;
    }
  }

  /** Nothing when the folder is not there; undefined when it can't be listed. @throws NasUnreachable, also when the NAS folder itself is not there */
  private async list(folder: string, opt: object, signal: AbortSignal): Promise<readonly RcloneEntry[] | undefined> {
    const parameters = { fs: this.remote.fs, remote: folder, opt: { noMimeType: true, ...opt } };
    try {
      return v.parse(listAnswer, await this.remote.call('operations/list', parameters, signal)).list ?? [];
    } catch (error) {
      if (folder === '' || !(error instanceof RcloneError)) throw this.unreachable(error);
      if (error.status === 404) return [];
      await this.assertThere(signal);
      return undefined;
    }
  }

  private async assertThere(signal: AbortSignal): Promise<void> {
    await this.list('', {}, signal);
  }

  /** By a hash that the remote computes, else by reading what is there. @throws ImageError about the source */
  private async haveSameBytes(source: string, place: string, signal: AbortSignal): Promise<boolean> {
    const { Hashes } = await this.remote.info(signal);
    const type = HASHES.find((hash) => Hashes?.includes(hash));
    if (type !== undefined) {
      const entry = await this.entry(place, { showHash: true, hashTypes: [type] }, signal);
      const there = entry?.Hashes?.[type];
      if (there !== undefined && there !== '') return there === (await digest(source, type, signal));
    }
    const folder = await mkdtemp(join(tmpdir(), 'image-inbox-'));
    try {
      const fetched = { srcFs: this.remote.fs, srcRemote: place, dstFs: folder, dstRemote: 'copy' };
      await this.remote.call('operations/copyfile', fetched, signal).catch((error: unknown) => {
        // nothing that is wrong with the file on the NAS
        if (!(error instanceof RcloneError) || !/no space left|not enough space/i.test(error.message)) throw error;
        throw new FatalError('no-space', `${tmpdir()} is full: files of the NAS are fetched there to be compared.`);
      });
      return (await hashFile(join(folder, 'copy'), signal)) === (await digest(source, 'sha256', signal));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** Does it for all; what breaks it for the remote as a whole goes out when nothing is under way any more. */
  private async all<T>(items: readonly T[], signal: AbortSignal, work: (item: T) => Promise<void>): Promise<void> {
    let broken: unknown;
    const guarded = async (item: T): Promise<void> => {
      if (broken !== undefined) return;
      try {
        signal.throwIfAborted();
        await work(item);
      } catch (error) {
        broken ??= error;
      }
    };
    await Promise.all(items.map((item) => this.limit(() => guarded(item))));
    if (broken !== undefined) throw broken as Error;
  }

  private unreachable(error: unknown): Error {
    if (error instanceof RcloneError) {
      return new NasUnreachable(`${this.remote.name} can't be reached: ${error.message}`, { cause: error });
    }
    return error instanceof Error ? error : new Error(String(error));
  }
}

function thereOf({ IsDir, Size, ModTime }: RcloneEntry): There {
  return IsDir ? { kind: 'other' } : { kind: 'file', size: Size, mtimeMs: Date.parse(ModTime) };
}

async function digest(path: string, type: (typeof HASHES)[number], signal: AbortSignal): Promise<string> {
  try {
    const handle = await openRegular(path);
    try {
      const hash = createHash(type);
      for await (const chunk of readChunks(handle, signal)) hash.update(chunk);
      return hash.digest('hex');
    } finally {
      await handle.close();
    }
  } catch (error) {
    signal.throwIfAborted();
    throw asFileError(error, path, 'read');
  }
}

const cameOutDifferent = (source: string): ImageError =>
  new ImageError('verify-failed', `The copy of ${source} on the NAS came out different.`, { transient: true });
