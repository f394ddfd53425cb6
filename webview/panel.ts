import type { ImageId } from '../src/core/model/ids.ts';
import {
  readToPanel,
  type Completion,
  type ReviewDetails,
  type ReviewEdit,
  type ToPanel,
} from '../src/protocol/review.ts';
import type { ReviewActId } from '../src/protocol/reviewActs.ts';
import type { Arrangement } from './arrange.ts';
import { Details } from './details.ts';
import { approveAbove, confirmMany, editMany, isDialogOpen, showKeys } from './dialogs.ts';
import { element } from './dom.ts';
import { Grid } from './grid.ts';
import { keep, kept, send } from './host.ts';
import { PanelState } from './panelState.ts';
import { Pictures } from './pictures.ts';
import type { Direction } from './selection.ts';
import { count, t } from './texts.ts';
import { Toolbar } from './toolbar.ts';
import { button, isTypedInto, progressRing } from './toolkit.ts';

/** Details that are kept: those of the images around the focus, and where one was before. */
const KEPT_DETAILS = 200;
/** The threshold that is offered first, 0 to 1. */
const THRESHOLD = 0.9;

const MOVES: Readonly<Record<string, Direction>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
  Home: 'first',
  End: 'last',
  PageUp: 'page-up',
  PageDown: 'page-down',
};

/**
 * The panel shows what the host says and tells it what the person does; it decides nothing by itself. Its own are what is
 * selected, and how it is arranged.
 */
export class ReviewPanel {
  private readonly place: HTMLElement;
  private readonly state = new PanelState();
  private readonly details = new Map<ImageId, ReviewDetails>();
  private readonly asked = new Set<ImageId>();
  private readonly pictures = new Pictures(() => {
    const [focus, next] = this.around();
    return [focus, focus && this.details.get(focus)?.twin?.id, next];
  });
  private readonly toolbar: Toolbar;
  private readonly grid: Grid;
  private readonly pane: Details;
  private readonly empty = element('div', 'empty');
  private readonly columns: HTMLElement;
  private readonly completions = new Map<number, (items: readonly Completion[]) => void>();
  private requests = 0;
  /** the first rows have come, or were asked for again */
  private hasBegun = false;
  /** all rows have come */
  private isWhole = false;
  /** the image to begin with, until its row comes: chosen by the person, or the one with the focus when the page was thrown away */
  private before: string | undefined;

  constructor(place: HTMLElement) {
    this.place = place;
    const { arrangement, focus } = kept();
    this.before = focus;
    this.state.rearrange(arrangement);
    this.toolbar = new Toolbar(arrangement, {
      arrange: (change) => this.arrange(change),
      approveAll: () => this.act('approveAll'),
      approveAbove: () => this.act('approveAbove'),
      skipAll: () => this.act('skipAll'),
      undo: () => send({ kind: 'undo' }),
      redo: () => send({ kind: 'redo' }),
      showKeys: () => this.act('showKeys'),
    });
    this.grid = new Grid({
      order: () => this.state.order,
      row: (id) => this.state.rows.get(id),
      thumbnail: (id) => this.pictures.thumbnail(id),
      selection: this.state.selection,
      picked: (id, how) => {
        this.state.selection[how === 'extend' ? 'extendTo' : how](id);
        this.gone(true);
      },
      opened: (id) => send({ kind: 'open', id }),
      seen: (ids) => this.pictures.want(ids),
    });
    this.pane = new Details({
      decide: (decision) => this.decide(decision),
      edit: (edit) => this.edit(edit),
      open: () => this.act('openImage'),
      editMany: () => this.editMany(),
      complete: (what, text) => this.complete(what, text),
      leave: () => this.grid.reveal(true),
    });
    this.columns = element('div', 'columns', this.grid.element, this.pane.element);
  }

