import { dirname } from 'node:path';
import { FatalError, ImageError } from '../model/failure.ts';
import type { Files } from '../ports/files.ts';
import type { Store } from '../ports/store.ts';
import { isInside } from '../settings/folders.ts';

/**
 * The sorted folder, for as long as it is the one that it was when the run began. Where it is on a drive that goes away, its place
 * is a folder of another disk, or none: what is sorted there by then is hidden as soon as the drive is mounted again.
 */
export class SortedRoot {
  readonly path: string;
  private readonly files: Pick<Files, 'device'>;
  private device: Promise<string | undefined>;

  /** @param path absolute */
  constructor(path: string, files: Pick<Files, 'device'>) {
    this.path = path;
    this.files = files;
    this.device = this.look();
  }

  /** Whether it was there before, and is gone, or is the empty place of its drive. */
  async isAway(): Promise<boolean> {
    const [before, now] = [await this.device, await this.look()];
    if (before === undefined) {
      // the run may have made it by now
      this.device = Promise.resolve(now);
      return false;
    }
    if (now === undefined) return true;
    // one that is mounted again may be another device, as an automounter has it
    return now !== before && now === (await this.files.device(dirname(this.path)).catch(() => undefined));
  }

  /** @throws ImageError `not-writable` */
  async assertThere(): Promise<void> {
    if (!(await this.isAway())) return;
    throw new ImageError(
      'not-writable',
      `${this.path} is no longer there: its drive may be gone. Mount it, then run again.`,
    );
  }

  private look(): Promise<string | undefined> {
    return this.files.device(this.path).catch(() => undefined);
  }
}

/**
 * Before a run: a sorted folder that earlier runs have sorted into, and that is not there, is not made anew, since its drive may
 * not be mounted.
 * @param path absolute
 * @throws FatalError `not-writable`
 */
export async function assertNotUnmounted(
  path: string,
  { files, store }: { readonly files: Pick<Files, 'stat'>; readonly store: Pick<Store, 'sortedPaths'> },
): Promise<void> {
  const found = await files.stat(path);
  if (found) return;
  for (const sorted of store.sortedPaths()) {
    if (!isInside(sorted, path)) continue;
    throw new FatalError(
      'not-writable',
      `${path} is not there, although images were sorted into it: its drive may not be mounted. Mount it, then run again; if you have removed the folder yourself, make it again.`,
    );
  }
}
