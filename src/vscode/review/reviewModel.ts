import { resultOf, type ImageState } from '../../core/model/imageState.ts';
import type { ImageId } from '../../core/model/ids.ts';
import type { Decision } from '../../core/model/review.ts';
import { NO_TAGS, TAG_CATEGORIES } from '../../core/model/tag.ts';
import { namedFor, suggestionOf } from '../../core/stages/suggestion.ts';
import type { Completion, ReviewDetails, ReviewEdit, ReviewRow } from '../../protocol/review.ts';
import { History, type Change } from './history.ts';
import { detailsOf, rowOf, type Reviewed, type Surroundings } from './imageView.ts';
import { decided, edited, isDecided, namedIn, tagsOf, UNMARKED, type Mark } from './mark.ts';
import { booruSpelling, completeCategory, TagIndex } from './tagIndex.ts';

/** What of the review outlives the window: what was done to images on which nobody has decided yet, and what can be undone. */
export interface ReviewMemory {
  readonly marks: readonly (readonly [ImageId, Mark])[];
  readonly done: readonly Change[];
  readonly undone: readonly Change[];
}

/** What a change asks of the core. */
export interface Order {
  readonly change: Change;
  /** to be carried out at once */
  readonly decisions: ReadonlyMap<ImageId, Decision>;
  /** decided on before, and to wait again */
  readonly takenBack: readonly ImageId[];
}

/**
 * The state of the review: the images that wait, what the person did to them, and what can be undone. Every panel shows this
 * one, so no two disagree. It knows neither VS Code nor the core's ports: who uses it carries out its orders.
 */
export class ReviewModel {
  private readonly images = new Map<ImageId, Reviewed>();
  private readonly marks = new Map<ImageId, Mark>();
  /** what becomes of the marks of those whose decision is being taken back, once it is */
  private readonly takenBack = new Map<ImageId, Mark>();
  private readonly byPath = new Map<string, ImageId>();
  /** the category that was last told, by image */
  private readonly told = new Map<ImageId, string>();
  /** made when somebody types the first tag: with many thousand images it takes its time */
  private tags: TagIndex | undefined;
  private history = new History();
  private surroundings: Surroundings;
  private categories: readonly string[] = [];

  constructor(surroundings: Surroundings) {
    this.surroundings = surroundings;
  }

  /** Forgets all images but not what was done, and takes these, which wait. */
  load(states: Iterable<ImageState>, surroundings: Surroundings): void {
    this.surroundings = surroundings;
    this.images.clear();
    this.byPath.clear();
    this.told.clear();
    this.tags = undefined;
    for (const state of states) this.add(state);
    // it waits: whatever was decided came to nothing
    for (const [id, mark] of [...this.marks, ...this.takenBack]) {
      if (!this.images.has(id)) this.marks.delete(id);
      else {
        this.set(id, undecided(mark));
        this.takenBack.delete(id);
      }
    }
  }

  /** Those that the user has: of the rules, and the folders that are there. */
  takeCategories(categories: readonly string[]): void {
    this.categories = categories;
  }

  remember(memory: ReviewMemory): void {
    for (const [id, mark] of memory.marks) this.marks.set(id, mark);
    this.history = new History(memory.done, memory.undone);
  }

  get memory(): ReviewMemory {
    const marks = [...this.marks, ...this.takenBack].filter(([, mark]) => !isDecided(mark));
    return { marks, ...this.history.state };
  }

  get ids(): readonly ImageId[] {
    return [...this.images.keys()];
  }

  get size(): number {
    return this.images.size;
  }

  get toUndo(): Change | undefined {
    return this.history.toUndo;
  }

  get toRedo(): Change | undefined {
    return this.history.toRedo;
  }

  has(id: ImageId): boolean {
    return this.images.has(id);
  }

  state(id: ImageId): ImageState | undefined {
    return this.images.get(id)?.state;
  }

  isDecided(id: ImageId): boolean {
    return isDecided(this.mark(id));
  }

