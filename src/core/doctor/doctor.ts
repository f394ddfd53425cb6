import type { Clock } from '../ports/clock.ts';
import type { Check, CheckId } from './check.ts';
import type { Finding } from './finding.ts';

/** What a check came to. */
export interface CheckResult {
  readonly id: CheckId;
  readonly title: string;
  readonly findings: readonly Finding[];
}

/** How long one check may take, in milliseconds: what hangs (a mount, a process) must not hang the others. */
const LONGEST = 45_000;

/** Looks at the whole setup. All checks begin at once; the results come in the order of the checks. */
export class Doctor {
  private readonly checks: readonly Check[];
  private readonly clock: Clock;

  constructor(checks: readonly Check[], clock: Clock) {
    this.checks = checks;
    this.clock = clock;
  }

  /** Rejects only when `signal` is aborted. */
  async *examine(signal: AbortSignal): AsyncGenerator<CheckResult> {
    const results = this.checks.map((check) => this.examineOne(check, signal));
    // told to whoever asks for the result
    for (const result of results) result.catch(() => undefined);
    for (const result of results) yield await result;
  }

  private async examineOne(check: Check, signal: AbortSignal): Promise<CheckResult> {
    const { id, title } = check;
    const over = new AbortController();
    const stop = AbortSignal.any([signal, over.signal]);
    const late = this.clock
      .sleep(LONGEST, stop)
      .then((): readonly Finding[] => [
        { status: 'unknown', title, detail: `This took longer than ${LONGEST / 1000} seconds, and was given up.` },
      ]);
    try {
      const findings = await Promise.race([check.look(stop), late]);
      return { id, title, findings };
    } catch (error) {
      signal.throwIfAborted();
      const detail = `This could not be looked at: ${error instanceof Error ? error.message : String(error)}`;
      return { id, title, findings: [{ status: 'unknown', title, detail }] };
    } finally {
      over.abort(new Error('the check is over'));
      late.catch(() => undefined);
    }
  }
}

export interface Tally {
  readonly problems: number;
  readonly warnings: number;
  readonly unknown: number;
}

export function tallyOf(results: readonly CheckResult[]): Tally {
  const all = results.flatMap(({ findings }) => findings);
  const count = (status: Finding['status']): number => all.filter((finding) => finding.status === status).length;
  return { problems: count('problem'), warnings: count('warning'), unknown: count('unknown') };
}

/** `2 problems, 1 warning.`, `Everything is in order.` */
export function tallyText({ problems, warnings, unknown }: Tally): string {
  const parts = [
    ...(problems > 0 ? [problems === 1 ? '1 problem' : `${problems} problems`] : []),
    ...(warnings > 0 ? [warnings === 1 ? '1 warning' : `${warnings} warnings`] : []),
    ...(unknown > 0 ? [`${unknown} not checked`] : []),
  ];
  return parts.length === 0 ? 'Everything is in order.' : `${parts.join(', ')}.`;
}
