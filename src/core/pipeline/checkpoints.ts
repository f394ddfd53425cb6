import type { Journal } from '../journal/journal.ts';
import type { Clock } from '../ports/clock.ts';
import type { Store } from '../ports/store.ts';

/** How much of a run a crash may take from the database; it is made again from the journal. Milliseconds. */
const EVERY = 10_000;

/** The same in images, each of which takes about a millisecond to be made again. */
const IMAGES = 1000;

/** A checkpoint writes the whole database: of a large one seldom enough that no more than this part of the time goes to it, */
const SHARE = 1 / 25;
/** or this one where so many images come that a resumption would take a second for them. */
const MOST = 1 / 10;

/** When the database of a run is written. */
export class Checkpoints {
  private readonly write: () => Promise<void>;
  private readonly clock: Clock;
  private last: number;
  private images = 0;
  private cost = 0;
  private writing = false;

  constructor(write: () => Promise<void>, clock: Clock) {
    this.write = write;
    this.clock = clock;
    this.last = clock.now();
  }

  /** An image has come to rest. */
  takeIfDue(): void {
    this.images++;
    // the clock may be set back meanwhile
    const since = Math.abs(this.clock.now() - this.last);
    const isDue = since >= Math.max(EVERY, this.cost / SHARE) || (this.images >= IMAGES && since >= this.cost / MOST);
    if (isDue && !this.writing) this.take();
  }

  take(): void {
    const began = this.clock.now();
    this.images = 0;
    this.writing = true;
    // what it fails with shows at the last checkpoint, which is waited for
    void this.write()
      .catch(() => undefined)
      .then(() => {
        this.last = this.clock.now();
        this.cost = Math.max(0, this.last - began);
        this.writing = false;
      });
  }
}

/** Writes the database, with all that the journal says by then. */
export const checkpoint = (journal: Journal, store: Store): Promise<void> =>
  journal.checkpoint(() => store.checkpoint(journal.position));
