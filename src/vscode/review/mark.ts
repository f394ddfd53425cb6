import type { Decision, Suggestion } from '../../core/model/review.ts';
import { namesOf, NO_TAGS, TAG_CATEGORIES, type TagCategory, type TagSet } from '../../core/model/tag.ts';
import { categoryFolder } from '../../core/rules/categoryFolder.ts';
import type { ReviewEdit, ReviewStatus } from '../../protocol/review.ts';
import type { TagIndex } from './tagIndex.ts';

/** What a person has done to an image in the review: how its tags differ from the suggested ones, its category, its end. */
export interface Mark {
  /** absent: it waits */
  readonly status?: Exclude<ReviewStatus, 'waiting'>;
  readonly added?: readonly AddedTag[];
  /** suggested, and taken away; in the booru's spelling */
  readonly removed?: readonly string[];
  /** chosen by the person */
  readonly category?: string;
}

export interface AddedTag {
  /** in the booru's spelling where it was seen before, else as it was typed */
  readonly name: string;
  readonly category: TagCategory;
  /** another image's, from a booru or a model: not free text */
  readonly named?: true;
}

export const namedIn = (added: readonly AddedTag[]): readonly string[] =>
  added.filter(({ named }) => named).map(({ name }) => name);

export const UNMARKED: Mark = {};

export const isDecided = ({ status }: Mark): boolean => status !== undefined && status !== 'skipped';

export const isEdited = (mark: Mark): boolean => hasOtherTags(mark) || mark.category !== undefined;

const hasOtherTags = ({ added = [], removed = [] }: Mark): boolean => added.length > 0 || removed.length > 0;

/** The suggested tags as the person has changed them. */
export function tagsOf(suggested: TagSet, { added = [], removed = [] }: Mark): TagSet {
  const gone = new Set(removed);
  const tags = (category: TagCategory): readonly string[] => [
    ...suggested[category].filter((name) => !gone.has(name)),
    ...added.filter((tag) => tag.category === category).map(({ name }) => name),
  ];
  return Object.fromEntries(TAG_CATEGORIES.map((category) => [category, tags(category)])) as unknown as TagSet;
}

/**
 * The mark with the decision on it, and the decision as the core takes it.
 * @param early the decision that was made before the search: its tags are among the suggested ones
 */
export function decided(
  kind: 'approved' | 'rejected',
  mark: Mark,
  suggestion: Suggestion,
  early: Decision | undefined,
): { readonly mark: Mark; readonly decision: Decision } {
  const status = kind === 'approved' && hasOtherTags(mark) ? 'edited' : kind;
  const { category } = mark;
  const tags = kind === 'rejected' ? NO_TAGS : tagsOf(suggestion.tags, mark);
  const names = new Set(namesOf(tags));
  const named = [...(early?.named ?? []), ...namedIn(mark.added ?? [])].filter((name) => names.has(name));
  return {
    mark: { ...mark, status },
    decision: {
      decision: status,
      tags,
      ...(named.length > 0 && { named: [...new Set(named)] }),
      ...(category !== undefined && { category }),
    },
  };
}

/**
 * The mark after an edit whose names are spelt as they are to be kept; the same one when it changes nothing about this image.
 * @param index tells of the category of a tag that the image does not have, where the person does not say
 */
export function edited(
  mark: Mark,
  edit: ReviewEdit,
  suggested: TagSet,
  index: Pick<TagIndex, 'categoryOf' | 'isNamed'>,
): Mark {
  const add = (to: Mark, name: string, said: TagCategory | undefined): Mark => {
    const category = said ?? placeOf(name, to, suggested) ?? index.categoryOf(name);
    return withTag(to, { name, category, ...(index.isNamed(name) && { named: true }) }, suggested);
  };
  switch (edit.kind) {
    case 'add':
      return add(mark, edit.name, edit.category);
    case 'remove':
      return remove(mark, edit.name, suggested);
    case 'replace': {
      const without = remove(mark, edit.name, suggested);
      return without === mark ? mark : add(without, edit.by, edit.category);
    }
    case 'category': {
      const { category: before, ...rest } = mark;
      const wanted = edit.category.trim();
      const category = wanted === '' ? undefined : categoryFolder(wanted);
      return category === before ? mark : { ...rest, ...(category !== undefined && { category }) };
    }
  }
}

const placeOf = (name: string, { added = [] }: Mark, suggested: TagSet): TagCategory | undefined =>
  added.find((tag) => tag.name === name)?.category ?? TAG_CATEGORIES.find((c) => suggested[c].includes(name));

/** A tag that is suggested in another category is taken away there: an image has it once. */
function withTag(mark: Mark, tag: AddedTag, suggested: TagSet): Mark {
  const { name, category } = tag;
  if (name === '') return mark;
  const { added = [], removed = [] } = mark;
  const [others, kept] = [added.filter((other) => other.name !== name), without(removed, name)];
  if (suggested[category].includes(name)) {
    const isThere = others.length === added.length && kept.length === removed.length;
    return isThere ? mark : withTags(mark, others, kept);
  }
  if (added.some((other) => other.name === name && other.category === category)) return mark;
  return withTags(mark, [...others, tag], isIn(suggested, name) ? [...kept, name] : removed);
}

function remove(mark: Mark, name: string, suggested: TagSet): Mark {
  const { added = [], removed = [] } = mark;
  const rest = added.filter((tag) => tag.name !== name);
  if (rest.length < added.length) return withTags(mark, rest, removed);
  return isIn(suggested, name) && !removed.includes(name) ? withTags(mark, added, [...removed, name]) : mark;
}

const isIn = (tags: TagSet, name: string): boolean => TAG_CATEGORIES.some((category) => tags[category].includes(name));

const without = (names: readonly string[], name: string): readonly string[] => names.filter((n) => n !== name);

/** Empty lists are left out, so that a mark which changes nothing is `UNMARKED` again. */
function withTags(mark: Mark, added: readonly AddedTag[], removed: readonly string[]): Mark {
  const { added: _, removed: __, ...rest } = mark;
  return { ...rest, ...(added.length > 0 && { added }), ...(removed.length > 0 && { removed }) };
}
