import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeDropdown,
  vsCodeLink,
  vsCodeOption,
  vsCodeProgressRing,
  vsCodeTextField,
} from '@vscode/webview-ui-toolkit';
import { element, icon } from './dom.ts';

/**
 * The one place that knows the toolkit. It is archived: its successor takes its place here, and in the names of the elements
 * that are made below.
 */
export function registerToolkit(): void {
  provideVSCodeDesignSystem().register(
    vsCodeButton(),
    vsCodeDropdown(),
    vsCodeLink(),
    vsCodeOption(),
    vsCodeProgressRing(),
    vsCodeTextField(),
  );
}

/** An element with a value that a person can change. */
export type Field = HTMLElement & { value: string };

/** A button of the toolkit with a label that is text. */
export function button(
  label: string,
  appearance: 'primary' | 'secondary',
  act: () => void,
  iconName?: string,
): HTMLElement & { disabled: boolean } {
  const made = document.createElement('vscode-button') as HTMLElement & { disabled: boolean };
  made.setAttribute('appearance', appearance);
  made.append(label);
  if (iconName !== undefined) {
    const start = icon(iconName);
    start.slot = 'start';
    made.prepend(start);
  }
  made.addEventListener('click', act);
  return made;
}

/** A button that is a picture; its label is read out, and shown when the pointer rests on it. */
export function iconButton(label: string, iconName: string, act: () => void): HTMLElement & { disabled: boolean } {
  const made = document.createElement('vscode-button') as HTMLElement & { disabled: boolean };
  made.setAttribute('appearance', 'icon');
  made.setAttribute('aria-label', label);
  made.title = label;
  made.append(icon(iconName));
  made.addEventListener('click', act);
  return made;
}

/** Of our own: the toolkit's has a style attribute in its template, which the page's policy refuses. */
export function badge(label: string): HTMLElement {
  return element('span', 'badge', label);
}

export function progressRing(): HTMLElement {
  return document.createElement('vscode-progress-ring');
}

/** A link that a person follows by hand; VS Code opens it outside. Its text is the address. */
export function link(url: string): HTMLElement {
  const made = document.createElement('vscode-link');
  made.setAttribute('href', url);
  made.textContent = url;
  return made;
}

/** A list to choose one of. @param options label by value */
export function dropdown(label: string, options: ReadonlyMap<string, string>, chosen: (value: string) => void): Field {
  const made = document.createElement('vscode-dropdown') as unknown as Field;
  made.setAttribute('aria-label', label);
  made.title = label;
  fillDropdown(made, options);
  made.addEventListener('change', () => chosen(made.value));
  return made;
}

/** Gives it other options; what is chosen stays chosen where it is still there. */
export function fillDropdown(dropdown: Field, options: ReadonlyMap<string, string>): void {
  const before = dropdown.value;
  dropdown.replaceChildren(
    ...[...options].map(([value, label]) => {
      const option = document.createElement('vscode-option');
      option.setAttribute('value', value);
      option.textContent = label;
      return option;
    }),
  );
  dropdown.value = options.has(before) ? before : ([...options.keys()][0] ?? '');
}

/** A line to type in. */
export function textField(label: string, placeholder: string, typed: (value: string) => void): Field {
  const made = document.createElement('vscode-text-field') as unknown as Field;
  made.setAttribute('aria-label', label);
  made.setAttribute('placeholder', placeholder);
  made.addEventListener('input', () => typed(made.value));
  return made;
}

const TYPED_INTO = 'input, textarea, vscode-text-field, vscode-dropdown, vscode-option';

/** Whether letters typed there are text, and no commands. */
export const isTypedInto = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest(TYPED_INTO) !== null;
