import { NasUnreachable } from '../../core/sync/syncEngine.ts';
import { ProgramError, runProgram, type ProgramEnd } from './runProgram.ts';

export interface RsyncOptions {
  /** the program, and arguments that come before all others */
  readonly program?: readonly string[];
  /** the user's own arguments */
  readonly options: readonly string[];
}

/** It is told to say how far it is once a second while it copies; comparing a large file's bytes takes longer. */
const SILENCE_MS = 300_000;
/**
 * Without a terminal nobody can type a password; keys have to do. rsync splits it itself, no shell is involved. Not as `-e`, with
 * which `rsync://` would go over SSH, too; `-e` among the user's arguments wins.
 */
const REMOTE_SHELL = 'ssh -o BatchMode=yes -o ConnectTimeout=20';

/** Exit codes that say that some files could not be copied, or vanished here, and that all others were. */
const PARTIAL = new Set([23, 24]);

/** What rsync is asked, with names as they are (`-s`: also those with spaces, for a remote shell) and nothing escaped (`-8`). */
export class RsyncProgram {
  private readonly program: readonly string[];
  private readonly options: readonly string[];

  constructor({ program = ['rsync'], options }: RsyncOptions) {
    this.program = program;
    this.options = options;
  }

  /**
   * @param args between the common ones and the user's; @param ends source and destination
   * @param places one list of names, relative to the source; undefined: none
   * @returns the end, with exit code 0, 23 or 24. @throws NasUnreachable for any other
   */
  async run(
    args: readonly string[],
    ends: readonly [string, string],
    { signal, places, onLine, onComplaint }: RsyncRun,
  ): Promise<ProgramEnd> {
    const lines = onLine && new LineSplitter(onLine);
    const complaints = onComplaint && new LineSplitter(onComplaint);
    const list = places ? ['--files-from=-', '--from0', '--no-implied-dirs'] : [];
    try {
      const end = await runProgram({
        program: this.program,
        // what is cut off would stand under its final name
        args: ['-s', '-8', ...list, ...args, ...this.options, '--no-partial', '--', ...ends],
        signal,
        silenceMs: SILENCE_MS,
        // times are printed in the zone of this
        env: { TZ: 'UTC', LC_ALL: 'C.UTF-8', RSYNC_RSH: process.env['RSYNC_RSH'] ?? REMOTE_SHELL },
        // `./`: a name at the start of a line may be taken for a comment
        input: places?.map((place) => `./${place}\0`).join('') ?? '',
        ...(lines && { onOutput: (chunk) => lines.add(chunk) }),
        ...(complaints && { onError: (text) => complaints.add(Buffer.from(text)) }),
      });
      lines?.end();
      complaints?.end();
      if (end.code !== 0 && !PARTIAL.has(end.code)) {
        throw new NasUnreachable(`rsync gave up (exit code ${end.code}): ${lastLine(end.stderr)}`);
      }
      return end;
    } catch (error) {
      signal.throwIfAborted();
      throw error instanceof ProgramError ? new NasUnreachable(error.message, { cause: error }) : error;
    }
  }
}

interface RsyncRun {
  readonly signal: AbortSignal;
  readonly places?: readonly string[];
  /** lines of stdout; progress lines end with a carriage return */
  readonly onLine?: (line: string) => void;
  /** lines of stderr, all of them */
  readonly onComplaint?: (line: string) => void;
}

class LineSplitter {
  private readonly onLine: (line: string) => void;
  private rest = Buffer.alloc(0);

  constructor(onLine: (line: string) => void) {
    this.onLine = onLine;
  }

  add(chunk: Buffer): void {
    let bytes = this.rest.length > 0 ? Buffer.concat([this.rest, chunk]) : chunk;
    for (let at = bytes.findIndex(isEnd); at >= 0; at = bytes.findIndex(isEnd)) {
      if (at > 0) this.onLine(bytes.toString('utf8', 0, at));
      bytes = bytes.subarray(at + 1);
    }
    this.rest = Buffer.from(bytes);
  }

  end(): void {
    if (this.rest.length > 0) this.onLine(this.rest.toString());
  }
}

const isEnd = (byte: number): boolean => byte === 0x0a || byte === 0x0d;

const lastLine = (text: string): string =>
  text
    .trim()
    .split('\n')
    .find((line) => line.trim() !== '') ?? 'no reason given';
