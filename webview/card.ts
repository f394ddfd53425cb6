import type { ImageId } from '../src/core/model/ids.ts';
import { oneLine } from '../src/protocol/oneLine.ts';
import type { ReviewRow, ReviewStatus } from '../src/protocol/review.ts';
import { element, outsideText } from './dom.ts';
import { percent, t } from './texts.ts';

export interface CardPlace {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  /** in the order that is shown, from 0 */
  readonly place: number;
  readonly total: number;
  readonly isSelected: boolean;
  readonly hasFocus: boolean;
}

const STATUS_ICONS: Readonly<Record<ReviewStatus, string>> = {
  waiting: '',
  skipped: 'debug-step-over',
  approved: 'check',
  edited: 'edit',
  rejected: 'close',
};

/** The status in words. */
export function statusText(status: ReviewStatus): string {
  switch (status) {
    case 'waiting':
      return t('waiting');
    case 'skipped':
      return t('skipped');
    case 'approved':
      return t('approved');
    case 'edited':
      return t('approved with edits');
    case 'rejected':
      return t('rejected');
  }
}

/** Similarity of the match or confidence of the tagger, in words. */
export function evidenceText({ similarity, confidence }: ReviewRow): string {
  if (similarity !== undefined) return t('{0} alike', percent(similarity / 100));
  if (confidence !== undefined) return t('{0} sure', percent(confidence));
  return t('not compared');
}

/** One image in the grid; used again for another one when it is scrolled out. */
export class Card {
  readonly element = element('div', 'card');
  private readonly frame = element('div', 'thumbnail');
  private readonly picture = element('img', '');
  private readonly name = outsideText('span', 'name', '');
  private readonly facts = element('span', 'facts');
  /** what `mark` shows, for those who do not see it */
  private readonly status = element('span', 'unseen');
  private readonly mark = element('span', 'mark');
  private shown: { readonly row: ReviewRow; readonly place: CardPlace } | undefined;
  private uri: string | null | undefined;

  constructor() {
    this.picture.alt = '';
    this.picture.decoding = 'async';
    // the file was cleared away behind our back
    this.picture.addEventListener('error', () => this.frame.replaceChildren(t('no preview')));
    this.mark.setAttribute('aria-hidden', 'true');
    this.element.setAttribute('role', 'option');
    this.element.append(this.frame, this.name, this.facts, this.status, this.mark);
  }

  show(row: ReviewRow, thumbnail: string | null | undefined, place: CardPlace): void {
    const before = this.shown;
    const isOther = before?.row.id !== row.id;
    this.shown = { row, place };
    if (isOther || before.place.x !== place.x || before.place.y !== place.y) {
      this.element.style.transform = `translate(${place.x}px, ${place.y}px)`;
    }
    if (before?.place.width !== place.width) this.element.style.width = `${place.width}px`;
    if (before?.row !== row) this.describe(row);
    if (isOther || thumbnail !== this.uri) this.setThumbnail(thumbnail);
    this.element.tabIndex = place.hasFocus ? 0 : -1;
    this.element.setAttribute('aria-selected', String(place.isSelected));
    this.element.setAttribute('aria-posinset', String(place.place + 1));
    this.element.setAttribute('aria-setsize', String(place.total));
    this.element.classList.toggle('current', place.hasFocus);
  }

  setThumbnail(uri: string | null | undefined): void {
    this.uri = uri;
    if (uri === null) {
      this.frame.replaceChildren(t('no preview'));
    } else if (uri === undefined) {
      this.picture.removeAttribute('src');
      this.frame.replaceChildren();
    } else {
      this.picture.src = uri;
      if (this.frame.firstChild !== this.picture) this.frame.replaceChildren(this.picture);
    }
  }

  private describe(row: ReviewRow): void {
    const name = oneLine(row.name);
    this.element.dataset['id'] = row.id satisfies ImageId;
    this.element.className = `card ${row.status}`;
    this.element.title = name;
    this.name.textContent = name;
    this.facts.textContent = `${evidenceText(row)} · ${oneLine(row.category)}`;
    this.status.textContent = row.status === 'waiting' && row.edited ? t('edited') : statusText(row.status);
    const icon = row.edited && row.status === 'waiting' ? 'edit' : STATUS_ICONS[row.status];
    this.mark.className = icon === '' ? 'mark' : `mark codicon codicon-${icon}`;
  }
}
