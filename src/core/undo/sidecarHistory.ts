import { join } from 'node:path';
import type { ContentHash } from '../model/ids.ts';
import type { FileOperation, KeptFile } from '../model/operation.ts';
import type { Files } from '../ports/files.ts';

/** Keeps what a sidecar said before a run wrote it, so that an undo can put it back. */
export class SidecarHistory {
  private readonly files: Files;
  private readonly folder: string;
  private readonly keeping = new Map<ContentHash, Promise<void>>();

  /** @param folder absolute path; a file in it is named for its bytes, so that equal sidecars are kept once */
  constructor(files: Files, folder: string) {
    this.files = files;
    this.folder = folder;
  }

  /** To be called before the sidecar is written. Undefined when there is none yet. @throws ImageError, FatalError `no-space` */
  async keep(sidecar: string, signal: AbortSignal): Promise<KeptFile | undefined> {
    const sha256 = await this.files.hash(sidecar, signal);
    if (sha256 === undefined) return undefined;
    const kept = join(this.folder, `${sha256}.xmp`);
    await this.files.makeFolder(this.folder);
    // one after the other: those of pictures without tags are all equal, and have one name there
    const copied = (this.keeping.get(sha256) ?? Promise.resolve())
      .catch(() => undefined)
      .then(() => this.files.copy(sidecar, kept, sha256, signal));
    this.keeping.set(sha256, copied);
    try {
      await copied;
    } finally {
      if (this.keeping.get(sha256) === copied) this.keeping.delete(sha256);
    }
    return { kept, sha256 };
  }

  /** The writing of a sidecar, as the manifest tells of it. @param at ISO 8601 with zone */
  async written(
    sidecar: string,
    before: KeptFile | undefined,
    at: string,
    signal: AbortSignal,
  ): Promise<FileOperation> {
    const sha256 = await this.files.hash(sidecar, signal);
    return { at, op: 'write', to: sidecar, ...(sha256 && { sha256 }), ...(before && { before }) };
  }
}
