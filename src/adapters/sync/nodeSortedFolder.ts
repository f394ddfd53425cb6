import { lstat } from 'node:fs/promises';
import { ImageError } from '../../core/model/failure.ts';
import { sidecarOf } from '../../core/model/image.ts';
import type { SortedFile, SortedFolder, SortedItem } from '../../core/sync/sortedFolder.ts';
import type { FileFacts } from '../../core/sync/syncEngine.ts';
import { asFileError, codeOf } from '../files/fileErrors.ts';
import { lookNear } from '../files/lookNear.ts';
import type { Look } from '../files/looks.ts';
import { NodeImageFolder } from '../files/nodeImageFolder.ts';

/** The sorted folder on a file system that Node can reach. */
export class NodeSortedFolder implements SortedFolder {
  private readonly images = new NodeImageFolder();

  async *walk(root: string, signal: AbortSignal): AsyncGenerator<readonly SortedItem[]> {
    for await (const { folder, found, sidecars } of this.images.sift(root, [], signal)) {
      const names = found.map(({ entry }) => sidecarOf(entry.text)).filter((name) => sidecars.has(name));
      const looks = await this.lookAtAll(folder, names, signal);
      const items: SortedItem[] = [];
      for (const { kind, entry, facts, ...more } of found) {
        const { path } = entry;
        if ('message' in more) items.push({ kind: 'problem', path, message: more.message });
        if (kind !== 'image') continue;
        const image = { path, size: facts.size, mtimeMs: facts.mtimeMs };
        const sidecar = sidecarOf(entry.text);
        items.push(
          sidecars.has(sidecar) ? await this.withSidecar(image, looks.get(sidecar)) : { kind: 'unit', files: [image] },
        );
      }
      yield items;
    }
  }

  async facts(path: string): Promise<FileFacts | undefined> {
    try {
      const found = await lstat(path);
      if (!found.isFile()) throw new ImageError('not-a-file', `${path} is not a regular file.`);
      return { size: found.size, mtimeMs: found.mtimeMs };
    } catch (error) {
      if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
      throw asFileError(error, path, 'read');
    }
  }

  /** Those that are regular files, by name; the others are looked at by themselves. */
  private async lookAtAll(
    folder: string,
    names: readonly string[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, Look>> {
    try {
      const looks = await lookNear(folder, names, signal);
      return new Map(names.flatMap((name, i) => (looks[i]?.kind === 'file' ? [[name, looks[i]]] : [])));
    } catch {
      signal.throwIfAborted();
      return new Map();
    }
  }

  private async withSidecar(image: SortedFile, look: Look | undefined): Promise<SortedItem> {
    const path = sidecarOf(image.path);
    try {
      const facts = look ?? (await this.facts(path));
      if (!facts) return { kind: 'unit', files: [image] };
      return { kind: 'unit', files: [{ path, size: facts.size, mtimeMs: facts.mtimeMs }, image] };
    } catch (error) {
      if (!(error instanceof ImageError)) throw error;
      return { kind: 'problem', path, message: error.message };
    }
  }
}
