import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import type { ModelFile, ModelFiles } from '../../core/ports/modelFiles.ts';

/** `checksums.json`, which is written with the models (scripts/models/build.ts) */
const Checksums = v.record(v.string(), v.object({ sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)) }));

/** The models of a folder against the checksums that lie beside them. */
export class ModelChecksums implements ModelFiles {
  private readonly folder: string;

  /** @param folder absolute path of media/models */
  constructor(folder: string) {
    this.folder = folder;
  }

  async check(signal: AbortSignal): Promise<readonly ModelFile[] | undefined> {
    const listed = await this.list();
    if (!listed) return undefined;
    return Promise.all(
      Object.entries(listed).map(async ([name, { sha256 }]): Promise<ModelFile> => {
        const path = join(this.folder, name);
        const bytes = await readFile(path, { signal }).catch(() => undefined);
        signal.throwIfAborted();
        if (!bytes) return { path, state: 'missing' };
        const isSame = createHash('sha256').update(bytes).digest('hex') === sha256;
        return { path, state: isSame ? 'sound' : 'changed' };
      }),
    );
  }

  private async list(): Promise<v.InferOutput<typeof Checksums> | undefined> {
    try {
      return v.parse(Checksums, JSON.parse(await readFile(join(this.folder, 'checksums.json'), 'utf8')));
    } catch {
      return undefined;
    }
  }
}
