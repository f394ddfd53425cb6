import type { Log } from '../../../src/core/ports/log.ts';

/** Keeps every line, for a look at what would have been shown. */
export class CollectedLog implements Log {
  readonly lines: string[] = [];
  debug = (line: string): void => void this.lines.push(line);
  info = (line: string): void => void this.lines.push(line);
  warn = (line: string): void => void this.lines.push(line);
  error = (line: string): void => void this.lines.push(line);
}
