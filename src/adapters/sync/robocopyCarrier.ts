import { lstat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ImageError } from '../../core/model/failure.ts';
import { NasUnreachable, type Cargo, type Hooks } from '../../core/sync/syncEngine.ts';
import type { Carried, Carrier } from './carrier.ts';
import { parseErrors, parseSummary, type RobocopyError } from './robocopyOutput.ts';
import { ProgramError, runProgram } from './runProgram.ts';

export interface RobocopyOptions {
  /** the program, and arguments that come before all others */
  readonly program?: readonly string[];
  /** the user's own arguments */
  readonly options: readonly string[];
}

/**
 * `/Z` goes on with a large file that was cut off; `/XO` leaves what is newer; three tries, five seconds apart. Never `/MIR`: what
 * is removed on the NAS is decided elsewhere. `/BYTES /NJH /NDL` keep the output free of what differs between languages.
 */
const ARGUMENTS = ['/Z', '/XO', '/R:3', '/W:5', '/COPY:DAT', '/BYTES', '/NJH', '/NDL'] as const;
/** Windows takes 32,767 characters for a whole command line. */
const MOST_CHARACTERS = 24_000;
/** It prints percentages while it copies, and waits for five seconds between tries. */
const SILENCE_MS = 300_000;
/** Codes from here on say that something failed; 1 to 7 are sums of what was done. */
const FAILED = 8;
const KEPT_OUTPUT = 4 * 1024 * 1024;

/** Error numbers of Windows. */
const FULL = new Set([39, 112, 1295]);
const GONE = new Set([51, 53, 59, 64, 65, 67, 121, 1231, 1232]);
const NOT_THERE = new Set([2, 3]);
const PASSING = new Set([32, 33]);

/** Copies with robocopy into the staging folder, folder by folder. Of Windows only. */
export class RobocopyCarrier implements Carrier {
  private readonly program: readonly string[];
  private readonly options: readonly string[];

  constructor({ program = ['robocopy'], options }: RobocopyOptions) {
    this.program = program;
    this.options = options;
  }

  async *carry(cargo: readonly Cargo[], staging: string, { signal, onBytes }: Hooks): AsyncGenerator<Carried> {
    for (const batch of commandLines(cargo)) {
      const folder = dirname(batch[0]?.place ?? '.');
      const source = dirname(batch[0]?.source ?? '');
      const output = await this.run(
        [source, join(staging, folder), ...batch.map(({ place }) => basename(place))],
        signal,
      );
      const errors = parseErrors(output);
      const failed = parseSummary(output)?.files.failed ?? 0;
      for (const one of batch) {
        const staged = join(staging, one.place);
        if ((await lstat(staged).catch(() => undefined))?.size === one.size) {
          onBytes?.(one.size);
          yield { cargo: one };
        } else yield { cargo: one, error: errorOf(one, staged, { errors, failed }) };
      }
    }
  }

  async close(): Promise<void> {
    // every program has ended with its question
  }

  /** @returns what it printed. @throws NasUnreachable */
  private async run(args: readonly string[], signal: AbortSignal): Promise<string> {
    const chunks: string[] = [];
    let kept = 0;
    try {
      const { code } = await runProgram({
        program: this.program,
        args: [...args, ...ARGUMENTS, ...this.options],
        signal,
        silenceMs: SILENCE_MS,
        onOutput: (chunk) => {
          // in the console's code page, which leaves digits and paths of ASCII alone: names are never read from it
          const text = chunk.toString('latin1');
          if (kept < KEPT_OUTPUT) chunks.push(text);
          kept += text.length;
        },
      });
      const output = chunks.join('');
      if (code < FAILED) return output;
      const last = parseErrors(output).at(-1);
      if (last && GONE.has(last.code))
        throw new NasUnreachable(`The NAS can't be reached (error ${last.code} of Windows).`);
      // 16: not one file was tried; its arguments were refused, or the folder is out of reach
      if (code >= 16 && !last)
        throw new NasUnreachable(`robocopy gave up (exit code ${code}): ${output.trim().slice(-500)}`);
      return output;
    } catch (error) {
      signal.throwIfAborted();
      throw error instanceof ProgramError ? new NasUnreachable(error.message, { cause: error }) : error;
    }
  }
}

/** A folder's files that fit into one command line. */
function* commandLines(cargo: readonly Cargo[]): Generator<readonly Cargo[]> {
  const folders = Map.groupBy(cargo, ({ source }) => dirname(source));
  for (const files of folders.values()) {
    let batch: Cargo[] = [];
    let characters = 0;
    for (const file of files) {
      // quotes and a space
      const length = basename(file.place).length + 3;
      if (batch.length > 0 && characters + length > MOST_CHARACTERS) {
        yield batch;
        [batch, characters] = [[], 0];
      }
      batch.push(file);
      characters += length;
    }
    yield batch;
  }
}

function errorOf(
  { source, place }: Cargo,
  staged: string,
  { errors, failed }: { readonly errors: readonly RobocopyError[]; readonly failed: number },
): ImageError {
  const name = basename(place);
  const code = errors.findLast(({ path }) => path.endsWith(name))?.code ?? errors.at(-1)?.code;
  if (code === undefined && failed > 0) {
    // with /NFL or the like among the user's arguments its summary is all that it says
    const message = `${source} can't be copied to the NAS: robocopy counts ${failed} failed files of its folder, and does not say why.`;
    return new ImageError('not-writable', message);
  }
  if (code === undefined) {
    const message = `The copy of ${source} on the NAS came out different.`;
    return new ImageError('verify-failed', message, { transient: true });
  }
  if (FULL.has(code)) return new ImageError('no-space', `The NAS is full: ${staged} can't be written.`);
  if (NOT_THERE.has(code)) return new ImageError('vanished', `${source} is not there.`);
  const message = `${source} can't be copied to the NAS (error ${code} of Windows).`;
  return new ImageError('not-writable', message, { transient: PASSING.has(code) });
}
