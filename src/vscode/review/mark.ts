import type { Decision, Suggestion } from '../../core/model/review.ts';
import { TAG_CATEGORIES, type TagCategory, type TagSet } from '../../core/model/tag.ts';
import { NO_TAGS } from '../../core/model/tag.ts';
import { categoryFolder } from '../../core/rules/categoryFolder.ts';
import type { ReviewEdit, ReviewStatus } from '../../protocol/review.ts';

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
}

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

/** The mark with the decision on it, and the decision as the core takes it. */
export function decided(
  kind: 'approved' | 'rejected',
  mark: Mark,
  suggestion: Suggestion,
): { readonly mark: Mark; readonly decision: Decision } {
  const status = kind === 'approved' && hasOtherTags(mark) ? 'edited' : kind;
  const { category } = mark;
  return {
    mark: { ...mark, status },
    decision: {
      decision: status,
      tags: kind === 'rejected' ? NO_TAGS : tagsOf(suggestion.tags, mark),
      ...(category !== undefined && { category }),
    },
  };
}

/** The mark after an edit whose names are spelt as they are to be kept; the same one when it changes nothing about this image. */
export function edited(mark: Mark, edit: ReviewEdit, suggested: TagSet): Mark {
  switch (edit.kind) {
    case 'add':
      return add(mark, edit.name, edit.category, suggested);
    case 'remove':
      return remove(mark, edit.name, suggested);
    case 'replace': {
      const without = remove(mark, edit.name, suggested);
      return without === mark ? mark : add(without, edit.by, edit.category, suggested);
    }
    case 'category': {
      const { category: before, ...rest } = mark;
      const wanted = edit.category.trim();
      const category = wanted === '' ? undefined : categoryFolder(wanted);
      return category === before ? mark : { ...rest, ...(category !== undefined && { category }) };
    }
  }
}

function add(mark: Mark, name: string, category: TagCategory, suggested: TagSet): Mark {
  if (name === '') return mark;
  const { added = [], removed = [] } = mark;
  if (isIn(suggested, name)) return removed.includes(name) ? withTags(mark, added, without(removed, name)) : mark;
  if (added.some((tag) => tag.name === name && tag.category === category)) return mark;
  return withTags(mark, [...added.filter((tag) => tag.name !== name), { name, category }], removed);
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
