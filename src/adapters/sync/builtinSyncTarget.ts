import { lstat } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { sidecarOf } from '../../core/model/image.ts';
import type { SyncAnswer, SyncTarget, SyncUnit } from '../../core/ports/syncTarget.ts';
import { NodeImageFolder } from '../files/nodeImageFolder.ts';
import { mirrorFile, type Verification } from './mirrorFile.ts';
import { asSyncError, whyUnreachable } from './nasErrors.ts';
import { makeNasFolder } from './nasFolder.ts';

export interface BuiltinSyncOptions {
  /** absolute path of the folder on the NAS: a mount, a mapped drive, a UNC path */
  readonly nas: string;
  /** names of files and folders that are not synced, wherever they are; case does not matter */
  readonly exclude: readonly string[];
  readonly verify: Verification;
}

/**
 * Mirrors to a folder that the system has mounted, with Node alone. The folder itself is never made: where a mount point is
 * empty because nothing is mounted, the local disk would be filled instead of the NAS.
 */
export class BuiltinSyncTarget implements SyncTarget {
  private readonly nas: string;
  private readonly excluded: ReadonlySet<string>;
  private readonly verify: Verification;

  constructor({ nas, exclude, verify }: BuiltinSyncOptions) {
    // without a slash at its end, or it would not be recognised as the parent of what is in it
    this.nas = resolve(nas);
    this.excluded = new Set(exclude.map((name) => name.toLowerCase()));
    this.verify = verify;
  }

  async put({ files, root }: SyncUnit, signal: AbortSignal): Promise<SyncAnswer> {
    let destination = this.nas;
    let [copied, unchanged, bytes] = [0, 0, 0];
    for (const file of files) {
      signal.throwIfAborted();
      const place = placeBelow(root, file);
      destination = join(this.nas, place);
      if (this.isExcluded(place)) continue;
      try {
        await makeNasFolder(this.nas, dirname(destination));
        const mirrored = await mirrorFile(file, destination, this.verify, signal);
        if (mirrored.kind === 'unchanged') unchanged++;
        else {
          copied++;
          bytes += mirrored.bytes;
        }
      } catch (error) {
        signal.throwIfAborted();
        const why = await whyUnreachable(error, this.nas);
        if (why !== undefined) return { kind: 'unreachable', why };
        throw asSyncError(error, destination);
      }
    }
    return { kind: 'synced', destination, copied, unchanged, bytes };
  }

  async *units(root: string, signal: AbortSignal): AsyncGenerator<SyncUnit> {
    for await (const discovery of new NodeImageFolder().walk(root, [], signal)) {
      if (discovery.kind !== 'image') continue;
      const { path } = discovery.image;
      if (this.isExcluded(placeBelow(root, path))) continue;
      const sidecar = sidecarOf(path);
      yield { files: (await isFile(sidecar)) ? [sidecar, path] : [path], root };
    }
  }

  private isExcluded(place: string): boolean {
    return place.split(sep).some((name) => this.excluded.has(name.toLowerCase()));
  }
}

function placeBelow(root: string, file: string): string {
  const place = relative(root, file);
  if (place === '' || place === '..' || place.startsWith(`..${sep}`) || isAbsolute(place)) {
    throw new Error(`${file} is not in the sorted folder ${root}`);
  }
  return place;
}

async function isFile(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined))?.isFile() ?? false;
}
