import type { ImageId } from '../../core/model/ids.ts';
import type { ReviewEdit } from '../../protocol/review.ts';
import type { Mark } from './mark.ts';

/** One thing that the person did, to however many images. */
export interface Change {
  readonly what: ReviewEdit | { readonly kind: 'approved' | 'rejected' | 'skipped' };
  readonly marks: readonly { readonly id: ImageId; readonly before: Mark; readonly after: Mark }[];
}

/** Changes kept; the oldest are forgotten. */
const KEPT = 200;
/** Images in all changes that are kept together: undoing decisions on many thousand is possible, hundreds of times it need not be. */
const KEPT_MARKS = 50_000;

/** What can be undone and redone, the latest first. A new change takes away what could be redone. */
export class History {
  private done: Change[];
  private undone: Change[];

  constructor(done: readonly Change[] = [], undone: readonly Change[] = []) {
    this.done = [...done];
    this.undone = [...undone];
  }

  /** oldest first, as the constructor takes them */
  get state(): { readonly done: readonly Change[]; readonly undone: readonly Change[] } {
    return { done: this.done, undone: this.undone };
  }

  get toUndo(): Change | undefined {
    return this.done.at(-1);
  }

  get toRedo(): Change | undefined {
    return this.undone.at(-1);
  }

  add(change: Change): void {
    this.done.push(change);
    this.undone = [];
    let marks = 0;
    const kept = this.done.findLastIndex((one, i) => {
      marks += one.marks.length;
      return i < this.done.length - 1 && (marks > KEPT_MARKS || this.done.length - i > KEPT);
    });
    this.done = this.done.slice(kept + 1);
  }

  /** The change to take back; it can be redone from now on. */
  undo(): Change | undefined {
    const change = this.done.pop();
    if (change) this.undone.push(change);
    return change;
  }

  redo(): Change | undefined {
    const change = this.undone.pop();
    if (change) this.done.push(change);
    return change;
  }

  /** What was done last to these images (or undone last) did not come about: there it is neither to be undone nor redone. */
  strike(ids: Iterable<ImageId>, from: 'done' | 'undone'): void {
    const left = new Set(ids);
    this[from] = this[from]
      .toReversed()
      .flatMap((change) => {
        const marks = change.marks.filter(({ id }) => !left.delete(id));
        return marks.length === change.marks.length ? [change] : marks.length > 0 ? [{ ...change, marks }] : [];
      })
      .toReversed();
  }
}
