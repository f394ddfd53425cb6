import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { SortedTree } from '../../core/ports/sortedTree.ts';
import { asFileError, codeOf } from './fileErrors.ts';
import { hasImageExtension } from './imageExtensions.ts';
import { isDropping } from './passedOver.ts';

/** A folder that was removed or locked away while we looked is none: what is in it counts as not there. */
const GONE = new Set(['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM']);

/** The sorted folder on a file system that Node can reach. */
export class NodeSortedTree implements SortedTree {
  private readonly root: string;

  /** @param root absolute path of the sorted folder */
  constructor(root: string) {
    this.root = root;
  }

  async folders(): Promise<readonly string[]> {
    const found: string[] = [];
    for await (const { folder } of this.walk()) {
      const way = relative(this.root, folder);
      if (way !== '') found.push(way.split(sep).join('/').normalize('NFC'));
    }
    return found;
  }

  async *images(signal: AbortSignal): AsyncGenerator<string> {
    for await (const { folder, entries } of this.walk()) {
      signal.throwIfAborted();
      for (const entry of entries) if (entry.isFile() && hasImageExtension(entry.name)) yield join(folder, entry.name);
    }
  }

  private async *walk(): AsyncGenerator<{ readonly folder: string; readonly entries: readonly Dirent[] }> {
    const ahead = [this.root];
    for (let folder = ahead.pop(); folder !== undefined; folder = ahead.pop()) {
      const entries = await entriesOf(folder);
      if (!entries) continue;
      // a NAS's or a system's bin is no category: what was thrown away lies in it
      const theirs = entries.filter(({ name }) => !name.startsWith('@') && !isDropping(name));
      yield { folder, entries: theirs };
      for (const entry of theirs) if (entry.isDirectory()) ahead.push(join(folder, entry.name));
    }
  }
}

async function entriesOf(folder: string): Promise<readonly Dirent[] | undefined> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (GONE.has(codeOf(error) ?? '')) return undefined;
    throw asFileError(error, folder, 'read');
  }
}
