import type { Stats } from 'node:fs';
import { lstat, lutimes, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { FoundImage } from '../../core/model/image.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Log } from '../../core/ports/log.ts';
import { patiently } from '../files/patiently.ts';
import { ThumbnailMaker } from './thumbnailMaker.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** What the folder may hold, in bytes: some 2,500 large ones. */
const MOST = 500e6;
/** Nobody has to find here what pictures looked like that are long deleted. */
const KEPT_FOR = 30 * 24 * HOUR;
/** Younger ones may be on the screen: a page of the review loads a thumbnail when it is scrolled to. */
const KEPT_AT_LEAST = HOUR;
/** Not at once: a review that is opened has better things to do, and a tooltip never gets that far. */
const FIRST_LOOK = MINUTE;
const NEXT_LOOK = 10 * MINUTE;

/** Thumbnails and what a killed process left half-written of one. Nothing else in the folder is ours. */
const OURS = /^[0-9a-f]{16}(?<large>\.large)?\.webp(?:\.[0-9a-f]{8}\.partial)?$/;

interface Kept {
  readonly path: string;
  readonly isLarge: boolean;
  readonly size: number;
  /** when it was made or last handed out */
  readonly mtimeMs: number;
}

/**
 * The thumbnails in the working folder, `<image id>.webp` and `<image id>.large.webp`: a cache with a bound. While they are
 * looked at, those that were not for the longest time are removed, in the background.
 */
export class ThumbnailFolder {
  private readonly folder: string;
  private readonly clock: Clock;
  private readonly log: Log;
  private readonly maker = new ThumbnailMaker();
  /** when to look again what can go; undefined: no thumbnail was asked for yet */
  private nextLook: number | undefined;

  /** @param folder absolute path; need not exist yet */
  constructor(folder: string, clock: Clock, log: Log) {
    this.folder = folder;
    this.clock = clock;
    this.log = log;
  }

  /**
   * Absolute path of the image's thumbnail, made when it is not there yet. It stays there for an hour at least.
   * @throws what `ThumbnailMaker` throws
   */
  async of(image: FoundImage, size: 'small' | 'large'): Promise<string> {
    const path = join(this.folder, `${image.id}${size === 'large' ? '.large' : ''}.webp`);
    const now = this.clock.now();
    if (await factsOf(path)) await markUsed(path, now);
    else await this.maker.makeThumbnail(image.path, path, size);
    this.nextLook ??= now + FIRST_LOOK;
    // waited for by nobody: the disk may take its time
    if (now >= this.nextLook) void this.tidy(now);
    return path;
  }

  private async tidy(now: number): Promise<void> {
    // none on top of one that a silent disk holds
    this.nextLook = Infinity;
    let [removed, freed] = [0, 0];
    let trouble: string | undefined;
    try {
      for (const one of tooMany(await this.kept(), now)) {
        // it may have been handed out, or removed by another window, since it was looked at
        if ((await factsOf(one.path))?.mtimeMs !== one.mtimeMs) continue;
        try {
          await unlink(one.path);
          removed++;
          freed += one.size;
        } catch (error) {
          // one that another program holds keeps none of the others
          trouble ??= String(error);
        }
      }
    } catch (error) {
      trouble = String(error);
    }
    if (removed > 0) this.log.info(`Old thumbnails: ${removed} removed, ${Math.ceil(freed / 1e6)} MB.`);
    if (trouble !== undefined) this.log.warn(`Old thumbnails can't be removed: ${trouble}`);
    this.nextLook = this.clock.now() + NEXT_LOOK;
  }

  private async kept(): Promise<readonly Kept[]> {
    const kept: Kept[] = [];
    for (const name of await patiently(() => readdir(this.folder))) {
      const match = OURS.exec(name);
      if (!match) continue;
      const path = join(this.folder, name);
      const facts = await factsOf(path);
      if (!facts?.isFile()) continue;
      kept.push({ path, isLarge: match.groups?.['large'] !== undefined, size: facts.size, mtimeMs: facts.mtimeMs });
    }
    return kept;
  }
}

const factsOf = (path: string): Promise<Stats | undefined> => lstat(path).catch(() => undefined);

/** By its time of modification: times of access are not kept everywhere. Where it can't be set, it is made again one day. */
const markUsed = (path: string, now: number): Promise<void> =>
  lutimes(path, now / 1000, now / 1000).catch(() => undefined);

/** Those that have to go, first what is missed least. */
function tooMany(kept: readonly Kept[], now: number): readonly Kept[] {
  let bytes = kept.reduce((sum, { size }) => sum + size, 0);
  const free = kept.filter(({ mtimeMs }) => now - mtimeMs > KEPT_AT_LEAST);
  // large ones are sent to the page as they are; of small ones it keeps the addresses as long as it is open
  free.sort((a, b) => Number(b.isLarge) - Number(a.isLarge) || a.mtimeMs - b.mtimeMs);
  return free.filter(({ size, mtimeMs }) => {
    const goes = bytes > MOST || now - mtimeMs > KEPT_FOR;
    if (goes) bytes -= size;
    return goes;
  });
}
