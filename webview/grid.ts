import type { ImageId } from '../src/core/model/ids.ts';
import type { ReviewRow } from '../src/protocol/review.ts';
import { Card } from './card.ts';
import { element } from './dom.ts';
import { cardsBetween, layOut, placeOf, scrollTo, type Layout } from './layout.ts';
import type { Selection } from './selection.ts';
import { t } from './texts.ts';

/** Pixels; the style sheet has the same. */
const CARD = { width: 136, height: 152, gap: 8 };
/** Rows that are made above and below what is seen, so that none is blank while it is scrolled. */
const BEYOND = 4;

export interface GridParts {
  readonly order: () => readonly ImageId[];
  readonly row: (id: ImageId) => ReviewRow | undefined;
  /** null: there is none; undefined: not there yet */
  readonly thumbnail: (id: ImageId) => string | null | undefined;
  readonly selection: Selection;
  /** a card was chosen by the pointer */
  readonly picked: (id: ImageId, how: 'only' | 'toggle' | 'extend') => void;
  readonly opened: (id: ImageId) => void;
  /** these are on the screen now, then those around it */
  readonly seen: (ids: readonly ImageId[]) => void;
}

/**
 * The images as a list box of cards of which only those on the screen, a few rows around it, and the one with the focus are
 * there. Cards that scroll out are used again for those that scroll in.
 */
export class Grid {
  readonly element = element('div', 'grid');
  private readonly space = element('div', 'space');
  private readonly parts: GridParts;
  private readonly cards = new Map<ImageId, Card>();
  private readonly spare: Card[] = [];
  private layout: Layout = layOut(0, 0, CARD);

  constructor(parts: GridParts) {
    this.parts = parts;
    this.element.setAttribute('role', 'listbox');
    this.element.setAttribute('aria-multiselectable', 'true');
    this.element.setAttribute('aria-label', t('Images to review'));
    this.space.setAttribute('role', 'presentation');
    this.element.append(this.space);
    this.element.addEventListener('scroll', () => this.render(), { passive: true });
    this.element.addEventListener('click', (event) => this.onClick(event));
    this.element.addEventListener('dblclick', ({ target }) => {
      const id = idAt(target);
      if (id) parts.opened(id);
    });
    new ResizeObserver(() => this.refresh()).observe(this.element);
  }

  get columns(): number {
    return this.layout.columns;
  }

  get rowsAPage(): number {
    return Math.max(1, Math.floor(this.element.clientHeight / this.layout.rowHeight));
  }

  /** Order, rows or size are others. */
  refresh(): void {
    const style = getComputedStyle(this.element);
    const width = this.element.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    this.layout = layOut(this.parts.order().length, width, CARD);
    this.space.style.height = `${this.layout.height}px`;
    this.render();
  }

  /** Makes the focused card seen whole. @param takeFocus whether the keyboard goes there as well */
  reveal(takeFocus: boolean): void {
    const { focus } = this.parts.selection;
    const place = focus === undefined ? undefined : this.parts.selection.placeOf(focus);
    if (focus === undefined || place === undefined) return;
    const { clientHeight, scrollTop } = this.element;
    const inner = clientHeight - 2 * CARD.gap;
    const top = scrollTo(this.layout, place, scrollTop, inner, CARD.gap);
    if (top !== scrollTop) this.element.scrollTop = top;
    this.render();
    if (takeFocus) this.cards.get(focus)?.element.focus({ preventScroll: true });
  }

  showThumbnail(id: ImageId): void {
    this.cards.get(id)?.setThumbnail(this.parts.thumbnail(id));
  }

  private render(): void {
    const { selection } = this.parts;
    const order = this.parts.order();
    const { scrollTop, clientHeight } = this.element;
    const seen = cardsBetween(this.layout, order.length, scrollTop, scrollTop + clientHeight, 0);
    const { start, end } = cardsBetween(this.layout, order.length, scrollTop, scrollTop + clientHeight, BEYOND);
    const wanted = new Set(order.slice(start, end));
    if (selection.focus !== undefined && selection.placeOf(selection.focus) !== undefined) wanted.add(selection.focus);

    for (const [id, card] of this.cards) {
      if (wanted.has(id)) continue;
      this.cards.delete(id);
      this.spare.push(card);
    }
    for (const id of wanted) this.place(id, order.length);
    for (const card of this.spare.splice(0)) card.element.remove();
    const ahead = [...order.slice(seen.end, end), ...order.slice(start, seen.start)];
    this.parts.seen([...order.slice(seen.start, seen.end), ...ahead]);
  }

  private place(id: ImageId, total: number): void {
    const { selection } = this.parts;
    const place = selection.placeOf(id);
    const row = this.parts.row(id);
    if (place === undefined || !row) return;
    let card = this.cards.get(id);
    if (!card) {
      card = this.spare.pop() ?? new Card();
      this.cards.set(id, card);
      if (!card.element.isConnected) this.space.append(card.element);
    }
    const { x, y } = placeOf(this.layout, place, CARD.gap);
    card.show(row, this.parts.thumbnail(id), {
      x,
      y,
      width: this.layout.cardWidth,
      place,
      total,
      isSelected: selection.has(id),
      hasFocus: selection.focus === id,
    });
  }

  private onClick(event: MouseEvent): void {
    const id = idAt(event.target);
    if (!id) return;
    this.parts.picked(id, event.shiftKey ? 'extend' : event.ctrlKey || event.metaKey ? 'toggle' : 'only');
  }
}

function idAt(target: EventTarget | null): ImageId | undefined {
  const card = target instanceof Element ? target.closest<HTMLElement>('[data-id]') : null;
  return card?.dataset['id'] as ImageId | undefined;
}
