import type { ImageId } from '../src/core/model/ids.ts';
import type { ReviewImage } from '../src/protocol/review.ts';
import { element } from './dom.ts';

export interface GridEvents {
  readonly selected: (id: ImageId) => void;
  /** the card comes into sight and has no picture yet */
  readonly seen: (id: ImageId) => void;
}

/**
 * The waiting images as a list box of cards. The focus stays on one card (roving), and pictures are asked for when their card
 * comes into sight.
 */
export class Grid {
  readonly element = element('div', 'grid');
  private readonly cards = new Map<ImageId, HTMLElement>();
  private readonly events: GridEvents;
  private readonly sight: IntersectionObserver;
  private selection: ImageId | undefined;

  constructor(events: GridEvents) {
    this.events = events;
    this.element.setAttribute('role', 'listbox');
    this.element.setAttribute('aria-label', 'Images that wait for review');
    this.sight = new IntersectionObserver(
      (entries) => {
        for (const { isIntersecting, target } of entries) {
          if (!isIntersecting) continue;
          this.sight.unobserve(target);
          this.events.seen((target as HTMLElement).dataset['id'] as ImageId);
        }
      },
      { root: this.element, rootMargin: '400px' },
    );
  }

  get selected(): ImageId | undefined {
    return this.selection;
  }

  show(images: Iterable<ReviewImage>): void {
    this.sight.disconnect();
    this.cards.clear();
    this.selection = undefined;
    this.element.replaceChildren();
    for (const image of images) this.add(image);
  }

  add(image: ReviewImage): void {
    const caption = element('span', 'name', image.name);
    caption.dir = 'auto';
    const card = element('div', 'card', element('div', 'thumbnail'), caption);
    card.dataset['id'] = image.id;
    card.tabIndex = -1;
    card.title = image.name;
    card.setAttribute('role', 'option');
    card.setAttribute('aria-selected', 'false');
    card.addEventListener('click', () => this.select(image.id));
    this.cards.set(image.id, card);
    this.element.append(card);
    this.sight.observe(card);
  }

  /** Takes cards away; where the selected one goes, the next one is selected. */
  remove(ids: readonly ImageId[]): void {
    const gone = new Set(ids);
    const order = [...this.cards.keys()];
    const at = this.selection === undefined ? -1 : order.indexOf(this.selection);
    const isLeft = (id: ImageId): boolean => !gone.has(id);
    const next = order.slice(at).find(isLeft) ?? order.slice(0, Math.max(0, at)).findLast(isLeft);
    for (const id of ids) {
      const card = this.cards.get(id);
      if (card) this.sight.unobserve(card);
      card?.remove();
      this.cards.delete(id);
    }
    if (this.selection === undefined || !gone.has(this.selection)) return;
    this.selection = undefined;
    if (next !== undefined) this.select(next);
  }

  select(id: ImageId): void {
    const card = this.cards.get(id);
    if (!card) return;
    const before = this.selection === undefined ? undefined : this.cards.get(this.selection);
    before?.setAttribute('aria-selected', 'false');
    if (before) before.tabIndex = -1;
    this.selection = id;
    card.setAttribute('aria-selected', 'true');
    card.tabIndex = 0;
    card.focus();
    this.events.selected(id);
  }

  /** Moves the selection by cards, or by rows of them. */
  move(direction: 'left' | 'right' | 'up' | 'down'): void {
    const order = [...this.cards.keys()];
    const at = this.selection === undefined ? 0 : order.indexOf(this.selection);
    const columns = getComputedStyle(this.element).gridTemplateColumns.split(' ').length;
    const step = { left: -1, right: 1, up: -columns, down: columns }[direction];
    const next = order[at + step];
    if (next !== undefined) this.select(next);
  }

  showThumbnail(id: ImageId, uri: string | undefined): void {
    const place = this.cards.get(id)?.querySelector('.thumbnail');
    if (!place) return;
    if (uri === undefined) {
      place.replaceChildren('no preview');
      return;
    }
    const img = element('img', '');
    img.src = uri;
    img.alt = '';
    place.replaceChildren(img);
  }
}
