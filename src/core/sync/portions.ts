import type { Clock } from '../ports/clock.ts';

/** What one portion is to take: a kill throws away no more than that, however slow the NAS is. */
const WANTED_MS = 3000;
/**
 * The first one is small: a run that is killed soon after its start has brought something all the same. None is smaller, since
 * each costs a look at its folders on the NAS, however few files it has.
 */
const LEAST_WEIGHT = 32 * 1024 ** 2;
/** In bytes: what a file costs however small it is. */
const FILE_WEIGHT = 128 * 1024;
/** Of one portion to the next. */
const GROWTH = 4;
/** Places of one portion go to programs as a list, and are looked up there. */
const MOST_FILES = 2000;

/**
 * Cuts what is to be copied, or compared, into portions. Programs that copy a whole list at once name none of it before all is there, so the
 * portions are as large as takes a few seconds at the pace of the last one.
 */
export class Portions {
  private readonly clock: Clock;
  private weight = LEAST_WEIGHT;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** The next portion is asked for when the last one is done. */
  *of<T extends readonly { readonly size: number }[]>(loads: readonly T[]): Generator<readonly T[]> {
    for (let next = 0; next < loads.length;) {
      const portion: T[] = [];
      let [weight, files] = [0, 0];
      for (let load = loads[next]; load && weight < this.weight && files < MOST_FILES; load = loads[++next]) {
        portion.push(load);
        files += load.length;
        weight += load.reduce((sum, { size }) => sum + size + FILE_WEIGHT, 0);
      }
      const begun = this.clock.now();
      yield portion;
      this.measured(weight, this.clock.now() - begun);
    }
  }

  private measured(weight: number, ms: number): void {
    const fitting = weight * (WANTED_MS / Math.max(1, ms));
    // one that was cut short by the end of the list says little
    const most = GROWTH * Math.max(weight, this.weight);
    this.weight = Math.max(LEAST_WEIGHT, Math.min(fitting, most));
  }
}
