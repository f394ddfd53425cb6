import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SuiteResult } from './suiteResult.ts';
import type { TestEvent } from './testEvent.ts';
import { TestPrinter } from './testPrinter.ts';

/** How the process that ran the tests ended, in its own words; `ok` decides only when no test has failed. */
export interface RunEnd {
  readonly ok: boolean;
  readonly how: string;
}

export interface FollowOptions {
  readonly name: string;
  /** The file that `EventReporter` appends to; it must exist. */
  readonly eventsFile: string;
  /** Settles when the process that runs the tests is over. Its rejection fails the run, with the reason printed. */
  readonly end: Promise<RunEnd>;
  /** A run in which no test ends for this long is given up: something blocks it that mocha's own time limit cannot end. */
  readonly idleSeconds: number;
  readonly say: (line: string) => void;
}

/** Time for a process to go after its last test. One that stays has left something open: a server, a worker, a timer. */
const leaveSeconds = 30;

/**
 * Prints the tests of a run as they end and returns what they add up to. Only the events decide: a run without a last
 * event, without any test, or given up counts as failed, whatever its exit code. The caller ends the process.
 */
export async function followTests(options: FollowOptions): Promise<SuiteResult> {
  const printer = new TestPrinter(options.say);
  const counts = { passed: 0, failed: 0, skipped: 0, ended: 0 };
  using events = new EventFile(options.eventsFile);
  const drain = () => {
    const fresh = events.readNew();
    for (const event of fresh) {
      counts[event.kind]++;
      printer.print(event);
    }
    return fresh.length > 0;
  };

  let over: RunEnd | undefined;
  const watched = options.end.then(
    (end) => (over = end),
    (error: unknown) => (over = { ok: false, how: error instanceof Error ? error.message : String(error) }),
  );
  let lastSign = Date.now();
  for (;;) {
    if (drain()) lastSign = Date.now();
    if (over !== undefined) break;
    const patience = counts.ended > 0 ? leaveSeconds : options.idleSeconds;
    if (Date.now() - lastSign > patience * 1000) break;
    await Promise.race([watched, sleep(100)]);
  }
  drain();
  printer.printFailures();

  const { passed, failed, skipped } = counts;
  const problem = whatWentWrong(counts, over, options.idleSeconds);
  if (problem === undefined) return { name: options.name, passed, failed, skipped };
  options.say(`\n  ${options.name}: ${problem}`);
  return { name: options.name, passed, failed: failed + 1, skipped, problem };
}

function whatWentWrong(
  counts: Readonly<Record<TestEvent['kind'], number>>,
  over: RunEnd | undefined,
  idleSeconds: number,
): string | undefined {
  if (over === undefined) {
    return counts.ended > 0
      ? `still running ${leaveSeconds} s after the last test: something was left open`
      : `no test ended for ${idleSeconds} s, given up`;
  }
  if (counts.ended === 0) return `cut short before its last test (${over.how})`;
  if (counts.passed + counts.failed === 0) return 'no test ran';
  if (!over.ok && counts.failed === 0) return `failed after its last test (${over.how})`;
  return undefined;
}

/** Reads the lines that were appended since the last call. */
class EventFile implements Disposable {
  readonly #descriptor: number;
  #position = 0;
  #rest = Buffer.alloc(0);

  constructor(path: string) {
    this.#descriptor = openSync(path, 'r');
  }

  readNew(): readonly TestEvent[] {
    const fresh = Buffer.alloc(fstatSync(this.#descriptor).size - this.#position);
    this.#position += readSync(this.#descriptor, fresh, 0, fresh.length, this.#position);
    const bytes = Buffer.concat([this.#rest, fresh]);
    const complete = bytes.lastIndexOf('\n') + 1;
    this.#rest = bytes.subarray(complete);
    const lines = bytes.toString('utf8', 0, complete).split('\n');
    return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as TestEvent);
  }

  [Symbol.dispose](): void {
    closeSync(this.#descriptor);
  }
}
