import { appendFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Log } from '../../core/ports/log.ts';

/** Appends to `logs/<name>.log` of the working folder. A log that can't be written stops nothing. */
export class LogFile implements Log {
  private readonly path: string;
  private pending: string[] = [];
  private writing: Promise<void> | undefined;

  constructor(working: string, name: string) {
    this.path = join(working, 'logs', `${name}.log`);
  }

  debug(line: string): void {
    this.add('debug', line);
  }

  info(line: string): void {
    this.add('info', line);
  }

  warn(line: string): void {
    this.add('warn', line);
  }

  error(line: string): void {
    this.add('error', line);
  }

  /** Resolves when all that was said is in the file. */
  async close(): Promise<void> {
    await this.writing;
  }

  private add(level: keyof Log, line: string): void {
    // a line of text that names a file with a line break in it must not pass for two
    this.pending.push(`${new Date().toISOString()} ${level.padEnd(5)} ${line.replaceAll('\n', '\n    ')}\n`);
    this.writing ??= this.write();
  }

  private async write(): Promise<void> {
    while (this.pending.length > 0) {
      const text = this.pending.join('');
      this.pending = [];
      try {
        await mkdir(dirname(this.path), { recursive: true });
        await appendFile(this.path, text);
      } catch {
        // best effort: the same lines go to the output channel or stderr
      }
    }
    this.writing = undefined;
  }
}
