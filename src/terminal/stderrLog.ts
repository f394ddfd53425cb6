import type { Log } from '../core/ports/log.ts';
import { printable } from './output.ts';

/** Log lines on stderr: warnings and errors always, the rest with `--verbose`. */
export class StderrLog implements Log {
  private readonly err: NodeJS.WritableStream;
  private readonly verbose: boolean;

  constructor(err: NodeJS.WritableStream, verbose: boolean) {
    this.err = err;
    this.verbose = verbose;
  }

  debug(line: string): void {
    if (this.verbose) this.write('debug', line);
  }
  info(line: string): void {
    if (this.verbose) this.write('info', line);
  }
  warn(line: string): void {
    this.write('warning', line);
  }
  error(line: string): void {
    this.write('error', line);
  }

  private write(level: string, line: string): void {
    this.err.write(`${level}: ${printable(line)}\n`);
  }
}
