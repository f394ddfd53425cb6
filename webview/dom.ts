/** An element with children; a string is put in as text, never as HTML. */
export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  className: string,
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  if (className !== '') made.className = className;
  made.append(...children);
  return made;
}

/** A picture of VS Code's own font, beside a text that says the same. */
export function icon(name: string): HTMLElement {
  const made = element('span', `codicon codicon-${name}`);
  made.setAttribute('aria-hidden', 'true');
  return made;
}

/** Text from outside: as it is, on one line, in its own direction, and without a hold on what stands around it. */
export function outsideText<K extends keyof HTMLElementTagNameMap>(
  name: K,
  className: string,
  text: string,
): HTMLElementTagNameMap[K] {
  const made = element(name, className, text);
  made.dir = 'auto';
  return made;
}
