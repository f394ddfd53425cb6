import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { KEY, ROOT } from '../cli/commandLine.ts';

const run = promisify(execFile);
let sessions = 0;
const GIVEN_UP_AFTER = 300_000;

/** A terminal of a server of its own, in which the command line is at work. */
export class Tmux {
  private readonly server = `image-inbox-test-${process.pid}-${sessions++}`;
  private readonly ended: string;

  private constructor(dir: string) {
    this.ended = join(dir, `${this.server}.exit`);
  }

  /** @param dir the workspace, in which it runs */
  static async start(
    dir: string,
    args: string,
    { columns = 80, rows = 24, env = '' }: { columns?: number; rows?: number; env?: string } = {},
  ): Promise<Tmux> {
    const tmux = new Tmux(dir);
    const program = `${quoted(process.execPath)} ${quoted(join(ROOT, 'dist/cli.js'))}`;
    // the terminal stays after the program, to be looked at, whatever keys come then
    const command = `trap : INT; SAUCENAO_API_KEY=${KEY} ${env} ${program} ${args}; code=$?; echo $code > ${quoted(tmux.ended)}; echo "ended with $code"; while :; do sleep 600; done`;
    await tmux.call('new-session', '-d', '-x', String(columns), '-y', String(rows), '-c', dir, command);
    return tmux;
  }

  /** Strikes keys, by tmux's names for those that are no text. */
  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.call('send-keys', key);
  }

  async type(text: string): Promise<void> {
    await this.call('send-keys', '-l', text);
  }

  async resize(columns: number, rows: number): Promise<void> {
    await this.call('resize-window', '-x', String(columns), '-y', String(rows));
  }

  /** What is on the screen; `escapes`: with the colours. */
  async screen(escapes = false): Promise<string> {
    return (await this.call('capture-pane', '-p', ...(escapes ? ['-e'] : []))).stdout;
  }

  /** All that was written since the beginning, lines that went on in the next one put together again. */
  async everything(): Promise<string> {
    return (await this.call('capture-pane', '-p', '-J', '-S', '-')).stdout;
  }

  /** Whether the cursor is shown, and lines go on in the next one. */
  async modes(): Promise<{ readonly cursor: boolean; readonly wrap: boolean }> {
    const { stdout } = await this.call('display-message', '-p', '#{cursor_flag}#{wrap_flag}');
    return { cursor: stdout.startsWith('1'), wrap: stdout.trim().endsWith('1') };
  }

  /** The screen once it shows that. */
  until(pattern: RegExp): Promise<string> {
    let last = '';
    return this.seen(`${pattern} on the screen`, async () => {
      const screen = await this.screen();
      const isStill = screen === last;
      last = screen;
      return isStill && pattern.test(screen) ? screen : undefined;
    });
  }

  /** The exit code once the program has ended. */
  code(): Promise<number> {
    return this.seen('the end of the program', () => {
      const text = existsSync(this.ended) ? readFileSync(this.ended, 'utf8').trim() : '';
      return text === '' ? undefined : Number(text);
    });
  }

  /** Takes the terminal away from whatever is in it. */
  async close(): Promise<void> {
    await this.call('kill-server').catch(() => undefined);
  }

  /** @throws Error with the screen, before mocha ends a vain wait without a word of it */
  private async seen<T>(what: string, look: () => T | undefined | Promise<T | undefined>): Promise<T> {
    const givenUpAt = Date.now() + GIVEN_UP_AFTER;
    for (;;) {
      const it = await look();
      if (it !== undefined) return it;
      if (Date.now() > givenUpAt) throw new Error(`Not seen: ${what}. The screen is:\n${await this.screen()}`);
      await sleep(50);
    }
  }

  private call(...args: readonly string[]): Promise<{ stdout: string }> {
    return run('tmux', ['-L', this.server, '-f', '/dev/null', ...args]);
  }
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
