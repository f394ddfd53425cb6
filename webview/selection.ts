import type { ImageId } from '../src/core/model/ids.ts';

export type Direction = 'left' | 'right' | 'up' | 'down' | 'first' | 'last' | 'page-up' | 'page-down';

/**
 * What is selected in a list that is shown in columns, as in any file manager: one image has the focus, any number is selected,
 * and a range goes from the anchor to the focus. Positions are those in the order that is shown.
 */
export class Selection {
  private order: readonly ImageId[] = [];
  private places = new Map<ImageId, number>();
  private chosen = new Set<ImageId>();
  private anchor: ImageId | undefined;
  private current: ImageId | undefined;

  /** the one that is shown large, and that keys go to */
  get focus(): ImageId | undefined {
    return this.current;
  }

  get size(): number {
    return this.chosen.size;
  }

  has(id: ImageId): boolean {
    return this.chosen.has(id);
  }

  placeOf(id: ImageId): number | undefined {
    return this.places.get(id);
  }

  at(place: number): ImageId | undefined {
    return this.order[place];
  }

  /** The selected ones in the order that is shown. */
  ids(): ImageId[] {
    return this.chosen.size === this.order.length ? [...this.order] : this.order.filter((id) => this.chosen.has(id));
  }

  /**
   * Takes another order. Where the focus is no longer in it, it goes to what comes next after it in the order before, or to the
   * last one before it.
   */
  reorder(order: readonly ImageId[]): void {
    const before = this.order;
    const place = this.current === undefined ? 0 : (this.places.get(this.current) ?? 0);
    this.order = order;
    this.places = new Map(order.map((id, i) => [id, i]));
    this.chosen = new Set([...this.chosen].filter((id) => this.places.has(id)));
    if (this.anchor !== undefined && !this.places.has(this.anchor)) this.anchor = undefined;
    if (this.current !== undefined && this.places.has(this.current)) return;
    const isThere = (id: ImageId): boolean => this.places.has(id);
    const next = nextFrom(before, place, isThere) ?? order[0];
    this.current = undefined;
    if (next === undefined) this.chosen.clear();
    else if (this.chosen.size === 0) this.only(next);
    else this.current = next;
  }

  /** Selects this one alone. */
  only(id: ImageId): void {
    if (!this.places.has(id)) return;
    this.chosen = new Set([id]);
    this.anchor = id;
    this.current = id;
  }

  /** Adds it, or takes it out. */
  toggle(id: ImageId): void {
    if (!this.places.has(id)) return;
    if (this.chosen.has(id)) this.chosen.delete(id);
    else this.chosen.add(id);
    this.anchor = id;
    this.current = id;
  }

  /** Selects from the anchor to this one. */
  extendTo(id: ImageId): void {
    const to = this.places.get(id);
    if (to === undefined) return;
    const anchor = this.anchor ?? this.current ?? id;
    const from = this.places.get(anchor) ?? to;
    this.chosen = new Set(this.order.slice(Math.min(from, to), Math.max(from, to) + 1));
    this.anchor = anchor;
    this.current = id;
  }

  all(): void {
    this.chosen = new Set(this.order);
    this.current ??= this.order[0];
  }

  /** The one that is reached from the focus, where there is one. @param rowsAPage rows of a page */
  towards(direction: Direction, columns: number, rowsAPage: number): ImageId | undefined {
    const at = this.current === undefined ? -1 : (this.places.get(this.current) ?? -1);
    if (at < 0) return this.order[0];
    const last = this.order.length - 1;
    switch (direction) {
      case 'left':
        return this.order[at - 1];
      case 'right':
        return this.order[at + 1];
      case 'up':
        return this.order[at - columns];
      case 'down':
        // from the row before the last, which may be longer
        return this.order[at + columns] ?? (sameRow(at, last, columns) ? undefined : this.order[last]);
      case 'first':
        return this.order[0];
      case 'last':
        return this.order[last];
      case 'page-up':
        return this.order[Math.max(at % columns, at - columns * rowsAPage)];
      case 'page-down':
        return this.order[Math.min(last, at + columns * rowsAPage)];
    }
  }

  /** What gets the focus when these are decided on: the next one that is not among them, else the one before. */
  after(ids: ReadonlySet<ImageId>): ImageId | undefined {
    const place = this.current === undefined ? 0 : (this.places.get(this.current) ?? 0);
    return nextFrom(this.order, place, (id) => !ids.has(id));
  }
}

const sameRow = (a: number, b: number, columns: number): boolean => Math.floor(a / columns) === Math.floor(b / columns);

function nextFrom(order: readonly ImageId[], place: number, isWanted: (id: ImageId) => boolean): ImageId | undefined {
  return order.slice(place).find(isWanted) ?? order.slice(0, place).findLast(isWanted);
}
