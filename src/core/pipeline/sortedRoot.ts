import { dirname } from 'node:path';
import { FatalError } from '../model/failure.ts';
import type { Files } from '../ports/files.ts';
import type { ImageFolder } from '../ports/imageFolder.ts';
import type { Store } from '../ports/store.ts';
import { isInside } from '../settings/folders.ts';

export interface SortedRootParts {
  readonly files: Pick<Files, 'device' | 'mountPoint'>;
  readonly walk: Pick<ImageFolder, 'isAway'>;
}

/**
 * The sorted folder, which may be on a drive. When that goes away its place is a folder of another disk, or none: what is sorted
 * there by then is hidden as soon as the drive is mounted again. Nothing is, and a run stops until it is back.
 */
export class SortedRoot {
  readonly path: string;
  private readonly parts: SortedRootParts;
  /** where its drive is mounted; undefined while it is not there */
  private mountPoint: Promise<string | undefined>;

  /** @param path absolute */
  constructor(path: string, parts: SortedRootParts) {
    this.path = path;
    this.parts = parts;
    this.mountPoint = this.look();
  }

  /** Whether it is not there, or has nothing in it, as the place of a drive that is not mounted. */
  isBare(signal: AbortSignal): Promise<boolean> {
    return this.parts.walk.isAway(this.path, signal);
  }

  /** Before the run: it was sorted into, and so it is there, with at least a manifest in it. @throws FatalError `not-writable` */
  async assertMounted(store: Pick<Store, 'sortedPaths'>, signal: AbortSignal): Promise<void> {
    if (!(await this.isBare(signal)) || signal.aborted) return;
    for (const path of store.sortedPaths()) {
      if (!isInside(path, this.path)) continue;
      throw new FatalError(
        'not-writable',
        `${this.path} is not there, or empty, although images were sorted into it: its drive may not be mounted. Mount it, then run again; if you have removed or emptied it yourself, put any file into it.`,
      );
    }
  }

  /** During the run. A folder that is removed from a drive that is there is none of its business. @throws FatalError `not-writable` */
  async assertThere(): Promise<void> {
    const mountPoint = await this.mountPoint;
    if (mountPoint === undefined || dirname(mountPoint) === mountPoint) return;
    const deviceOf = (path: string): Promise<string | undefined> =>
      this.parts.files.device(path).catch(() => undefined);
    const device = await deviceOf(mountPoint);
    // a drive that is mounted again may be another device, but never that of the folder at its mount point
    if (device !== undefined && device !== (await deviceOf(dirname(mountPoint)))) return;
    throw new FatalError(
      'not-writable',
      `${this.path} is no longer there: its drive may be gone. Mount it, then run again.`,
    );
  }

  /** The run has made it. */
  wasMade(): void {
    this.mountPoint = this.look();
  }

  private look(): Promise<string | undefined> {
    return this.parts.files.mountPoint(this.path).catch(() => undefined);
  }
}
