import type { Composition, SuggestedCategories } from '../../compose.ts';
import type { CategoryDecision } from '../../core/learning/decideCategory.ts';
import { resultOf, type ImageState } from '../../core/model/imageState.ts';
import type { Log } from '../../core/ports/log.ts';
import type { CategoryChoice } from '../../core/rules/chooseCategory.ts';
import { Throttle } from '../throttle.ts';

/** Least time between two looks at all images, milliseconds. */
const EVERY = 500;

/**
 * Where images would go by what was learned, while the review is open: read from the database once, and kept up with what
 * the person teaches meanwhile.
 */
export class Suggestions {
  private readonly log: Log;
  private readonly changed: Throttle;
  private categories: SuggestedCategories | undefined;
  private opening = 0;

  /** @param onChange some images may go elsewhere by now */
  constructor(log: Log, onChange: () => Promise<void>) {
    this.log = log;
    this.changed = new Throttle(EVERY, onChange);
  }

  /** undefined until what was learned is read */
  of(state: ImageState): CategoryChoice | undefined {
    const decision: CategoryDecision | undefined = this.categories?.suggest(state);
    return decision && { category: decision.final, because: decision.because };
  }

  /** Reads what was learned, behind the back of whoever reviews; once more when it is another. */
  open(composition: Composition): void {
    const opening = ++this.opening;
    composition.openCategories().then(
      (categories) => {
        if (opening !== this.opening) {
          categories.close();
          return;
        }
        this.categories?.close();
        this.categories = categories;
        this.changed.ask();
      },
      (error: unknown) => this.log.warn(`What was learned can’t be read: ${String(error)}`),
    );
  }

  sorted(state: ImageState, how: 'done' | 'undone'): void {
    this.categories?.sorted(state, how);
    if (resultOf(state, 'categorize')?.chosen) this.changed.ask();
  }

  close(): void {
    this.opening++;
    this.categories?.close();
    this.categories = undefined;
    this.changed.dispose();
  }

  dispose(): void {
    this.close();
  }
}