  idOf(path: string): ImageId | undefined {
    return this.byPath.get(path);
  }

  /** An image waits; or it goes on, and more is known of it. @returns whether it has anything to review */
  add(state: ImageState): boolean {
    const suggestion = suggestionOf(state, this.surroundings.maxGeneralTags);
    if (!suggestion) return false;
    if (!this.images.has(state.image.id)) this.tags?.add(suggestion.tags, namedFor(state));
    this.images.set(state.image.id, { state, suggestion });
    this.byPath.set(state.image.path, state.image.id);
    return true;
  }

  /** It waits again: an undo in the core, or a decision that came to nothing. */
  reopen(id: ImageId): void {
    this.set(id, this.takenBack.get(id) ?? undecided(this.mark(id)));
    this.takenBack.delete(id);
  }

  /** Somebody else has decided on it. */
  remove(id: ImageId): boolean {
    const path = this.images.get(id)?.state.image.path;
    if (path !== undefined) this.byPath.delete(path);
    this.marks.delete(id);
    this.told.delete(id);
    return this.images.delete(id);
  }

  row(id: ImageId): ReviewRow | undefined {
    const image = this.images.get(id);
    if (!image) return undefined;
    const row = rowOf(image, this.mark(id), this.surroundings);
    this.told.set(id, row.category);
    return row;
  }

  /** The rows of those that would go elsewhere than was told. */
  suggestAnew(ids: readonly ImageId[]): readonly ReviewRow[] {
    return ids.flatMap((id) => {
      const before = this.told.get(id);
      // what was not told yet will be told as it is then
      if (before === undefined) return [];
      const row = this.row(id);
      return row && before !== row.category ? row : [];
    });
  }

  details(id: ImageId): ReviewDetails | undefined {
    const image = this.images.get(id);
    if (!image) return undefined;
    const copyOf = resultOf(image.state, 'search')?.copyOf;
    const twin = copyOf === undefined ? undefined : this.byPath.get(copyOf);
    return detailsOf(image, this.mark(id), this.surroundings, twin && this.state(twin)?.image);
  }

  complete(what: 'tag' | 'category', text: string): readonly Completion[] {
    return what === 'tag' ? this.tagIndex().complete(text) : completeCategory(this.knownCategories(), text);
  }

  /** The images with the text in their name, folder or tags. */
  find(text: string): readonly ImageId[] {
    const part = text.trim().toLowerCase();
    const spelt = booruSpelling(part);
    const isIn = ({ state, suggestion }: Reviewed): boolean => {
      if (state.image.path.toLowerCase().includes(part)) return true;
      const tags = tagsOf(suggestion.tags, this.mark(state.image.id));
      return TAG_CATEGORIES.some((category) => tags[category].some((name) => booruSpelling(name).includes(spelt)));
    };
    return [...this.images].filter(([, image]) => isIn(image)).map(([id]) => id);
  }

  /** Puts images off. Those on which somebody has decided are left alone, here and below. */
  skip(ids: readonly ImageId[]): Change | undefined {
    const skip = (mark: Mark): Mark => (mark.status === 'skipped' ? mark : { ...mark, status: 'skipped' });
    return this.change({ kind: 'skipped' }, ids, skip);
  }

  edit(ids: readonly ImageId[], edit: ReviewEdit): Change | undefined {
    const spelt = this.spelt(edit);
    const index = this.tagIndex();
    if (spelt.kind === 'add') index.addOne(spelt.name, spelt.category ?? index.categoryOf(spelt.name));
    if (spelt.kind === 'replace') index.addOne(spelt.by, spelt.category ?? index.categoryOf(spelt.by));
    return this.change(spelt, ids, (mark, { suggestion }) => edited(mark, spelt, suggestion.tags, index));
  }

  private spelt(edit: ReviewEdit): ReviewEdit {
    switch (edit.kind) {
      case 'add':
      case 'remove':
        return { ...edit, name: this.tagIndex().spelling(edit.name) };
      case 'replace':
        return { ...edit, name: this.tagIndex().spelling(edit.name), by: this.tagIndex().spelling(edit.by) };
      case 'category':
        return edit;
    }
  }

