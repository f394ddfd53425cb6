import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { join, sep } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { NasUnreachable } from '../../core/sync/syncEngine.ts';
import { codeOf } from '../files/fileErrors.ts';
import { outsideEnvironment, outsideProgram } from './outsideProgram.ts';
import { endProcess } from './runProgram.ts';

const START_MS = 20_000;
const END_MS = 10_000;
const KEPT_LOG = 64 * 1024;

/** rclone's answer to a call that it could not carry out. */
export class RcloneError extends Error {
  override readonly name = 'RcloneError';
  /** 404: no such file, folder or method */
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * One rclone process, asked over HTTP on the loopback address: a program for every image would be slow, and would log in to the
 * remote every time.
 *
 * It is not `rclone rcd`, which would live on if we were killed. `rcat` copies its stdin to a file in its own memory, and so ends
 * when its stdin does, which the system closes with us, however we end. `--rc` makes it listen meanwhile.
 */
export class RcloneDaemon {
  private readonly child: ChildProcess;
  private readonly agent = new Agent({ keepAlive: true });
  private readonly authorization: string;
  private base = '';
  private log = '';
  private over: string | undefined;

  private constructor(file: string, first: readonly string[], options: readonly string[]) {
    const [user, password] = [randomBytes(16).toString('hex'), randomBytes(16).toString('hex')];
    this.authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
    const fixed = [
      ...['rcat', ':memory:image-inbox/alive', '--rc', '--rc-addr', '127.0.0.1:0', '--use-json-log'],
      // of an encrypted configuration: it would wait for it at the stdin on which nobody answers
      '--ask-password=false',
    ];
    this.child = spawn(file, [...first, ...fixed, ...options], {
      // as arguments, everybody on this machine could read them
      env: outsideEnvironment({ RCLONE_RC_USER: user, RCLONE_RC_PASS: password }),
      stdio: ['pipe', 'ignore', 'pipe'],
      windowsHide: true,
      detached: process.platform !== 'win32',
    });
    this.child.stdin?.on('error', () => undefined);
  }

  /** @throws NasUnreachable when it can't be started */
  static async start(
    program: readonly string[],
    options: readonly string[],
    signal: AbortSignal,
  ): Promise<RcloneDaemon> {
    const [name = '', ...first] = program;
    // one that is not there fails to start, as one does that has just been removed
    const daemon = new RcloneDaemon((await outsideProgram(name)) ?? join(sep, name), first, options);
    try {
      daemon.base = await daemon.address(signal);
      return daemon;
    } catch (error) {
      await daemon.close();
      signal.throwIfAborted();
      throw error;
    }
  }

  get isOver(): boolean {
    return this.over !== undefined;
  }

  /**
   * Calls a method of https://rclone.org/rc/ .
   * @throws RcloneError, NasUnreachable when the process has ended, or the signal's reason
   */
  async call(method: string, parameters: unknown, signal: AbortSignal): Promise<unknown> {
    try {
      const { status, text } = await this.post(method, JSON.stringify(parameters), signal);
      const answer = text === '' ? {} : (JSON.parse(text) as unknown);
      if (status === 200) return answer;
      throw new RcloneError(status, errorOf(answer));
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof RcloneError) throw error;
      // the connection is lost a moment before it is known how rclone ended
      if (this.over === undefined)
        await Promise.race([once(this.child, 'close'), wait(END_MS, undefined, { ref: false })]);
      throw new NasUnreachable(`rclone ended: ${this.over ?? String(error)}`, { cause: error });
    }
  }

  async close(): Promise<void> {
    this.agent.destroy();
    if (this.over !== undefined) return;
    const gone = new Promise((resolve) => this.child.once('close', resolve));
    this.child.stdin?.end();
    const late = setTimeout(() => endProcess(this.child), END_MS);
    await gone;
    clearTimeout(late);
  }

  /** Ends it with whatever it is doing. */
  stop(): void {
    if (this.over === undefined) endProcess(this.child);
  }

  private address(signal: AbortSignal): Promise<string> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new NasUnreachable('rclone does not start.')), START_MS);
      const onAbort = (): void => reject(signal.reason as Error);
      signal.addEventListener('abort', onAbort, { once: true });
      const settled = (): void => {
        clearTimeout(late);
        signal.removeEventListener('abort', onAbort);
      };
      this.child.once('error', (error) => {
        settled();
        this.over = 'it could not be started';
        const missing = codeOf(error) === 'ENOENT';
        reject(
          new NasUnreachable(missing ? 'rclone is not installed, or not to be found.' : String(error), {
            cause: error,
          }),
        );
      });
      this.child.once('close', (code) => {
        settled();
        this.over ??= `exit code ${String(code)}. ${lastMessage(this.log)}`;
        reject(new NasUnreachable(`rclone does not start: ${this.over}`));
      });
      this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
        this.log = (this.log + text).slice(-KEPT_LOG);
        const found = /http:\/\/127\.0\.0\.1:\d+\//.exec(this.log)?.[0];
        if (found === undefined || this.base !== '') return;
        settled();
        resolve(found);
      });
    });
  }

  private post(method: string, body: string, signal: AbortSignal): Promise<{ status: number; text: string }> {
    return new Promise((resolve, reject) => {
      const headers = { authorization: this.authorization, 'content-type': 'application/json' };
      // fetch gives up after five minutes without an answer, which a large file takes
      const call = request(
        `${this.base}${method}`,
        { method: 'POST', headers, agent: this.agent, signal },
        (answer) => {
          const chunks: Buffer[] = [];
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.once('error', reject);
          answer.once('end', () => resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
        },
      );
      call.once('error', reject);
      call.end(body);
    });
  }
}

function errorOf(answer: unknown): string {
  return typeof answer === 'object' && answer !== null && 'error' in answer ? String(answer.error) : 'no reason given';
}

/** The text of the last line of its JSON log. */
function lastMessage(log: string): string {
  const line = log.trim().split('\n').at(-1) ?? '';
  try {
    const entry = JSON.parse(line) as { readonly msg?: unknown };
    return typeof entry.msg === 'string' ? entry.msg : line;
  } catch {
    return line;
  }
}
