import type { ImageId } from '../src/core/model/ids.ts';
import type { Completion, ReviewEdit, ReviewRow } from '../src/protocol/review.ts';
import { REVIEW_ACTS, type ReviewActId } from '../src/protocol/reviewActs.ts';
import { above } from './arrange.ts';
import { Combobox } from './combobox.ts';
import { element } from './dom.ts';
import { keyText } from './keyText.ts';
import { count, t } from './texts.ts';
import { button } from './toolkit.ts';
import { typedTag } from './typedTag.ts';

/** Asks before many images are decided on at once, with their number. */
export function confirmMany(title: string, detail: string, yes: string, act: () => void): void {
  const { close } = open(
    title,
    [element('p', '', detail)],
    [
      button(yes, 'primary', () => {
        close();
        act();
      }),
      button(t('Cancel'), 'secondary', () => close()),
    ],
  );
}

/** Asks for a threshold, and says how many images it takes before it takes them. */
export function approveAbove(rows: readonly ReviewRow[], threshold: number, act: (ids: ImageId[]) => void): void {
  const input = element('input', 'threshold');
  input.type = 'number';
  input.min = '0';
  input.max = '100';
  input.step = '1';
  input.value = String(Math.round(threshold * 100));
  const label = element('label', 'field-label', t('Least similarity or confidence, in percent'));
  label.htmlFor = input.id = 'threshold';
  const tells = element('p', '');
  tells.setAttribute('role', 'status');
  let ids: ImageId[] = [];
  const approve = button(t('Approve'), 'primary', () => {
    close();
    act(ids);
  });
  const look = (): void => {
    const typed = input.valueAsNumber;
    ids = Number.isFinite(typed) ? above(rows, typed / 100) : [];
    tells.textContent = t('That is {0} of the {1} images that are shown.', count(ids.length), count(rows.length));
    approve.textContent = t('Approve {0}', count(ids.length));
    approve.disabled = ids.length === 0;
  };
  input.addEventListener('input', look);
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && ids.length > 0) approve.click();
  });
  look();
  const { close } = open(
    t('Approve Above a Threshold'),
    [label, input, tells],
    [approve, button(t('Cancel'), 'secondary', () => close())],
  );
  input.select();
}

/** Adds, removes and replaces tags of all selected images. It stays open for the next one. */
export function editMany(
  selected: number,
  complete: (text: string) => Promise<readonly Completion[]>,
  edit: (edit: ReviewEdit) => void,
): void {
  const done = element('p', 'done');
  done.setAttribute('role', 'status');
  const tell = (text: string, one: ReviewEdit): void => {
    edit(one);
    done.textContent = text;
  };
  const field = (label: string, chosen: (text: string, completion: Completion | undefined) => void): Combobox =>
    new Combobox({
      label,
      placeholder: t('blue eyes, or artist:name'),
      complete: (text) => complete(typedTag(text).name),
      choose: (text, completion) => chosen(text, completion),
      leave: () => close(),
    });
  const add = field(t('Add'), (_, completion) => {
    const typed = typedTag(add.value, completion);
    if (typed.name === '') return;
    tell(t('Added: {0}', typed.name), { kind: 'add', ...typed });
    add.value = '';
  });
  const remove = field(t('Remove'), (text) => {
    const { name } = typedTag(text);
    if (name === '') return;
    tell(t('Removed: {0}', name), { kind: 'remove', name });
    remove.value = '';
  });
  const replace = field(t('Replace'), (text) => {
    replace.value = text;
    by.focus();
  });
  const by = field(t('by'), (_, completion) => {
    const { name } = typedTag(replace.value);
    const { name: other, category } = typedTag(by.value, completion);
    if (name === '' || other === '') return;
    tell(t('Replaced: {0} by {1}', name, other), { kind: 'replace', name, by: other, category });
    replace.value = '';
    by.value = '';
    replace.focus();
  });
  const title = selected === 1 ? t('Edit Tags of 1 Image') : t('Edit Tags of {0} Images', count(selected));
  const { close } = open(
    title,
    [add.element, remove.element, element('div', 'field-row', replace.element, by.element), done],
    [button(t('Close'), 'primary', () => close())],
  );
  add.focus();
}

/** What the keys do, and that they can be changed. */
export function showKeys(change: () => void): void {
  const row = (keys: readonly string[], what: string): HTMLElement =>
    element(
      'tr',
      '',
      element('td', '', ...keys.flatMap((key) => [element('kbd', '', keyText(key)), ' '])),
      element('td', '', what),
    );
  const isMac = navigator.platform.startsWith('Mac');
  const acts = REVIEW_ACTS.map((act) => row(isMac && 'mac' in act ? act.mac : act.keys, actText(act.id)));
  const own = [
    row(['left', 'right', 'up', 'down'], t('Go to another image')),
    row(['home', 'end', 'pageup', 'pagedown'], t('Go far')),
    row(['space'], t('Select this one too, or no longer')),
    row(['shift+up', 'shift+down'], t('Select as far as there')),
    row([isMac ? 'cmd+a' : 'ctrl+a'], t('Select all that are shown')),
    row(['escape'], t('Select one alone; leave a field')),
  ];
  const { close } = open(
    t('Keys'),
    [
      element('table', 'keys', element('tbody', '', ...acts, ...own)),
      element('p', '', t('Those of the upper part are commands of VS Code, and you can give them other keys.')),
    ],
    [
      button(t('Close'), 'primary', () => close()),
      button(t('Change Keys…'), 'secondary', () => {
        close();
        change();
      }),
    ],
  );
}

function actText(act: ReviewActId): string {
  switch (act) {
    case 'approve':
      return t('Approve');
    case 'reject':
      return t('Reject: it is another picture, and gets no tags');
    case 'skip':
      return t('Skip: decide later');
    case 'editTags':
      return t('Add or change tags');
    case 'chooseCategory':
      return t('Choose the category');
    case 'undo':
      return t('Undo');
    case 'redo':
      return t('Redo');
    case 'approveAll':
      return t('Approve all that are shown');
    case 'approveAbove':
      return t('Approve above a threshold');
    case 'skipAll':
      return t('Skip all that are shown');
    case 'find':
      return t('Find in names and tags');
    case 'openImage':
      return t('Open the image');
    case 'openMatch':
      return t('Open the matched post');
    case 'showKeys':
      return t('Show these keys');
  }
}

/** A dialog that has the keyboard until it is closed; Escape closes it, and the focus goes back to where it was. */
function open(
  title: string,
  content: readonly HTMLElement[],
  buttons: readonly HTMLElement[],
): { readonly close: () => void } {
  const before = document.activeElement;
  const heading = element('h2', '', title);
  heading.id = 'dialog-title';
  const dialog = element('dialog', '', heading, ...content, element('div', 'actions', ...buttons));
  dialog.setAttribute('aria-labelledby', heading.id);
  dialog.addEventListener('close', () => {
    dialog.remove();
    if (before instanceof HTMLElement && before.isConnected) before.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
  return { close: () => dialog.close() };
}

/** Whether one is open, and has the keys. */
export const isDialogOpen = (): boolean => document.querySelector('dialog[open]') !== null;
