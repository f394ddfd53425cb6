import type { Arrangement } from './arrange.ts';
import { SHOWN, SORT_KEYS } from './arrange.ts';
import { element } from './dom.ts';
import type { StatusCounts } from './panelState.ts';
import { oneLine } from '../src/protocol/oneLine.ts';
import { count, t } from './texts.ts';
import { button, dropdown, fillDropdown, iconButton, textField, type Field } from './toolkit.ts';

export interface ToolbarParts {
  readonly arrange: (arrangement: Partial<Arrangement>) => void;
  readonly approveAll: () => void;
  readonly approveAbove: () => void;
  readonly skipAll: () => void;
  readonly undo: () => void;
  readonly redo: () => void;
  readonly showKeys: () => void;
}

export interface Counts extends StatusCounts {
  /** undefined while the host looks for a text */
  readonly shown: number | undefined;
  readonly selected: number;
}

/** Above the images: how many there are, which are shown in which order, and what is done to all of them. */
export class Toolbar {
  readonly element = element('header', '');
  private readonly counter = element('span', 'counter');
  private readonly find: Field;
  private readonly shown: Field;
  private readonly category: Field;
  private readonly sort: Field;
  private readonly direction: HTMLElement;
  private readonly undo: HTMLElement & { disabled: boolean };
  private readonly redo: HTMLElement & { disabled: boolean };
  private readonly forAll: readonly (HTMLElement & { disabled: boolean })[];
  private categories = '';
  private arrangement: Arrangement;

  constructor(arrangement: Arrangement, parts: ToolbarParts) {
    this.arrangement = arrangement;
    this.counter.setAttribute('role', 'status');
    this.find = textField(t('Find in names and tags'), t('Find'), (text) => parts.arrange({ text: text.trim() }));
    this.find.id = 'find';
    this.shown = dropdown(t('Show'), new Map(SHOWN.map((one) => [one, shownText(one)])), (value) => {
      const shown = SHOWN.find((one) => one === value);
      if (shown) parts.arrange({ shown });
    });
    this.category = dropdown(t('Category'), new Map(), (category) => parts.arrange({ category }));
    this.sort = dropdown(t('Sort by'), new Map(SORT_KEYS.map((key) => [key, sortText(key)])), (value) => {
      const sort = SORT_KEYS.find((key) => key === value);
      if (sort) parts.arrange({ sort });
    });
    this.direction = iconButton(t('Sort the other way round'), 'sort-precedence', () =>
      parts.arrange({ descending: !this.arrangement.descending }),
    );
    this.undo = iconButton(t('Undo'), 'discard', parts.undo);
    this.redo = iconButton(t('Redo'), 'redo', parts.redo);
    this.forAll = [
      button(t('Approve All…'), 'secondary', parts.approveAll),
      button(t('Approve Above…'), 'secondary', parts.approveAbove),
      button(t('Skip All…'), 'secondary', parts.skipAll),
    ];
    this.element.append(
      this.counter,
      element('div', 'group', this.undo, this.redo, iconButton(t('Keys'), 'keyboard', parts.showKeys)),
      element('div', 'group', this.find, this.shown, this.category, this.sort, this.direction),
      element('div', 'group end', ...this.forAll),
    );
    this.tellHistory(undefined, undefined);
    this.show(arrangement);
  }

  focusFind(): void {
    this.find.focus();
  }

  show(arrangement: Arrangement): void {
    this.arrangement = arrangement;
    if (document.activeElement !== this.find) this.find.value = arrangement.text;
    this.shown.value = arrangement.shown;
    this.sort.value = arrangement.sort;
    this.direction.classList.toggle('descending', arrangement.descending);
    this.direction.setAttribute('aria-pressed', String(arrangement.descending));
    this.category.value = arrangement.category;
  }

  /** @param categories of all images */
  tell(counts: Counts, categories: readonly string[]): void {
    const { waiting, skipped, decided, shown, selected } = counts;
    const parts = [t('{0} waiting', count(waiting))];
    if (skipped > 0) parts.push(t('{0} skipped', count(skipped)));
    if (decided > 0) parts.push(t('{0} decided', count(decided)));
    if (shown !== undefined && shown !== waiting) parts.push(t('{0} shown', count(shown)));
    if (selected > 1) parts.push(t('{0} selected', count(selected)));
    const text = parts.join(' · ');
    if (this.counter.textContent !== text) this.counter.textContent = text;
    for (const one of this.forAll) one.disabled = shown === undefined || shown === 0;
    // the one that is filtered by stays in the list while no image has it
    const chosen = this.arrangement.category;
    const known = categories.includes(chosen) || chosen === '' ? categories : [...categories, chosen];
    const key = known.join('\n');
    if (key === this.categories) return;
    this.categories = key;
    fillDropdown(
      this.category,
      new Map([['', t('All categories')], ...known.map((name): [string, string] => [name, oneLine(name)])]),
    );
    this.category.value = chosen;
  }

  tellHistory(undo: string | undefined, redo: string | undefined): void {
    for (const [one, name, label] of [
      [this.undo, t('Undo'), undo],
      [this.redo, t('Redo'), redo],
    ] as const) {
      one.disabled = label === undefined;
      one.title = label === undefined ? name : `${name}: ${oneLine(label)}`;
      one.setAttribute('aria-label', one.title);
    }
  }
}

function shownText(shown: Arrangement['shown']): string {
  switch (shown) {
    case 'waiting':
      return t('Waiting');
    case 'skipped':
      return t('Skipped');
    case 'decided':
      return t('Decided');
    case 'all':
      return t('All');
  }
}

function sortText(key: Arrangement['sort']): string {
  switch (key) {
    case 'found':
      return t('As found');
    case 'similarity':
      return t('Similarity');
    case 'confidence':
      return t('Confidence');
    case 'category':
      return t('Category');
    case 'status':
      return t('Status');
    case 'name':
      return t('Name');
  }
}
