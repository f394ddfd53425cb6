import type { ExifTool, ExifToolTask } from 'exiftool-vendored';
import { ImageError } from '../../core/model/failure.ts';
import type { Log } from '../../core/ports/log.ts';
import { ExiftoolHung } from './exiftoolHung.ts';
import { ExiftoolProgram, type ExiftoolProgramOptions } from './exiftoolProgram.ts';
import { BETWEEN_VALUES, joinLists, SPLITTING_LISTS } from './joinLists.ts';

export interface ExiftoolProcessesOptions extends ExiftoolProgramOptions {
  /** how many processes at most; each takes about 40 MB */
  readonly maxProcs: number;
  readonly log: Log;
  /** milliseconds after which a command counts as hung; two minutes if not given */
  readonly hungAfter?: number | undefined;
}

/** What one ExifTool command said. */
export interface ExiftoolAnswer {
  readonly stdout: string;
  readonly errors: readonly string[];
}

/** A write takes 10 ms, one into a sidecar of 20 MB (160,000 entries of a list) took 12.5 s. */
const HUNG_AFTER = 120_000;

/** So many starts may fail in a row until what waits for one is given up; each may take half a minute. */
const STARTS = 6;

// eslint-disable-next-line no-control-regex -- that is what is looked for
const CONTROL = /[\u0000-\u001f\u007f]/;
const isPath = (arg: string): boolean => /^\/|^[A-Za-z]:|^\\\\/.test(arg);
const isClean = (arg: string): boolean =>
  !CONTROL.test(arg) && (isPath(arg) || (arg.startsWith('-') && !arg.includes(BETWEEN_VALUES)));