  decide(ids: readonly ImageId[], kind: 'approved' | 'rejected'): Order | undefined {
    const decisions = new Map<ImageId, Decision>();
    const change = this.change({ kind }, ids, (mark, { state, suggestion }) => {
      const { mark: after, decision } = decided(kind, mark, suggestion, state.decision);
      decisions.set(state.image.id, decision);
      return after;
    });
    return change && { change, decisions, takenBack: [] };
  }

  /** Takes the last change back. What was decided on waits again only when the core has taken it back: `reopen`. */
  undo(): Order | undefined {
    const change = this.history.undo();
    return change && this.turn(change, 'before');
  }

  redo(): Order | undefined {
    const change = this.history.redo();
    return change && this.turn(change, 'after');
  }

  /** What was done (or undone) last to these did not come about. */
  strike(ids: Iterable<ImageId>, from: 'done' | 'undone'): void {
    const struck = [...ids];
    this.history.strike(struck, from);
    if (from === 'undone') for (const id of struck) this.takenBack.delete(id);
  }

  private turn(change: Change, to: 'before' | 'after'): Order {
    const decisions = new Map<ImageId, Decision>();
    const takenBack: ImageId[] = [];
    for (const mark of change.marks) {
      const { id } = mark;
      const [now, wanted] = to === 'before' ? [mark.after, mark.before] : [mark.before, mark.after];
      if (isDecided(now) && !isDecided(wanted)) {
        this.takenBack.set(id, wanted);
        takenBack.push(id);
        continue;
      }
      const image = this.images.get(id);
      if (!image) continue;
      // as it was decided on until it waits again
      if (this.takenBack.has(id)) this.takenBack.set(id, wanted);
      // decided on elsewhere meanwhile
      else if (this.isDecided(id)) continue;
      else this.set(id, wanted);
      if (!isDecided(wanted)) continue;
      const kind = wanted.status === 'rejected' ? 'rejected' : 'approved';
      decisions.set(id, decided(kind, wanted, image.suggestion, image.state.decision).decision);
    }
    return { change, decisions, takenBack };
  }

  private change(
    what: Change['what'],
    ids: readonly ImageId[],
    make: (mark: Mark, image: Reviewed) => Mark,
  ): Change | undefined {
    const marks: Change['marks'][number][] = [];
    for (const id of ids) {
      const image = this.images.get(id);
      const before = this.mark(id);
      if (!image || isDecided(before)) continue;
      const after = make(before, image);
      if (after === before) continue;
      this.set(id, after);
      marks.push({ id, before, after });
    }
    if (marks.length === 0) return undefined;
    const change = { what, marks };
    this.history.add(change);
    return change;
  }

  private mark(id: ImageId): Mark {
    return this.marks.get(id) ?? UNMARKED;
  }

  private set(id: ImageId, mark: Mark): void {
    if (Object.keys(mark).length === 0) this.marks.delete(id);
    else this.marks.set(id, mark);
  }

  private tagIndex(): TagIndex {
    if (this.tags) return this.tags;
    this.tags = new TagIndex();
    for (const { state, suggestion } of this.images.values()) this.tags.add(suggestion.tags, namedFor(state));
    for (const { added = [] } of this.marks.values()) {
      this.tags.add(NO_TAGS, namedIn(added));
      for (const { name, category } of added) this.tags.addOne(name, category);
    }
    return this.tags;
  }

  /** Those that the user has and those that were chosen here, each with how many images of the review go there by choice. */
  private knownCategories(): ReadonlyMap<string, number> {
    const known = new Map(this.categories.map((category) => [category, 0]));
    for (const { category } of this.marks.values()) {
      if (category !== undefined) known.set(category, (known.get(category) ?? 0) + 1);
    }
    return known;
  }
}

function undecided({ status, ...mark }: Mark): Mark {
  return status === 'skipped' ? { ...mark, status } : mark;
}
