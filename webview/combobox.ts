import type { Completion } from '../src/protocol/review.ts';
import { element, outsideText } from './dom.ts';
import { count } from './texts.ts';

export interface ComboboxParts {
  readonly label: string;
  readonly placeholder: string;
  /** what can be chosen for a text; the promise of an older text may be answered after that of a newer one */
  readonly complete: (text: string) => Promise<readonly Completion[]>;
  /** by Enter or the pointer */
  readonly choose: (text: string, completion: Completion | undefined) => void;
  /** Escape with no list open */
  readonly leave?: () => void;
}

let made = 0;

/**
 * A line to type in, with a list of what it may become: the ARIA pattern of an editable combobox with list autocomplete. Of
 * plain elements, since the toolkit has none, and an input in a shadow root can't name a list outside of it.
 */
export class Combobox {
  readonly element: HTMLElement;
  readonly input = element('input', '');
  private readonly list = element('ul', 'completions');
  private readonly parts: ComboboxParts;
  private items: readonly Completion[] = [];
  private active = -1;
  private asked = 0;

  constructor(parts: ComboboxParts) {
    this.parts = parts;
    const id = `combobox${++made}`;
    const label = element('label', 'field-label', parts.label);
    label.htmlFor = id;
    this.input.id = id;
    this.input.type = 'text';
    this.input.placeholder = parts.placeholder;
    this.input.autocomplete = 'off';
    this.input.spellcheck = false;
    this.input.dir = 'auto';
    this.input.setAttribute('role', 'combobox');
    this.input.setAttribute('aria-autocomplete', 'list');
    this.input.setAttribute('aria-controls', `${id}-list`);
    this.list.id = `${id}-list`;
    this.list.setAttribute('role', 'listbox');
    this.list.setAttribute('aria-label', parts.label);
    this.element = element('div', 'combobox', label, element('div', 'combobox-field', this.input, this.list));
    this.show([]);
    this.input.addEventListener('input', () => void this.complete());
    this.input.addEventListener('keydown', (event) => this.onKey(event));
    this.input.addEventListener('blur', () => this.show([]));
  }

  get value(): string {
    return this.input.value;
  }

  set value(text: string) {
    this.input.value = text;
    this.show([]);
  }

  focus(): void {
    this.input.focus();
    this.input.select();
  }

  private async complete(): Promise<void> {
    const asked = ++this.asked;
    const items = await this.parts.complete(this.input.value);
    if (asked === this.asked && document.activeElement === this.input) this.show(items);
  }

  private onKey(event: KeyboardEvent): void {
    // an input method is at work: its keys are its own
    if (event.isComposing) return;
    switch (event.key) {
      case 'ArrowDown':
      case 'ArrowUp':
        event.preventDefault();
        if (this.items.length === 0) void this.complete();
        else this.activate(this.active + (event.key === 'ArrowDown' ? 1 : -1));
        break;
      case 'Enter': {
        event.preventDefault();
        const item = this.items[this.active];
        this.choose(item?.text ?? this.input.value, item);
        break;
      }
      case 'Escape':
        event.preventDefault();
        event.stopPropagation();
        if (this.items.length > 0) this.show([]);
        else this.parts.leave?.();
        break;
    }
  }

  private choose(text: string, item: Completion | undefined): void {
    this.asked++;
    this.show([]);
    this.parts.choose(text, item ?? undefined);
  }

  private activate(index: number): void {
    const { length } = this.items;
    // one place more than there are items: that of what was typed
    this.active = ((index + 1 + length + 1) % (length + 1)) - 1;
    for (const [i, child] of [...this.list.children].entries()) {
      child.setAttribute('aria-selected', String(i === this.active));
      if (i === this.active) {
        this.input.setAttribute('aria-activedescendant', child.id);
        child.scrollIntoView({ block: 'nearest' });
      }
    }
    if (this.active < 0) this.input.removeAttribute('aria-activedescendant');
  }

  private show(items: readonly Completion[]): void {
    this.items = items;
    this.active = -1;
    this.input.removeAttribute('aria-activedescendant');
    this.input.setAttribute('aria-expanded', String(items.length > 0));
    this.list.hidden = items.length === 0;
    this.list.replaceChildren(
      ...items.map((item, i) => {
        const option = element('li', item.category ?? '', outsideText('span', 'completion', item.text));
        option.id = `${this.list.id}-${i}`;
        option.setAttribute('role', 'option');
        option.setAttribute('aria-selected', 'false');
        if (item.count > 0) option.append(element('span', 'count', count(item.count)));
        // before the input loses the focus, which closes the list
        option.addEventListener('pointerdown', (event) => {
          event.preventDefault();
          this.choose(item.text, item);
        });
        return option;
      }),
    );
  }
}