  begin(): void {
    const ring = progressRing();
    ring.setAttribute('aria-label', t('Reading what waits'));
    this.place.append(ring, element('p', 'reading', `${t('Reading what waits')}…`));
    window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      const message = readToPanel(data);
      if (message) this.carryOut(message);
    });
    document.addEventListener('keydown', (event) => this.onKey(event));
    for (const event of ['focus', 'blur'] as const) window.addEventListener(event, () => this.tellKeys());
    send({ kind: 'ready' });
    this.tellKeys();
  }

  private carryOut(message: ToPanel): void {
    switch (message.kind) {
      case 'rows':
        this.takeRows(message);
        break;
      case 'changed':
        for (const { id } of message.rows) this.forgetDetails(id);
        this.state.change(message.rows);
        this.showAll();
        break;
      case 'removed':
        for (const id of message.ids) this.forgetDetails(id);
        this.state.remove(message.ids);
        this.showAll();
        break;
      case 'details':
        for (const one of message.details) this.details.set(one.id, one);
        this.showDetails();
        // they may name a near copy that stands beside
        this.pictures.want();
        break;
      case 'details-outdated':
        this.wantDetailsAnew();
        break;
      case 'thumbnail':
        this.pictures.takeThumbnail(message.id, message.uri);
        this.grid.showThumbnail(message.id);
        this.showDetails();
        break;
      case 'large-picture':
        this.pictures.takeLarge(message.id, message.file);
        this.showDetails();
        break;
      case 'history':
        this.toolbar.tellHistory(message.undo, message.redo);
        break;
      case 'completions':
        this.completions.get(message.request)?.(message.items);
        this.completions.delete(message.request);
        break;
      case 'found':
        this.state.takeFound(message.text, message.ids);
        this.showAll();
        break;
      case 'act':
        this.act(message.act);
        break;
      case 'select':
        // the rest of a word would be commands, and what was begun here would go there
        if (isDialogOpen() || isTypedInto(document.activeElement)) break;
        this.state.selection.only(message.id);
        this.gone(true);
        break;
    }
  }

  private takeRows({ rows, first, last, select }: Extract<ToPanel, { kind: 'rows' }>): void {
    if (select !== undefined) this.before = select;
    this.hasBegun ||= first;
    if (!this.hasBegun) {
      // those that were sent ahead of the page got lost: it asks for them, once
      this.hasBegun = true;
      send({ kind: 'ready' });
      return;
    }
    if (first) {
      this.details.clear();
      this.asked.clear();
      const { text } = this.state.arrangement;
      if (text !== '') send({ kind: 'find', text });
    }
    this.isWhole = last;
    const { focus } = this.state.selection;
    this.state.take(rows, first);
    if (first && focus !== this.state.selection.focus) this.before ??= focus;
    const before = this.before as ImageId | undefined;
    const start = before !== undefined && this.state.rows.has(before) ? before : undefined;
    if (start !== undefined) {
      this.state.selection.only(start);
      this.before = undefined;
    }
    this.showAll();
    if (start !== undefined || first) this.grid.reveal(document.hasFocus());
  }

  private showAll(): void {
    const { order, rows } = this.state;
    this.tellCounts();
    const hadFocus = this.grid.element.contains(document.activeElement);
    if (order.length === 0 && this.isWhole) this.sayEmpty(rows.size, this.state.counts().skipped);
    const content = order.length > 0 ? this.columns : this.empty;
    const isOther = this.place.lastElementChild !== content;
    // what stays must not be taken out and put in again: it would lose scroll position and focus
    if (isOther) this.place.replaceChildren(this.toolbar.element, content);
    this.grid.refresh();
    this.selected(hadFocus || (isOther && document.hasFocus() && document.activeElement === document.body));
  }

  private sayEmpty(all: number, skipped: number): void {
    const { shown } = this.state.arrangement;
    const isFiltered = this.state.arrangement.text !== '' || this.state.arrangement.category !== '';
    const text =
      isFiltered || (all > 0 && shown !== 'waiting') ? t('No image is like that.') : t('Nothing waits for review.');
    this.empty.replaceChildren(element('p', '', text));
    if (isFiltered) {
      this.empty.append(button(t('Show All'), 'secondary', () => this.arrange({ text: '', category: '' })));
    } else if (skipped > 0 && shown === 'waiting') {
      const label = t('Show {0} Skipped', count(skipped));
      this.empty.append(button(label, 'secondary', () => this.arrange({ shown: 'skipped' })));
    }
  }

  private tellCounts(): void {
    const { state } = this;
    const shown = state.isFinding ? undefined : state.order.length;
    this.toolbar.tell({ ...state.counts(), shown, selected: state.selection.size }, state.categories());
  }

  /** The person has gone to an image, and stays there whatever rows come later. */
  private gone(takeFocus: boolean): void {
    this.before = undefined;
    this.selected(takeFocus);
  }

  /** The selection is another one. */
  private selected(takeFocus: boolean): void {
    this.grid.reveal(takeFocus);
    this.tellCounts();
    this.wantDetails();
    this.pictures.want();
    this.showDetails();
    const { focus } = this.state.selection;
    const remembered = this.before ?? focus;
    keep({ arrangement: this.state.arrangement, ...(remembered !== undefined && { focus: remembered }) });
  }

  private showDetails(): void {
    const { selection, rows } = this.state;
    const row = selection.focus === undefined ? undefined : rows.get(selection.focus);
    if (!row) return;
    const details = this.details.get(row.id);
    const twin = details?.twin?.id;
    this.pane.show({
      row,
      details,
      picture: this.pictures.of(row.id),
      twinPicture: this.pictures.of(twin),
      selected: selection.size,
    });
  }

  /** Of the focused image, and of those that a key leads to. */
  private wantDetails(): void {
    const ids = this.around().filter((id) => !this.details.has(id) && !this.asked.has(id));
    if (ids.length === 0) return;
    for (const id of ids) this.asked.add(id);
    send({ kind: 'details-wanted', ids });
    for (const id of this.details.keys()) {
      if (this.details.size <= KEPT_DETAILS) break;
      this.forgetDetails(id);
    }
  }

  /** Those that are looked at stay until the new ones are there. */
  private wantDetailsAnew(): void {
    const around = this.around();
    for (const id of this.details.keys()) if (!around.includes(id)) this.forgetDetails(id);
    const known = around.filter((id) => this.details.has(id));
    if (known.length > 0) send({ kind: 'details-wanted', ids: known });
  }

  private forgetDetails(id: ImageId): void {
    this.details.delete(id);
    this.asked.delete(id);
  }

  /** The focused image, the ones beside it, and those of the next row. */
  private around(): ImageId[] {
    const { selection } = this.state;
    const at = selection.focus === undefined ? undefined : selection.placeOf(selection.focus);
    if (at === undefined) return [];
    const { columns } = this.grid;
    return [at, at + 1, at - 1, at + 2, at + columns, at - columns].flatMap((place) => selection.at(place) ?? []);
  }

  private arrange(change: Partial<Arrangement>): void {
    this.state.rearrange(change);
    if (change.text !== undefined && change.text !== '') send({ kind: 'find', text: change.text });
    this.toolbar.show(this.state.arrangement);
    this.showAll();
  }

  private complete(what: 'tag' | 'category', text: string): Promise<readonly Completion[]> {
    const request = ++this.requests;
    return new Promise((resolve) => {
      this.completions.set(request, resolve);
      send({ kind: 'complete', request, what, text });
    });
  }

  private decide(decision: 'approved' | 'rejected' | 'skipped', ids = this.state.selection.ids()): void {
    const open = this.state.undecided(ids).map(({ id }) => id);
    if (open.length === 0) return;
    const { selection } = this.state;
    const next = selection.after(new Set(open));
    // at once: what the host says of the others comes later
    if (next !== undefined) selection.only(next);
    this.gone(this.ownsFocus());
    send({ kind: 'decide', decision, ids: open });
  }

  private edit(edit: ReviewEdit, ids = this.state.selection.ids()): void {
    send({ kind: 'edit', ids, edit });
  }

  private editMany(): void {
    // an edit may take them out of what is shown, and others would be selected then
    const ids = this.state.selection.ids();
    editMany(
      ids.length,
      (text) => this.complete('tag', text),
      (edit) => this.edit(edit, ids),
    );
  }

  private decideOnAll(decision: 'approved' | 'skipped', title: string, yes: (n: string) => string): void {
    const ids = this.state.allUndecided().map(({ id }) => id);
    if (ids.length === 0) return;
    const detail = t('These are all that are shown now. Undo takes it back.');
    confirmMany(title, detail, yes(count(ids.length)), () => this.decide(decision, ids));
  }

  /** Carries out a command. */
  private act(act: ReviewActId): void {
    // what was typed while the command for the field was still on its way is no command
    if (isDialogOpen() || isTypedInto(document.activeElement)) return;
    const { focus, size } = this.state.selection;
    switch (act) {
      case 'approve': {
        this.decide('approved');
        return;
      }
      case 'reject': {
        this.decide('rejected');
        return;
      }
      case 'skip': {
        this.decide('skipped');
        return;
      }
      case 'editTags': {
        if (size > 1) this.editMany();
        else this.pane.focusTag();
        return;
      }
      case 'chooseCategory': {
        this.pane.focusCategory();
        return;
      }
      case 'undo':
      case 'redo': {
        send({ kind: act });
        return;
      }
      case 'approveAll': {
        this.decideOnAll('approved', t('Approve All'), (n) => t('Approve {0}', n));
        return;
      }
      case 'skipAll': {
        this.decideOnAll('skipped', t('Skip All'), (n) => t('Skip {0}', n));
        return;
      }
      case 'approveAbove': {
        const rows = this.state.allUndecided();
        if (rows.length > 0) approveAbove(rows, THRESHOLD, (ids) => this.decide('approved', ids));
        return;
      }
      case 'find': {
        this.toolbar.focusFind();
        return;
      }
      case 'openImage': {
        if (focus) send({ kind: 'open', id: focus });
        return;
      }
      case 'openMatch': {
        if (focus) send({ kind: 'open-match', id: focus });
        return;
      }
      case 'showKeys': {
        showKeys(() => send({ kind: 'change-keys' }));
        return;
      }
    }
  }

  private onKey(event: KeyboardEvent): void {
    const { key, ctrlKey, metaKey, altKey, shiftKey } = event;
    const isText = key.length === 1 && ((!ctrlKey && !metaKey && !altKey) || event.getModifierState('AltGraph'));
    if (isTypedInto(event.target) || isDialogOpen()) {
      // VS Code would look for a command on that key; what is typed can be undone by the field itself
      if (isText || key === 'Enter' || /^[azy]$/i.test(key)) event.stopPropagation();
      // VS Code's command for it comes some moments late: it would select what is typed next, and have it typed over
      if (key.toLowerCase() === 'a' && (ctrlKey || metaKey) && !altKey) selectAll(event);
      if (key === 'Escape' && !isDialogOpen()) this.grid.reveal(true);
      return;
    }
    if (!this.ownsFocus() || altKey) return;
    const isWithCtrl = ctrlKey || metaKey;
    const { selection } = this.state;
    const direction = MOVES[key];
    if (direction && !isWithCtrl) {
      event.preventDefault();
      const id = selection.towards(direction, this.grid.columns, this.grid.rowsAPage);
      if (id === undefined) return;
      if (shiftKey) selection.extendTo(id);
      else selection.only(id);
    } else if (key === ' ' && !isWithCtrl) {
      event.preventDefault();
      if (selection.focus !== undefined) selection.toggle(selection.focus);
    } else if (key.toLowerCase() === 'a' && isWithCtrl && !shiftKey) {
      event.preventDefault();
      event.stopPropagation();
      this.state.selectAll();
    } else if (key === 'Escape') {
      if (selection.focus !== undefined) selection.only(selection.focus);
    } else {
      return;
    }
    this.gone(true);
  }

  /** The keyboard is at the images, or nowhere in particular. */
  private ownsFocus(): boolean {
    const { activeElement } = document;
    return activeElement === document.body || this.grid.element.contains(activeElement);
  }

  private tellKeys(): void {
    send({ kind: 'keys', taken: document.hasFocus() });
  }
}

/** All of what stands in the field, on every system at once. */
function selectAll(event: KeyboardEvent): void {
  const [field] = event.composedPath();
  if (!(field instanceof HTMLInputElement)) return;
  event.preventDefault();
  field.select();
}
