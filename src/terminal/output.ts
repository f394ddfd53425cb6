import type { RunEvent } from '../core/pipeline/observer.ts';
import type { RunReport } from '../core/pipeline/finishRun.ts';

/** How a run shows itself in the terminal: bars, plain lines, or JSON events. */
export interface Output {
  on(event: RunEvent): void;
  /** The run is over, one way or the other. @param report undefined when there was nothing to do */
  end(report: RunReport | undefined, exitCode: number): void;
  /** Something that stops everything, for people. */
  fail(message: string, exitCode: number): void;
  /** Nothing more comes of the run, which has told no end: the terminal is given back. */
  close(): void;
}

/** Text without control characters: a file name may hold escape sequences, which a terminal would obey. */
export function printable(text: string): string {
  // eslint-disable-next-line no-control-regex -- that is what is made visible
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, (c) => {
    const code = c.charCodeAt(0);
    return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16)}`;
  });
}
