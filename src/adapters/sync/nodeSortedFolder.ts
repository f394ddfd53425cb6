import { lstat } from 'node:fs/promises';
import { ImageError } from '../../core/model/failure.ts';
import { sidecarOf } from '../../core/model/image.ts';
import type { SortedFile, SortedFolder, SortedItem } from '../../core/sync/sortedFolder.ts';
import type { FileFacts } from '../../core/sync/syncEngine.ts';
import { asFileError, codeOf } from '../files/fileErrors.ts';
import { NodeImageFolder } from '../files/nodeImageFolder.ts';

/** Images whose sidecars are looked for together. */
const LOOK_AHEAD = 64;

/** The sorted folder on a file system that Node can reach. */
export class NodeSortedFolder implements SortedFolder {
  async *walk(root: string, signal: AbortSignal): AsyncGenerator<SortedItem> {
    let images: SortedFile[] = [];
    for await (const discovery of new NodeImageFolder().walk(root, [], signal)) {
      if (discovery.kind === 'problem') {
        yield { kind: 'problem', path: discovery.image.path, message: discovery.message };
      } else if (discovery.kind === 'image') {
        const { path, size, mtimeMs } = discovery.image;
        images.push({ path, size, mtimeMs });
        if (images.length < LOOK_AHEAD) continue;
        yield* await this.withSidecars(images);
        images = [];
      }
    }
    yield* await this.withSidecars(images);
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

  private withSidecars(images: readonly SortedFile[]): Promise<readonly SortedItem[]> {
    return Promise.all(
      images.map(async (image): Promise<SortedItem> => {
        const path = sidecarOf(image.path);
        try {
          const facts = await this.facts(path);
          return { kind: 'unit', files: facts ? [{ path, ...facts }, image] : [image] };
        } catch (error) {
          if (!(error instanceof ImageError)) throw error;
          return { kind: 'problem', path, message: error.message };
        }
      }),
    );
  }
}
