import { appendFile, mkdir, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { heavier, type ServerChange, type ServerChanges } from '../../core/photoServer/serverChange.ts';
import { asWorkingFolderError, codeOf } from '../files/fileErrors.ts';
import { decodeLine, encodeLine } from '../files/journalLines.ts';

const NEWLINE = Buffer.from('\n');

/** Changes in a file of lines, each with a checksum; a torn one is left out. It is there only while something is untold. */
export class NdjsonServerChanges implements ServerChanges {
  private readonly path: string;
  private last: Promise<void> = Promise.resolve();

  /** @param path absolute */
  constructor(path: string) {
    this.path = path;
  }

  async all(): Promise<readonly ServerChange[]> {
    const kinds = new Map<string, ServerChange['kind']>();
    for (const { place, kind } of await this.read()) kinds.set(place, heavier(kinds.get(place) ?? kind, kind));
    return [...kinds].map(([place, kind]) => ({ place, kind }));
  }

  add(changes: readonly ServerChange[]): Promise<void> {
    if (changes.length === 0) return Promise.resolve();
    // on a line of its own, whatever a kill has left of the last one
    const bytes = Buffer.concat([NEWLINE, ...changes.map((change) => encodeLine(JSON.stringify(change)))]);
    this.last = this.last.catch(() => undefined).then(() => this.append(bytes));
    return this.last;
  }

  async clear(): Promise<void> {
    await this.last.catch(() => undefined);
    try {
      await rm(this.path, { force: true });
    } catch (error) {
      throw asWorkingFolderError(error, this.path);
    }
  }

  private async append(bytes: Buffer): Promise<void> {
    try {
      await mkdir(dirname(this.path), { recursive: true });
      await appendFile(this.path, bytes);
    } catch (error) {
      throw asWorkingFolderError(error, this.path);
    }
  }

  private async read(): Promise<readonly ServerChange[]> {
    await this.last.catch(() => undefined);
    let bytes: Buffer;
    try {
      bytes = await readFile(this.path);
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return [];
      throw asWorkingFolderError(error, this.path);
    }
    const changes: ServerChange[] = [];
    for (let start = 0; start < bytes.length;) {
      const end = bytes.indexOf(0x0a, start);
      const text = decodeLine(bytes.subarray(start, end < 0 ? bytes.length : end));
      // the checksum vouches for its shape
      if (text !== undefined) changes.push(JSON.parse(text) as ServerChange);
      if (end < 0) break;
      start = end + 1;
    }
    return changes;
  }
}
