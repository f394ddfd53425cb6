import type { Clock } from '../../ports/clock.ts';
import type { Check } from '../check.ts';
import type { Finding } from '../finding.ts';
import type { ServiceSurvey } from '../serviceSurvey.ts';

/** Older than this program: the clock was never set. */
const EARLIEST = Date.UTC(2025, 0, 1);
const LATEST = Date.UTC(2100, 0, 1);
/** A few minutes harm nothing: limits are counted from one request of ours to another. Milliseconds. */
const TOLERABLE = 5 * 60_000;

const SET_CLOCK = 'Set the clock, or let the system set it by the network (NTP).';

/** The date of the machine: limits of the services, cached answers and manifests go by it. */
export class ClockCheck implements Check {
  readonly id = 'clock';
  readonly title = 'Clock';
  private readonly clock: Clock;
  private readonly services: ServiceSurvey | undefined;

  /** @param services absent with `--offline` */
  constructor(clock: Clock, services: ServiceSurvey | undefined) {
    this.clock = clock;
    this.services = services;
  }

  async look(signal: AbortSignal): Promise<readonly Finding[]> {
    const asked = (await this.services?.facts(signal)) ?? [];
    const aheads = asked.flatMap(({ facts }) => (facts.kind === 'answers' ? (facts.ahead ?? []) : []));
    return [clockFinding(this.clock.now(), aheads)];
  }
}

/** @param aheads by how much the services' clocks are ahead, milliseconds: one of them may be wrong, the middle one is taken */
export function clockFinding(now: number, aheads: readonly number[]): Finding {
  const title = 'Date and time';
  const date = new Date(now).toISOString();
  if (now < EARLIEST || now >= LATEST) {
    return { status: 'problem', title, detail: `The clock says ${date}, which can’t be.`, whatToDo: SET_CLOCK };
  }
  const ahead = [...aheads].sort((a, b) => a - b)[Math.floor(aheads.length / 2)];
  if (ahead === undefined) return { status: 'ok', title, detail: `${date}; compared with no other clock.` };
  if (Math.abs(ahead) <= TOLERABLE) return { status: 'ok', title, detail: `${date}, as the services say.` };
  const minutes = Math.round(Math.abs(ahead) / 60_000);
  const detail = `The clock is ${minutes} minutes ${ahead > 0 ? 'behind' : 'ahead of'} the services’.`;
  return { status: 'warning', title, detail, whatToDo: SET_CLOCK };
}
