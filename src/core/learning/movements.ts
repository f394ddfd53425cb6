import { dirname, relative, sep } from 'node:path';
import type { ContentHash } from '../model/ids.ts';
import { isInside } from '../settings/folders.ts';
import { renamed, type CorrectionSource } from './correction.ts';

/** An image that was in one place and is in another. Paths are absolute. */
export interface Movement {
  readonly image: ContentHash;
  readonly from: string;
  readonly to: string;
  /** milliseconds since 1970 */
  readonly at: number;
  readonly by: CorrectionSource;
}

/** What the user meant by moving files about. */
export interface Meaning {
  /** category folders with a new name: no correction */
  readonly renames: readonly { readonly from: string; readonly to: string }[];
  /** in the order of their time, the last one of each image */
  readonly corrections: readonly (Movement & { readonly category: string; readonly before: string })[];
}

export interface MovementFacts {
  /** absolute path of the sorted folder */
  readonly sorted: string;
  /** whether a category's folder is there now */
  readonly hasFolder: (category: string) => boolean;
  /** whether it was there before */
  readonly hadFolder: (category: string) => boolean;
}

/** The category of a file by its place: the folder below the sorted folder; undefined elsewhere and in the sorted folder itself. */
export function categoryAt(path: string, sorted: string): string | undefined {
  const folder = dirname(path);
  if (!isInside(folder, sorted)) return undefined;
  const way = relative(sorted, folder);
  return way === '' ? undefined : way.split(sep).join('/').normalize('NFC');
}

/**
 * Tells corrections from what only looks like it. What goes out of the sorted folder or comes into it is none: so are a run and
 * its undo. Where all images of a category folder went to one that is new, and the folder is gone, it was renamed.
 */
export function meaningOf(movements: readonly Movement[], facts: MovementFacts): Meaning {
  const { sorted } = facts;
  const between = lastOfEach(movements).flatMap((movement) => {
    const before = categoryAt(movement.from, sorted);
    const category = categoryAt(movement.to, sorted);
    return before === undefined || category === undefined || before === category
      ? []
      : [{ ...movement, before, category }];
  });
  const renames = renamesAmong(between, facts);
  const explained = ({ before, category }: { before: string; category: string }): boolean =>
    renames.some(({ from, to }) => renamed(before, from, to) === category);
  return { renames, corrections: between.filter((movement) => !explained(movement)) };
}

/** From where an image first was to where it last is: on the way there it was nowhere. */
function lastOfEach(movements: readonly Movement[]): readonly Movement[] {
  const byImage = new Map<ContentHash, Movement>();
  for (const movement of [...movements].sort((a, b) => a.at - b.at)) {
    const first = byImage.get(movement.image);
    byImage.set(movement.image, first ? { ...movement, from: first.from } : movement);
  }
  return [...byImage.values()].sort((a, b) => a.at - b.at);
}

/** The outermost folders that explain: `Anime` -> `Manga` rather than each folder below it. */
function renamesAmong(
  movements: readonly { readonly before: string; readonly category: string }[],
  { hasFolder, hadFolder }: MovementFacts,
): { from: string; to: string }[] {
  const found: { from: string; to: string }[] = [];
  const candidates = new Map<string, { from: string; to: string }>();
  for (const { before, category } of movements) {
    for (const pair of ancestorPairs(before, category)) candidates.set(JSON.stringify(pair), pair);
  }
  for (const pair of [...candidates.values()].sort((a, b) => a.from.length - b.from.length)) {
    if (found.some(({ from }) => renamed(pair.from, from, '') !== undefined)) continue;
    const concerned = movements.filter(({ before }) => renamed(before, pair.from, '') !== undefined);
    const allWentThere = concerned.every(({ before, category }) => renamed(before, pair.from, pair.to) === category);
    const isNew = hasFolder(pair.to) && !hadFolder(pair.to);
    if (allWentThere && isNew && !hasFolder(pair.from)) found.push(pair);
  }
  return found;
}

/** `Anime/Cats` -> `Manga/Cats`: itself, and `Anime` -> `Manga`, since what stands behind is the same. */
function ancestorPairs(before: string, category: string): { from: string; to: string }[] {
  const [a, b] = [before.split('/'), category.split('/')];
  const pairs = [{ from: before, to: category }];
  while (a.length > 1 && b.length > 1 && a.at(-1) === b.at(-1)) {
    a.pop();
    b.pop();
    pairs.push({ from: a.join('/'), to: b.join('/') });
  }
  return pairs;
}
