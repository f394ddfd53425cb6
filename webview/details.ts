import type { TagCategory } from '../src/core/model/tag.ts';
import { oneLine } from '../src/protocol/oneLine.ts';
import type { Completion, ReviewDetails, ReviewEdit, ReviewRow, ShownTag } from '../src/protocol/review.ts';
import { statusText } from './card.ts';
import { Combobox } from './combobox.ts';
import { element, icon, outsideText } from './dom.ts';
import { firstKeyOf } from './keyText.ts';
import { LargePicture, type Picture } from './largePicture.ts';
import { typedTag } from './typedTag.ts';
import { count, percent, t } from './texts.ts';
import { badge, button, link } from './toolkit.ts';

export interface DetailParts {
  readonly decide: (decision: 'approved' | 'rejected' | 'skipped') => void;
  readonly edit: (edit: ReviewEdit) => void;
  readonly open: () => void;
  readonly editMany: () => void;
  readonly complete: (what: 'tag' | 'category', text: string) => Promise<readonly Completion[]>;
  /** the keyboard goes back to the images */
  readonly leave: () => void;
}

export interface Shown {
  readonly row: ReviewRow;
  readonly details: ReviewDetails | undefined;
  readonly picture: Picture;
  readonly twinPicture: Picture;
  /** images that the buttons and fields go to */
  readonly selected: number;
}

/** The large view of one image: picture, match, category, tags by category, and what can be done. */
export class Details {
  readonly element = element('section', 'detail-pane');
  private readonly parts: DetailParts;
  private readonly picture = new LargePicture();
  private readonly twin = element('figure', 'twin');
  private readonly twinPicture = new LargePicture();
  private readonly twinName = outsideText('figcaption', '', '');
  private readonly name = outsideText('h2', '', '');
  private readonly folder = outsideText('p', 'folder', '');
  private readonly status = element('p', 'status');
  private readonly many = element('p', 'many');
  private readonly evidence = element('div', 'evidence');
  private readonly actions: readonly (HTMLElement & { disabled: boolean })[];
  private readonly fields = element('div', 'fields');
  private readonly category: Combobox;
  private readonly because = element('p', 'because');
  private readonly asSuggested: HTMLElement;
  private readonly tag: Combobox;
  private readonly tags = element('div', 'tag-groups');
  private shown: Shown | undefined;

  constructor(parts: DetailParts) {
    this.parts = parts;
    this.element.setAttribute('aria-label', t('The selected image'));
    this.element.tabIndex = -1;
    this.actions = [
      button(t('Approve'), 'primary', () => parts.decide('approved'), 'check'),
      button(t('Reject'), 'secondary', () => parts.decide('rejected'), 'close'),
      button(t('Skip'), 'secondary', () => parts.decide('skipped'), 'debug-step-over'),
    ];
    for (const [i, act] of (['approve', 'reject', 'skip'] as const).entries()) {
      const action = this.actions[i];
      if (action) action.title = `${action.textContent} (${firstKeyOf(act)})`;
    }
    this.category = new Combobox({
      label: t('Category'),
      placeholder: t('a folder, such as Anime/Scenery'),
      complete: (text) => parts.complete('category', text),
      choose: (category) => {
        parts.edit({ kind: 'category', category });
        parts.leave();
      },
      leave: parts.leave,
    });
    // what was typed and not taken
    this.category.input.addEventListener('blur', () => this.showCategory());
    this.asSuggested = button(t('As Suggested'), 'secondary', () => parts.edit({ kind: 'category', category: '' }));
    this.tag = new Combobox({
      label: t('Add a tag'),
      placeholder: t('blue eyes, or artist:name'),
      complete: (text) => parts.complete('tag', typedTag(text).name),
      choose: (_, completion) => {
        const typed = typedTag(this.tag.value, completion);
        if (typed.name === '') {
          parts.leave();
          return;
        }
        parts.edit({ kind: 'add', ...typed });
        this.tag.value = '';
      },
      leave: parts.leave,
    });
    const more = element(
      'div',
      'more',
      button(t('Edit Tags…'), 'secondary', parts.editMany, 'edit'),
      button(t('Open'), 'secondary', parts.open, 'go-to-file'),
    );
    this.twin.append(this.twinPicture.element, this.twinName);
    this.fields.append(
      element('div', 'field-row', this.category.element, this.asSuggested),
      this.because,
      this.tag.element,
    );
    this.element.append(
      element('div', 'pictures', element('figure', '', this.picture.element), this.twin),
      this.name,
      this.folder,
      this.evidence,
      this.status,
      this.many,
      element('div', 'actions', ...this.actions, more),
      this.fields,
      this.tags,
    );
  }

  focusTag(): void {
    this.tag.focus();
  }

  focusCategory(): void {
    this.category.focus();
  }

