import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { LimitMemory } from '../../core/ports/limitMemory.ts';
import { asWorkingFolderError } from './fileErrors.ts';
import { writeAside } from './writeAside.ts';

/** A small JSON file that is replaced as a whole. It holds nothing that could not be found out again. */
export class JsonFile implements LimitMemory {
  private readonly path: string;
  private last: Promise<void> = Promise.resolve();

  constructor(path: string) {
    this.path = path;
  }

  /** undefined when it is missing or broken */
  async load(): Promise<unknown> {
    await this.last.catch(() => undefined);
    try {
      return JSON.parse(await readFile(this.path, 'utf8')) as unknown;
    } catch {
      return undefined;
    }
  }

  /** Savings go one after the other, the last one wins. @throws FatalError when the working folder is full or read-only */
  save(value: unknown): Promise<void> {
    const text = `${JSON.stringify(value)}\n`;
    this.last = this.last.catch(() => undefined).then(() => this.write(text));
    return this.last;
  }

  private async write(text: string): Promise<void> {
    try {
      await mkdir(dirname(this.path), { recursive: true });
      await writeAside(this.path, [text]);
    } catch (error) {
      throw asWorkingFolderError(error, this.path);
    }
  }
}
