import { REVIEW_ACTS, type ReviewActId } from '../src/protocol/reviewActs.ts';

const NAMES: Readonly<Record<string, string>> = {
  ctrl: 'Ctrl',
  cmd: '⌘',
  shift: '⇧',
  left: '←',
  right: '→',
  up: '↑',
  down: '↓',
  home: 'Home',
  end: 'End',
  pageup: 'PgUp',
  pagedown: 'PgDn',
  space: 'Space',
  escape: 'Esc',
};

/** `ctrl+shift+z`, as VS Code writes it in package.json, as people write it. */
export function keyText(key: string): string {
  if (key === 'shift+/') return '?';
  return key
    .split('+')
    .map((part) => NAMES[part] ?? part.toUpperCase())
    .join(' ');
}

/** The key that an act has unless the user has changed it. */
export function firstKeyOf(act: ReviewActId): string {
  return keyText(REVIEW_ACTS.find(({ id }) => id === act)?.keys[0] ?? '');
}