/** ExifTool takes one space behind the `=` for none. */
const withItsSpaces = (arg: string): string => arg.replace(/^(-[\w:#-]+\+?=)(?= )/, '$1 ');

/**
 * What ends an answer: a line of its own. exiftool-vendored takes it anywhere, and so a tag `{ready}` in what ExifTool prints
 * would end the answer early, and the rest would be taken for the answer to the next command.
 */
const READY = /(?<![^\n])\{ready\}\r?\n/;

/**
 * A pool of ExifTool processes that stay open. None is started, and nothing is loaded, before the first command. One that
 * dies or hangs is replaced. They end by themselves when this process is killed: their stdin is closed then.
 */
export class ExiftoolProcesses {
  private readonly options: ExiftoolProcessesOptions;
  private readonly program: ExiftoolProgram;
  private pool: Promise<Pool> | undefined;
  private closed = false;

  constructor(options: ExiftoolProcessesOptions) {
    this.options = options;
    this.program = new ExiftoolProgram(options);
  }

  /**
   * Starts ExifTool once, for its version (`13.59`): what tells early whether sidecars can be written at all. Nothing is left
   * to be closed.
   * @throws ImageError `exiftool` with a message that says what to install
   */
  version(): Promise<string> {
    return this.program.version();
  }

  /**
   * Runs one command; of a list one value an argument. What ExifTool refuses is in the answer; a process that died, hung or
   * could not be started is thrown, and by then is gone: it touches no file any more.
   * @throws ExiftoolHung, ImageError `exiftool`, transient unless there is no ExifTool (or no Perl) at all
   */
  async run(args: readonly string[]): Promise<ExiftoolAnswer> {
    // The last gate before the argument stream, where a line is an argument: nothing gets here that is not clean already.
    const dirty = args.find((arg) => !isClean(arg));
    if (dirty !== undefined) throw new Error(`Not an argument for ExifTool: ${JSON.stringify(dirty)}`);
    if (this.closed) throw new ImageError('exiftool', 'ExifTool has been closed already.');
    const pool = await this.open();
    try {
      return await pool.run(joinLists(args).map(withItsSpaces));
    } catch (cause) {
      throw stopped(cause, this.hungAfter);
    }
  }

  /** Ends the processes, once their commands are done. */
  async close(): Promise<void> {
    this.closed = true;
    const pool = await this.pool?.catch(() => undefined); // whoever ran a command was told
    await pool?.exiftool.end();
  }

  private get hungAfter(): number {
    return this.options.hungAfter ?? HUNG_AFTER;
  }

  private async open(): Promise<Pool> {
    const opening = (this.pool ??= this.start());
    try {
      return await opening;
    } catch (error) {
      // What can't start now never will, unless it only took too long.
      if (error instanceof ImageError && error.transient && this.pool === opening) this.pool = undefined;
      throw error;
    }
  }

  private async start(): Promise<Pool> {
    const vendored = await import('./vendored.ts');
    // batch-cluster starts a program that does not start again and again: first make sure that it does
    await this.program.version();
    const { maxProcs, log } = this.options;
    const debug = (message: string): void => {
      log.debug(`exiftool: ${message}`);
    };
    const exiftool = new vendored.ExifTool({
      processFactory: () => this.program.start([...vendored.DefaultExiftoolArgs, '-common_args', ...SPLITTING_LISTS]),
      pass: READY,
      fail: READY,
      checkPerl: false,
      maxProcs,
      minDelayBetweenSpawnMillis: 0, // all at once; the default of 1.5 s between them is a tenth of 1,000 sidecars
      maxTasksPerProcess: Number.MAX_SAFE_INTEGER, // Perl does not grow: it has 37 MB after the first write and after 5,000
      taskTimeoutMillis: this.hungAfter,
      taskRetries: 0,
      logger: () => ({ trace: () => undefined, debug, info: debug, warn: debug, error: debug }),
    });

    class Command extends vendored.ExifToolTask<ExiftoolAnswer> {
      protected parse(stdout: string): ExiftoolAnswer {
        return { stdout, errors: this.errors };
      }

      override onStderr(said: string | Buffer): void {
        try {
          super.onStderr(said);
        } catch (error) {
          // It throws at `Can't locate ... in @INC`, be it but the name of a folder, where nobody can catch it.
          this.reject(error instanceof Error ? error : new Error(String(error)));
        }
      }
    }
    const commands = new Set<ExifToolTask<ExiftoolAnswer>>();
    // Commands wait for as long as it takes for a process to start, and no other may ever do (no memory, no handles left). One that
    // fails to start alone is followed by another.
    let failedStarts = 0;
    const doesNotStart = (error: Error): void => {
      if (exiftool.busyProcs > 0 || ++failedStarts < STARTS) return;
      failedStarts = 0;
      for (const command of commands) if (command.runtimeMs === undefined) command.reject(error);
    };
    exiftool.on('taskResolved', () => (failedStarts = 0));
    exiftool.on('startError', doesNotStart);
    // of one that ends by itself before its first answer batch-cluster tells nobody else
    exiftool.on('childEnd', (process, reason) => {
      if (process.starting && (reason === 'proc.exit' || reason === 'proc.close'))
        doesNotStart(new Error(`a process has ended at its start (${process.exitCode ?? process.exitSignal ?? ''})`));
    });
    const ends = new WeakMap<object, Promise<void>>();
    exiftool.on('taskTimeout', (_, command, process) => ends.set(command, process.end(false, 'timeout')));
    return {
      exiftool,
      run: async (args) => {
        const command = new Command([...args]);
        commands.add(command);
        try {
          return await exiftool.enqueueTask(() => command, false);
        } catch (error) {
          await ends.get(command)?.catch(() => undefined); // what can't be killed can't be waited for
          throw error;
        } finally {
          commands.delete(command);
        }
      },
    };
  }
}

function stopped(cause: unknown, hungAfter: number): ImageError {
  // batch-cluster's class by its name: exiftool-vendored does not export it
  if (cause instanceof Error && cause.name === 'TaskTimeoutError') return new ExiftoolHung(hungAfter / 1000, cause);
  const what = cause instanceof Error ? cause.message : String(cause);
  return new ImageError('exiftool', `ExifTool stopped: ${what}`, { cause, transient: true });
}

interface Pool {
  readonly exiftool: ExifTool;
  readonly run: (args: readonly string[]) => Promise<ExiftoolAnswer>;
}
