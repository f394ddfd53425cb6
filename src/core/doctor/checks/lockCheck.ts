import type { LockFacts, LockProbe } from '../../ports/lockProbe.ts';
import type { Check } from '../check.ts';
import type { Finding } from '../finding.ts';

/** Who holds the working folder. */
export class LockCheck implements Check {
  readonly id = 'lock';
  readonly title = 'Lock';
  private readonly lock: LockProbe;

  constructor(lock: LockProbe) {
    this.lock = lock;
  }

  async look(): Promise<readonly Finding[]> {
    return [lockFinding(await this.lock.look())];
  }
}

export function lockFinding(facts: LockFacts): Finding {
  const title = 'Lock';
  switch (facts.kind) {
    case 'free':
      return { status: 'ok', title, detail: 'No run is on.' };
    case 'held':
      return {
        status: 'ok',
        title,
        detail: `A run is on: ${facts.command}, process ${facts.pid}, since ${facts.since}.`,
      };
    case 'held-elsewhere':
      return {
        status: 'warning',
        title,
        detail: `A run on ${facts.host} (${facts.command}, process ${facts.pid}) has held the working folder since ${facts.since}.`,
        whatToDo: `Wait for its end. When you are sure that it has ended, remove ${facts.path}.`,
      };
    case 'left-behind':
      return {
        status: 'ok',
        title,
        detail: 'A run that was killed has left its lock behind; the next run takes it over.',
      };
  }
}
