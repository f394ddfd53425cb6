import { realpath, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/**
 * Folders that a walk must not enter, whichever way it comes upon them: by the path given, or as the same folder by another
 * one (through a link, another case, a second mount).
 */
export class ExcludedFolders {
  private readonly paths: readonly string[];

  constructor(paths: readonly string[]) {
    this.paths = paths.map((path) => resolve(path));
  }

  /** Whether the folder is one of them, or anywhere below one. */
  async holds(folder: string): Promise<boolean> {
    let path = await realpath(folder).catch(() => resolve(folder));
    while (!(await this.has(path))) {
      if (dirname(path) === path) return false;
      path = dirname(path);
    }
    return true;
  }

  async has(folder: string): Promise<boolean> {
    if (this.paths.includes(resolve(folder))) return true;
    if (this.paths.length === 0) return false;
    const found = await identity(folder);
    if (found === undefined) return false;
    // asked each time: the sorted folder may be made while the walk is under way
    const excluded = await Promise.all(this.paths.map(identity));
    return excluded.includes(found);
  }
}

async function identity(path: string): Promise<string | undefined> {
  try {
    const { dev, ino } = await stat(path, { bigint: true });
    return ino === 0n ? undefined : `${dev.toString()}:${ino.toString()}`;
  } catch {
    // not there, or out of reach: then the walk will not get into it either
    return undefined;
  }
}
