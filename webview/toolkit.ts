import { provideVSCodeDesignSystem, vsCodeBadge, vsCodeButton, vsCodeProgressRing } from '@vscode/webview-ui-toolkit';

/**
 * The one place that knows the toolkit. It is archived: its successor takes its place here, and in the names of the elements
 * that are made below.
 */
export function registerToolkit(): void {
  provideVSCodeDesignSystem().register(vsCodeBadge(), vsCodeButton(), vsCodeProgressRing());
}

/** A button of the toolkit with a label that is text. */
export function button(label: string, appearance: 'primary' | 'secondary', act: () => void): HTMLElement {
  const element = document.createElement('vscode-button');
  element.setAttribute('appearance', appearance);
  element.textContent = label;
  element.addEventListener('click', act);
  return element;
}

export function badge(label: string): HTMLElement {
  const element = document.createElement('vscode-badge');
  element.textContent = label;
  return element;
}

export function progressRing(): HTMLElement {
  return document.createElement('vscode-progress-ring');
}