  show(shown: Shown): void {
    const before = this.shown;
    this.shown = shown;
    const { row, details, picture, twinPicture, selected } = shown;
    if (before?.row.id !== row.id) {
      this.element.scrollTop = 0;
      // what was typed for the one before is not for this one
      this.tag.value = '';
      this.category.value = oneLine(row.category);
    }
    this.picture.show(picture, oneLine(row.name));
    this.twin.hidden = !details?.twin;
    if (details?.twin) {
      const name = oneLine(details.twin.name);
      this.twinPicture.show(twinPicture, name);
      this.twinName.textContent = t('looked up for this near copy: {0}', name);
    }
    this.name.textContent = oneLine(row.name);
    this.folder.textContent = oneLine(row.folder);
    this.folder.hidden = row.folder === '';
    const isDecided = row.status !== 'waiting' && row.status !== 'skipped';
    this.status.hidden = row.status === 'waiting';
    this.status.textContent = isDecided
      ? t('Decided: {0}. Undo takes it back.', statusText(row.status))
      : statusText(row.status);
    this.many.hidden = selected < 2;
    this.many.textContent = t('{0} images are selected: what is done here is done to all of them.', count(selected));
    for (const action of this.actions) action.disabled = isDecided && selected < 2;
    this.fields.hidden = isDecided && selected < 2;
    if (before?.row !== row || before.details !== details) this.showFacts(row, details);
  }

  private showCategory(): void {
    if (!this.shown || document.activeElement === this.category.input) return;
    this.category.value = oneLine(this.shown.row.category);
  }

  private showFacts(row: ReviewRow, details: ReviewDetails | undefined): void {
    this.evidence.replaceChildren(...(details ? evidence(row, details) : []));
    this.showCategory();
    const suggested = details && oneLine(details.suggested.category);
    const isChosen = suggested !== undefined && suggested !== oneLine(row.category);
    this.asSuggested.hidden = !isChosen;
    this.because.textContent = !details
      ? ''
      : isChosen
        ? t('You chose it, which is learned from. Suggested: {0} ({1})', suggested, oneLine(details.suggested.because))
        : t('Suggested: {0}', oneLine(details.suggested.because));
    const focused = document.activeElement?.closest<HTMLElement>('[data-tag]')?.dataset['tag'];
    this.tags.replaceChildren(
      ...(details ? TAG_CATEGORIES_SHOWN.flatMap((category) => this.tagGroup(category, row, details)) : []),
    );
    if (focused === undefined) return;
    const again = [...this.tags.querySelectorAll<HTMLElement>('[data-tag]')].find(
      (tag) => tag.dataset['tag'] === focused,
    );
    if (again) again.querySelector('button')?.focus();
    else this.parts.leave();
  }

  private tagGroup(category: TagCategory, row: ReviewRow, details: ReviewDetails): HTMLElement[] {
    const tags = details.tags.filter((tag) => tag.category === category);
    if (tags.length === 0) return [];
    const isOpen = row.status === 'waiting' || row.status === 'skipped';
    const list = element('ul', `tags ${category}`, ...tags.map((tag) => this.tagItem(tag, isOpen)));
    list.setAttribute('aria-label', categoryTitle(category));
    return [element('h3', '', `${categoryTitle(category)} (${count(tags.length)})`), list];
  }

  private tagItem(tag: ShownTag, isOpen: boolean): HTMLElement {
    const name = oneLine(tag.name);
    const item = element('li', tag.removed ? 'removed' : '', outsideText('span', 'tag-name', name));
    item.dataset['tag'] = tag.name;
    const sources = tag.from.map(sourceText).join(', ');
    item.append(element('span', 'source', tag.score === undefined ? sources : `${sources} ${percent(tag.score)}`));
    if (!isOpen) return item;
    const change = element('button', '', icon(tag.removed ? 'discard' : 'close'));
    change.type = 'button';
    change.title = tag.removed ? t('Keep {0} after all', name) : t('Remove {0}', name);
    change.setAttribute('aria-label', change.title);
    change.addEventListener('click', () =>
      this.parts.edit(
        tag.removed ? { kind: 'add', name: tag.name, category: tag.category } : { kind: 'remove', name: tag.name },
      ),
    );
    item.append(change);
    return item;
  }
}

/** In the order in which the boorus show them. */
const TAG_CATEGORIES_SHOWN: readonly TagCategory[] = ['artist', 'copyright', 'character', 'general', 'meta'];

/** The categories as a person knows them. */
export function categoryTitle(category: TagCategory): string {
  switch (category) {
    case 'artist':
      return t('Artist');
    case 'copyright':
      return t('Series');
    case 'character':
      return t('Characters');
    case 'general':
      return t('General');
    case 'meta':
      return t('Meta');
  }
}

function sourceText(source: string): string {
  if (source === 'tagger') return t('tagger');
  return source === 'you' ? t('you') : source.replaceAll('-', ' ');
}

/** What the tags rest on. The post's own picture is not shown: to load it would tell the site of every look. */
function evidence(row: ReviewRow, { match, rating }: ReviewDetails): HTMLElement[] {
  const line = element('p', '');
  const provider = match?.provider.replaceAll('-', ' ') ?? '';
  if (match?.similarity !== undefined) {
    line.append(badge(percent(match.similarity / 100)), ' ', t('like a picture found by {0}', provider));
  } else if (match) {
    line.append(t('told by the {0}; nothing was compared', provider));
  } else {
    line.append(badge(percent(row.evidence)), ' ', t('by the local tagger'));
  }
  if (rating !== undefined) line.append(` · ${t('rated {0}', rating)}`);
  if (!match) return [line];
  const named = [match.artist, match.title].filter((text) => text !== undefined).map(oneLine);
  return [
    line,
    ...(named.length > 0 ? [outsideText('p', 'named', named.join(': '))] : []),
    element('p', 'post', isOnTheWeb(match.url) ? link(match.url) : oneLine(match.url)),
  ];
}

/** Only what leads to a page on the web becomes a link. */
const isOnTheWeb = (url: string): boolean => url.startsWith('https://') && URL.canParse(url);
