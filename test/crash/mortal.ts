/**
 * Makes a process kill itself (SIGKILL, no clean-up, no handlers) at a chosen step of its work, or lets its disk fail. Preloaded with `--import` into
 * the real dist/cli.js; `MOMENT` says when. Only the process that is started with it is concerned: its workers and programs are not.
 */
import type { FileHandle } from 'node:fs/promises';
import { isMainThread } from 'node:worker_threads';
import { beforeChanges, handles } from './diskCalls.ts';
import { failure, type Moment } from './moment.ts';

const NEWLINE = 0x0a;

if (isMainThread) await arm(JSON.parse(process.env['MOMENT'] ?? 'null') as Moment | null);

async function arm(at: Moment | null): Promise<void> {
  delete process.env['MOMENT'];
  if (at?.kind === 'change') await killAtChange(at.nth);
  if (at?.kind === 'event') await killAtEvent(at);
  if (at?.kind === 'fault') await failAt(at);
}

type Call = (this: FileHandle, ...args: unknown[]) => unknown;

function die(): never {
  process.kill(process.pid, 'SIGKILL');
  // the signal is on its way: nothing more may happen here
  for (;;);
}

/** Before the n-th call that changes something on the disk; what the thread pool has begun goes on or does not, as it happens. */
async function killAtChange(nth: number): Promise<void> {
  let calls = 0;
  await beforeChanges(() => {
    if (++calls === nth) die();
  });
}

/** The n-th such call fails as the system lets it fail, and all that follow when the trouble lasts. */
async function failAt({ code, nth, lasts }: Extract<Moment, { kind: 'fault' }>): Promise<void> {
  let calls = 0;
  await beforeChanges((call) => {
    // to remove something takes no room and no handle
    if ((call === 'rm' || call === 'unlink') && (code === 'ENOSPC' || code === 'EMFILE')) return;
    calls++;
    if (calls === nth || (lasts && calls > nth)) throw failure(code, call);
  });
}

/** At the n-th line of a kind in a journal: before it, in the middle of it, or right behind it. */
async function killAtEvent({ event, nth, where }: Extract<Moment, { kind: 'event' }>): Promise<void> {
  const prototype = await handles();
  const mark = Buffer.from(`"kind":"${event}"`);
  let seen = 0;
  /** How much of the bytes still gets to the file; undefined when they hold no such line. */
  const cut = (bytes: Buffer): number | undefined => {
    for (let start = 0; start < bytes.length;) {
      const stop = bytes.indexOf(NEWLINE, start) + 1 || bytes.length;
      const line = bytes.subarray(start, stop);
      if (line.indexOf(mark) === 1 && ++seen === nth) {
        return where === 'before' ? start : where === 'torn' ? start + (line.length >> 1) : stop;
      }
      start = stop;
    }
    return undefined;
  };
  const { write, writeFile } = prototype as unknown as Record<'write' | 'writeFile', Call>;
  prototype.write = async function (this: FileHandle, ...args: unknown[]) {
    const [bytes, from, length, position] = args as [Buffer, number, number, number];
    const whole = Buffer.isBuffer(bytes) ? cut(bytes.subarray(from, from + length)) : undefined;
    if (whole === undefined) return write.apply(this, args);
    if (whole > 0) await write.call(this, bytes, from, whole, position);
    return die();
  } as FileHandle['write'];
  prototype.writeFile = async function (this: FileHandle, ...args: unknown[]) {
    const [bytes] = args;
    const whole = Buffer.isBuffer(bytes) ? cut(bytes) : undefined;
    if (whole === undefined || !Buffer.isBuffer(bytes)) {
      return writeFile.apply(this, args);
    }
    await writeFile.call(this, bytes.subarray(0, whole));
    return die();
  } as FileHandle['writeFile'];
}
