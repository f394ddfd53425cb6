import { execFile, spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { ImageError } from '../../core/model/failure.ts';

export interface ExiftoolProgramOptions {
  /** absolute path of the ExifTool program; without it the one that comes with exiftool-vendored */
  readonly exiftoolPath?: string | undefined;
  /** absolute path of the configuration to load, which is Perl code; without it none is, not even the user's own */
  readonly config?: string | undefined;
}

/** Milliseconds to answer for its version. It takes 100; a virus scanner that sees Perl for the first time takes seconds. */
const LONGEST_START = 30_000;

/** ExifTool as a program that can be started: a Perl script, but a program of its own on Windows. */
export class ExiftoolProgram {
  private readonly options: ExiftoolProgramOptions;
  /** of the first time that it did start */
  private known: string | undefined;

  constructor(options: ExiftoolProgramOptions) {
    this.options = options;
  }

  /**
   * `13.59`; it is run for that until it has once answered.
   * @throws ImageError `exiftool` with a message that says what to install; transient when it only took too long
   */
  async version(): Promise<string> {
    return (this.known ??= await this.ask());
  }

  private async ask(): Promise<string> {
    const { file, args } = await this.command();
    try {
      const { stdout } = await promisify(execFile)(file, [...args, '-ver'], {
        ...surroundings(),
        timeout: LONGEST_START,
      });
      const version = /^\d+\.\d+/.exec(stdout)?.[0];
      if (version !== undefined) return version;
      throw new Error(`it says ${JSON.stringify(stdout.slice(0, 200))} for its version`);
    } catch (error) {
      throw startError(error);
    }
  }

  /** A process that runs and waits for commands at its stdin; it ends by itself when that is closed. */
  async start(args: readonly string[]): Promise<ChildProcessWithoutNullStreams> {
    const command = await this.command();
    const child = spawn(command.file, [...command.args, ...args], { ...surroundings(), stdio: 'pipe' });
    await once(child, 'spawn');
    return child;
  }

  private async command(): Promise<{ readonly file: string; readonly args: readonly string[] }> {
    const { exiftoolPath = await vendoredPath(), config = '' } = this.options;
    // Without `-config` ExifTool runs the Perl code of a `.ExifTool_config` in the home or the working folder. It must be
    // the first argument.
    const args = ['-config', config];
    if (process.platform === 'win32') return { file: exiftoolPath, args };
    // Through perl rather than by its `#!` line: an unpacked extension may have lost the executable bit.
    return { file: 'perl', args: [exiftoolPath, ...args] };
  }
}

/**
 * Nothing of our surroundings but where programs are: PERL5LIB, PERL5OPT and the like make another program of it, and its
 * messages are to be English.
 */
const surroundings = () => ({ env: { PATH: process.env['PATH'], LANG: 'C' }, windowsHide: true });

async function vendoredPath(): Promise<string> {
  const { exiftoolPath } = await import('./vendored.ts');
  return exiftoolPath();
}

const INSTALL_PERL =
  process.platform === 'darwin'
    ? '`brew install perl`'
    : '`sudo apt install perl` (Debian, Ubuntu), `sudo dnf install perl` (Fedora), `sudo pacman -S perl` (Arch), `sudo apk add perl` (Alpine)';

/** Why ExifTool does not start, for people: what to install where that helps. */
function startError(error: unknown): ImageError {
  const {
    message,
    code,
    killed,
    stderr = '',
  } = error as Error & Partial<Record<'code' | 'killed' | 'stderr', unknown>>;
  if (killed === true) {
    const text = `ExifTool does not start: it did not say its version within ${LONGEST_START / 1000} s.`;
    return new ImageError('exiftool', text, { cause: error, transient: true });
  }
  const [said = ''] = String(stderr).trim().split(/\r?\n/, 1);
  return new ImageError('exiftool', explain(said === '' ? message : said, code), { cause: error });
}

function explain(said: string, code: unknown): string {
  if (code === 'ENOENT' && process.platform !== 'win32') {
    return `ExifTool, which writes the sidecars, needs Perl, and there is none on the PATH. Install it: ${INSTALL_PERL}.`;
  }
  const lacking = /^Can't locate (\S+) in @INC/.exec(said)?.[1];
  if (lacking !== undefined) {
    return `ExifTool does not start: this Perl is not complete, it lacks ${lacking}. Install all of it: ${INSTALL_PERL}.`;
  }
  if (/^Perl \S+ required/.test(said)) {
    return `ExifTool does not start: this Perl is too old (${said}). Install a newer one: ${INSTALL_PERL}.`;
  }
  return `ExifTool does not start: ${said}`;
}
