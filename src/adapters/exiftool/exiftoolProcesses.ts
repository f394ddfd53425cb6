import type { ExifTool, ExifToolTask } from 'exiftool-vendored';
import { ImageError } from '../../core/model/failure.ts';
import type { Log } from '../../core/ports/log.ts';

export interface ExiftoolProcessesOptions {
  /** absolute path of the ExifTool program; without it the one that comes with exiftool-vendored */
  readonly exiftoolPath?: string | undefined;
  /** how many processes at most; each takes about 30 MB */
  readonly maxProcs: number;
  readonly log: Log;
}

/** What one ExifTool command said. */
export interface ExiftoolAnswer {
  readonly stdout: string;
  readonly errors: readonly string[];
}

// eslint-disable-next-line no-control-regex -- that is what is looked for
const CONTROL = /[\u0000-\u001f\u007f]/;

/** A pool of ExifTool processes that stay open. None is started, and nothing is loaded, before the first command. */
export class ExiftoolProcesses {
  private readonly options: ExiftoolProcessesOptions;
  private pool: Promise<Pool> | undefined;
  private closed = false;

  constructor(options: ExiftoolProcessesOptions) {
    this.options = options;
  }

  /**
   * Runs one command. What ExifTool refuses is in the answer; a process that died, hung or could not be started is thrown.
   * @throws ImageError `exiftool`, transient unless there is no ExifTool (or no Perl) at all
   */
  async run(args: readonly string[]): Promise<ExiftoolAnswer> {
    // The last gate before the argument stream, where a line is an argument: nothing gets here that is not clean already.
    const dirty = args.find((arg) => CONTROL.test(arg) || !/^[-/]|^[A-Za-z]:|^\\\\/.test(arg));
    if (dirty !== undefined) throw new Error(`Not an argument for ExifTool: ${JSON.stringify(dirty)}`);
    if (this.closed) throw new ImageError('exiftool', 'ExifTool has been closed already.');
    const { exiftool, makeTask } = await (this.pool ??= this.start());
    try {
      return await exiftool.enqueueTask(() => makeTask(args), false);
    } catch (cause) {
      throw stopped(cause, exiftool.spawnedProcs > 0);
    }
  }

  /** Ends the processes, once their commands are done. */
  async close(): Promise<void> {
    this.closed = true;
    const pool = await this.pool?.catch(() => undefined); // whoever ran a command was told
    await pool?.exiftool.end();
  }

  private async start(): Promise<Pool> {
    const vendored = await import('exiftool-vendored').catch((cause: unknown) => {
      throw stopped(cause, false);
    });
    const { exiftoolPath, maxProcs, log } = this.options;
    const debug = (message: string): void => {
      log.debug(`exiftool: ${message}`);
    };
    const exiftool = new vendored.ExifTool({
      maxProcs,
      ...(exiftoolPath !== undefined && { exiftoolPath }),
      // Without `-config ''` ExifTool runs the Perl code of a `.ExifTool_config` in its working folder: exiftool-vendored
      // passes no HOME, and then that is where it looks. Must be the first argument.
      exiftoolArgs: ['-config', '', ...vendored.DefaultExiftoolArgs],
      // Through perl rather than by its `#!` line: an unpacked extension may have lost the executable bit.
      ignoreShebang: process.platform !== 'win32',
      taskRetries: 0,
      logger: () => ({ trace: () => undefined, debug, info: debug, warn: debug, error: debug }),
    });

    class Command extends vendored.ExifToolTask<ExiftoolAnswer> {
      protected parse(stdout: string): ExiftoolAnswer {
        return { stdout, errors: this.errors };
      }
    }
    return { exiftool, makeTask: (args) => new Command([...args]) };
  }
}

function stopped(cause: unknown, started: boolean): ImageError {
  const what = cause instanceof Error ? cause.message : String(cause);
  const message = started ? `ExifTool stopped: ${what}` : `ExifTool does not start: ${what}`;
  return new ImageError('exiftool', message, { cause, transient: started });
}

interface Pool {
  readonly exiftool: ExifTool;
  readonly makeTask: (args: readonly string[]) => ExifToolTask<ExiftoolAnswer>;
}
