import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { JournalFile, JournalFolder, JournalReader, JournalSalvage } from '../../core/ports/journalFile.ts';
import { isAside } from './asidePath.ts';
import { asWorkingFolderError, codeOf } from './fileErrors.ts';
import { encodeLine, readLines } from './journalLines.ts';
import { readDigest } from './journalDigest.ts';
import { NodeJournalFile } from './nodeJournalFile.ts';
import type { NodeRunLocks } from './runLock.ts';
import { salvageLines } from './salvageLines.ts';
import { syncFolder } from './syncToDisk.ts';
import { writeAside } from './writeAside.ts';

/** The journals of a working folder: `journal/000001.ndjson` and on, the live one with its digest, `000001.digest`. */
export class NodeJournalFolder implements JournalFolder {
  private readonly working: string;
  private readonly folder: string;
  private readonly assertHeld: () => Promise<void>;

  /**
   * @param working absolute path of the working folder; made when it is needed
   * @param locks whose lock must still be held for whatever is written; absent for who only reads
   */
  constructor(working: string, locks?: Pick<NodeRunLocks, 'assertHeld'>) {
    this.working = working;
    this.folder = join(working, 'journal');
    this.assertHeld = async () => locks?.assertHeld();
  }

  async openLatest(): Promise<JournalFile | undefined> {
    // to open it may cut off a line that another is writing
    await this.assertHeld();
    const number = await this.latest();
    return number === undefined ? undefined : NodeJournalFile.open(number, this.path(number), this.assertHeld);
  }

  async readLatest(): Promise<JournalReader | undefined> {
    const number = await this.latest();
    if (number === undefined) return undefined;
    const path = this.path(number);
    return { number, path, lines: (from = 0) => readLines(path, from), saved: () => readDigest(path) };
  }

  async create(firstLines: Iterable<string> | AsyncIterable<string>): Promise<JournalFile> {
    await this.assertHeld();
    const number = ((await this.latest()) ?? 0) + 1;
    const path = this.path(number);
    try {
      await mkdir(this.folder, { recursive: true });
      await syncFolder(this.working);
      await writeAside(path, encodeAll(firstLines));
      await this.sweep();
    } catch (error) {
      throw asWorkingFolderError(error, path);
    }
    return NodeJournalFile.open(number, path, this.assertHeld);
  }

  async salvage(): Promise<readonly JournalSalvage[]> {
    return (await this.numbers()).map((number) => {
      const path = this.path(number);
      return { number, path, lines: () => salvageLines(path) };
    });
  }

  /** Digests of journals that nobody goes on with any more, and what is left of files whose writing failed or was killed. */
  private async sweep(): Promise<void> {
    const left = (await readdir(this.folder)).filter((name) => name.endsWith('.digest') || isAside(name));
    await Promise.all(left.map((name) => rm(join(this.folder, name), { force: true })));
  }

  private path(number: number): string {
    return join(this.folder, `${String(number).padStart(6, '0')}.ndjson`);
  }

  private async latest(): Promise<number | undefined> {
    return (await this.numbers()).at(-1);
  }

  /** ascending */
  private async numbers(): Promise<readonly number[]> {
    let names: string[];
    try {
      names = await readdir(this.folder);
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return [];
      throw asWorkingFolderError(error, this.folder);
    }
    const numbers = names.flatMap((name) => /^(\d{6,})\.ndjson$/.exec(name)?.[1] ?? []).map(Number);
    return numbers.sort((a, b) => a - b);
  }
}

async function* encodeAll(lines: Iterable<string> | AsyncIterable<string>): AsyncGenerator<Buffer> {
  for await (const line of lines) yield encodeLine(line);
}
