import { spawn, type ChildProcess, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { codeOf } from '../files/fileErrors.ts';
import { patiently } from '../files/patiently.ts';
import { outsideEnvironment, outsideProgram } from './outsideProgram.ts';

const WINDOWS = process.platform === 'win32';
/** What a program that was asked to end gets to do so. */
const GRACE_MS = 5000;
/** Of what it says on stderr: errors of the last files, and never a flood. */
const KEPT_STDERR = 64 * 1024;

export interface ProgramCall {
  /** the program, and arguments that come before all others */
  readonly program: readonly string[];
  /** handed over as they are, never through a shell */
  readonly args: readonly string[];
  readonly signal: AbortSignal;
  /** it is ended when it says nothing for so long */
  readonly silenceMs: number;
  /** written to its stdin, which is then closed */
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  /** pieces of its stdout, as they come */
  readonly onOutput?: (chunk: Buffer) => void;
  /** pieces of its stderr, also those that are not kept */
  readonly onError?: (text: string) => void;
}

export interface ProgramEnd {
  readonly code: number;
  readonly stderr: string;
}

/** Why a program gave no answer. Its exit code is none of these: what it means differs from one to the other. */
export class ProgramError extends Error {
  override readonly name = 'ProgramError';
  readonly reason: 'missing' | 'silent' | 'killed';
  constructor(reason: ProgramError['reason'], message: string, options: { cause?: unknown } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.reason = reason;
  }
}

/**
 * Runs a program to its end.
 * @throws ProgramError, or the signal's reason after the program has ended
 */
export async function runProgram(call: ProgramCall): Promise<ProgramEnd> {
  const { program, args, signal, silenceMs, input, onOutput, onError } = call;
  const [name = '', ...first] = program;
  signal.throwIfAborted();
  const file = await outsideProgram(name);
  if (file === undefined) throw missing(name);
  const child = await started(file, [...first, ...args], call);
  const state = { silent: false };
  const silence = setTimeout(() => {
    state.silent = true;
    endProcess(child);
  }, silenceMs);
  const onAbort = (): void => endProcess(child);
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    silence.refresh();
    onOutput?.(chunk);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    silence.refresh();
    onError?.(text);
    stderr = (stderr + text).slice(-KEPT_STDERR);
  });
  // a program that ends early closes it before all is written: its exit tells why
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  try {
    const { code, by } = await ended(child);
    signal.throwIfAborted();
    if (state.silent) throw new ProgramError('silent', `${name} said nothing for ${Math.round(silenceMs / 1000)} s.`);
    if (code === null) throw new ProgramError('killed', `${name} was ended by ${by ?? 'a signal'}.`);
    return { code, stderr };
  } finally {
    clearTimeout(silence);
    signal.removeEventListener('abort', onAbort);
  }
}

/** One for whose pipes no descriptor is left has none, and fails a moment later. */
async function started(
  file: string,
  args: readonly string[],
  { program: [name = ''], env, signal }: ProgramCall,
): Promise<ChildProcessWithoutNullStreams> {
  try {
    return await patiently(async () => {
      signal.throwIfAborted();
      const child = spawn(file, args, {
        env: outsideEnvironment(env),
        stdio: ['pipe', 'pipe', 'pipe'],
        windowsHide: true,
        // a group of its own: it is ended with all that it started, no Ctrl+C of the terminal reaches it before us, and a password
        // is never asked for behind our back
        detached: !WINDOWS,
      });
      await once(child, 'spawn');
      return child;
    });
  } catch (error) {
    throw codeOf(error) === 'ENOENT' || codeOf(error) === 'EACCES' ? missing(name, error) : error;
  }
}

function ended(
  child: ChildProcessWithoutNullStreams,
): Promise<{ readonly code: number | null; readonly by: string | null }> {
  return new Promise((resolve, reject) => {
    let late: NodeJS.Timeout | undefined;
    const letGo = (): void => [child.stdout, child.stderr].forEach((pipe) => pipe.destroy());
    // what it has left behind (an ssh that keeps the connection for others) may hold its pipes for as long as it lives
    child.once('exit', () => {
      // what stands in them is read first
      late = setTimeout(() => setImmediate(letGo), GRACE_MS);
    });
    child.once('close', (code, by) => {
      clearTimeout(late);
      resolve({ code, by });
    });
    child.once('error', reject);
  });
}

const missing = (name: string, cause?: unknown): ProgramError =>
  new ProgramError('missing', `${name} is not installed, or not to be found.`, { cause });

/** Ends a process and what it started: at first it may clear up after itself. */
export function endProcess(child: ChildProcess): void {
  signalGroup(child, 'SIGTERM');
  const hard = setTimeout(() => signalGroup(child, 'SIGKILL'), GRACE_MS);
  child.once('close', () => clearTimeout(hard));
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  if (WINDOWS) {
    child.kill(signal);
    return;
  }
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    // ended in the meantime
    if (codeOf(error) !== 'ESRCH') throw error;
  }
}
