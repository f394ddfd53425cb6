import type { ImageId } from '../src/core/model/ids.ts';
import type { ReviewRow } from '../src/protocol/review.ts';
import { arrange, AS_FOUND, type Arrangement } from './arrange.ts';
import { Selection } from './selection.ts';

export interface StatusCounts {
  readonly waiting: number;
  readonly skipped: number;
  readonly decided: number;
}

interface Summary {
  readonly counts: StatusCounts;
  readonly categories: readonly string[];
}

/** The images as the host told them, which of them are shown in which order, and what is selected. Knows no page. */
export class PanelState {
  readonly rows = new Map<ImageId, ReviewRow>();
  readonly selection = new Selection();
  private shown: readonly ImageId[] = [];
  private arranged: Arrangement = AS_FOUND;
  /** of all rows, counted when somebody asks: a key must not wait for ten thousand to be counted again */
  private summary: Summary | undefined;
  private found: { readonly text: string; readonly ids: ReadonlySet<ImageId> } | undefined;

  /** ids in the order that is shown */
  get order(): readonly ImageId[] {
    return this.shown;
  }

  get arrangement(): Arrangement {
    return this.arranged;
  }

  /** A part of all rows; the first takes the place of what was there. */
  take(rows: readonly ReviewRow[], first: boolean): void {
    this.summary = undefined;
    if (first) this.rows.clear();
    for (const row of rows) this.rows.set(row.id, row);
    this.arrange();
  }

  /** Rows that are shown stay where they are, whatever they are sorted by: nothing jumps away under a person's hands. */
  change(rows: readonly ReviewRow[]): void {
    this.summary = undefined;
    const known = new Set(this.shown);
    for (const row of rows) this.rows.set(row.id, row);
    const changed = new Set(arrange(rows, this.arranged, this.foundIds()));
    if ([...changed].some((id) => !known.has(id))) {
      this.arrange();
      return;
    }
    const gone = new Set(rows.flatMap(({ id }) => (changed.has(id) ? [] : [id])));
    if (gone.size > 0) this.show(this.shown.filter((id) => !gone.has(id)));
  }

  remove(ids: readonly ImageId[]): void {
    this.summary = undefined;
    const gone = new Set(ids);
    for (const id of ids) this.rows.delete(id);
    this.show(this.shown.filter((id) => !gone.has(id)));
  }

  rearrange(arrangement: Partial<Arrangement>): void {
    this.arranged = { ...this.arranged, ...arrangement };
    this.arrange();
  }

  /** The host has looked for a text. */
  takeFound(text: string, ids: readonly ImageId[]): void {
    this.found = { text, ids: new Set(ids) };
    this.arrange();
  }

  /** Selects all that are shown, once that is known. */
  selectAll(): void {
    if (!this.isFinding) this.selection.all();
  }

  /** How many wait, were skipped, are decided. */
  counts(): StatusCounts {
    return this.summed().counts;
  }

  /** Of all images, in the order of their names. */
  categories(): readonly string[] {
    return this.summed().categories;
  }

  /** The host has not said yet which images have the text: until then those without it are shown, too. */
  get isFinding(): boolean {
    return this.arranged.text !== '' && this.foundIds() === undefined;
  }

  /** All that are shown and that nobody has decided on yet; none while that is not known. */
  allUndecided(): ReviewRow[] {
    return this.isFinding ? [] : this.undecided(this.shown);
  }

  /** Those of these that nobody has decided on yet. */
  undecided(ids: Iterable<ImageId>): ReviewRow[] {
    const rows: ReviewRow[] = [];
    for (const id of ids) {
      const row = this.rows.get(id);
      if (row && (row.status === 'waiting' || row.status === 'skipped')) rows.push(row);
    }
    return rows;
  }

  private summed(): Summary {
    if (this.summary) return this.summary;
    const counts = { waiting: 0, skipped: 0, decided: 0 };
    const categories = new Set<string>();
    for (const { status, category } of this.rows.values()) {
      counts[status === 'waiting' || status === 'skipped' ? status : 'decided']++;
      categories.add(category);
    }
    return (this.summary = { counts, categories: [...categories].sort() });
  }

  private arrange(): void {
    this.show(arrange(this.rows.values(), this.arranged, this.foundIds()));
  }

  private show(order: readonly ImageId[]): void {
    this.shown = order;
    this.selection.reorder(order);
  }

  private foundIds(): ReadonlySet<ImageId> | undefined {
    const { text } = this.arranged;
    return text !== '' && this.found?.text === text ? this.found.ids : undefined;
  }
}
