import { join } from 'node:path';
import type { FileOperation, KeptFile } from '../model/operation.ts';
import type { Files } from '../ports/files.ts';

/** Keeps what a sidecar said before a run wrote it, so that an undo can put it back. */
export class SidecarHistory {
  private readonly files: Files;
  private readonly folder: string;

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
    await this.files.copy(sidecar, kept, sha256, signal);
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
