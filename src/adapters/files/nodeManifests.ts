import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Manifests } from '../../core/ports/manifests.ts';
import { asFileError, codeOf } from './fileErrors.ts';

/** By the local time at which the run ended, or later where another has that name or a later one: their order is that of the runs. */
const NAME = /^manifest_[12]\d{3}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])_([01]\d|2[0-3])[0-5]\d[0-5]\d\.json$/;

/** The manifests on a file system that Node can reach. What tells no time in its name, as of a month 99, was written by no run. */
export class NodeManifests implements Manifests {
  private readonly sorted: string;

  /** @param sorted absolute path of the sorted folder */
  constructor(sorted: string) {
    this.sorted = sorted;
  }

  async latest(): Promise<string | undefined> {
    return (await this.all())[0];
  }

  async all(): Promise<readonly string[]> {
    const names = (await this.names()).filter((name) => NAME.test(name));
    return names
      .sort()
      .reverse()
      .map((name) => join(this.sorted, name));
  }

  async read(path: string): Promise<string | undefined> {
    try {
      return await readFile(path, 'utf8');
    } catch (error) {
      if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
      throw asFileError(error, path, 'read');
    }
  }

  private async names(): Promise<readonly string[]> {
    try {
      return await readdir(this.sorted);
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return [];
      throw asFileError(error, this.sorted, 'read');
    }
  }
}
