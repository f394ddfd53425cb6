import { existsSync } from 'node:fs';

const SHELL = '/bin/sh';
/** Signals that come so close together are one: a terminal sends Ctrl-C to every process of the group. Milliseconds. */
const ONE_SIGNAL = 300;

/** So long the process stays after the second Ctrl-C: the same signal may come again through a program that passes signals on. */
const LEAVE_MS = 100;

/** The reason of the signal after Ctrl-C. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** So long a process that has said its last word may wait for what it has still asked of a disk. */
const END_MS = 3000;

/** The first Ctrl-C (or SIGTERM, SIGHUP) stops cleanly; the second at once, with the exit code of an interrupted run. @param goOn the command; empty: none is needed */
export async function interruptible<T>(
  work: (signal: AbortSignal) => Promise<T>,
  goOn = 'image-inbox resume',
): Promise<T> {
  const abort = new AbortController();
  let last = 0;
  const onSignal = (): void => {
    const now = Date.now();
    if (now - last < ONE_SIGNAL) return;
    last = now;
    if (abort.signal.aborted) {
      setTimeout(() => leaveAtOnce(3), LEAVE_MS);
      return;
    }
    process.stderr.write(goOn === '' ? '\nStopping.\n' : `\nStopping. What is unfinished goes on with: ${goOn}\n`);
    abort.abort(new Interrupted('Interrupted.'));
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, onSignal);
  try {
    return await work(abort.signal);
  } finally {
    // one that was stopped is on its way out, and a signal then ends it with the same exit code as before
    if (!abort.signal.aborted) for (const signal of signals) process.off(signal, onSignal);
  }
}

/** Ends this process after its work, if it does not end by itself; not before all that it has said is read. */
export function leaveSoon(exitCode: number): void {
  const leave = (): void => {
    const isRead = [process.stdout, process.stderr].every(
      ({ writableLength, errored }) => writableLength === 0 || errored,
    );
    if (isRead) leaveAtOnce(exitCode);
    leaveSoon(exitCode);
  };
  setTimeout(leave, END_MS).unref();
}

/**
 * Ends this process whatever it waits for. Node would first wait for the reads and writes that are under way, and so for a NAS
 * that has gone silent; what takes this program's place waits for nothing. Windows has no such thing.
 */
function leaveAtOnce(exitCode: number): never {
  const leave = (): void => {
    // what Node would do after it has waited
    if (process.stdin.isRaw) process.stdin.setRawMode(false);
    process.execve?.(SHELL, [SHELL, '-c', `exit ${exitCode}`], {});
  };
  // behind all others that listen: they give the terminal back
  if (process.platform !== 'win32' && existsSync(SHELL)) process.once('exit', leave);
  process.exit(exitCode);
}
