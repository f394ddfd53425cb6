import type { ImageId } from '../src/core/model/ids.ts';
import type { ReviewRow } from '../src/protocol/review.ts';

export const SHOWN = ['waiting', 'skipped', 'decided', 'all'] as const;
export const SORT_KEYS = ['found', 'similarity', 'confidence', 'category', 'status', 'name'] as const;

/** Which images are shown, and in which order. */
export interface Arrangement {
  readonly shown: (typeof SHOWN)[number];
  /** a category, with those below it; empty: all */
  readonly category: string;
  /** with this in name, folder or tags; empty: all */
  readonly text: string;
  readonly sort: (typeof SORT_KEYS)[number];
  readonly descending: boolean;
}

export const AS_FOUND: Arrangement = { shown: 'waiting', category: '', text: '', sort: 'found', descending: false };

/** @param found those with the text, by the host; undefined while it is being looked for, or when there is none */
export function arrange(
  rows: Iterable<ReviewRow>,
  { shown, category, sort, descending }: Arrangement,
  found: ReadonlySet<ImageId> | undefined,
): ImageId[] {
  const kept: ReviewRow[] = [];
  for (const row of rows) {
    if (isShown(row, shown) && isIn(row.category, category) && (found?.has(row.id) ?? true)) kept.push(row);
  }
  if (sort !== 'found') kept.sort(COMPARE[sort]);
  if (descending) kept.reverse();
  return kept.map(({ id }) => id);
}

function isShown({ status }: ReviewRow, shown: Arrangement['shown']): boolean {
  switch (shown) {
    case 'all':
      return true;
    case 'waiting':
    case 'skipped':
      return status === shown;
    case 'decided':
      return status !== 'waiting' && status !== 'skipped';
  }
}

export const isIn = (category: string, wanted: string): boolean =>
  wanted === '' || category === wanted || category.startsWith(`${wanted}/`);

const STATUS_ORDER: Readonly<Record<ReviewRow['status'], number>> = {
  waiting: 0,
  skipped: 1,
  approved: 2,
  edited: 3,
  rejected: 4,
};

/** What has no number comes before what has one: it needs a look most. The order of finding stays among equals. */
const COMPARE: Readonly<Record<Exclude<Arrangement['sort'], 'found'>, (a: ReviewRow, b: ReviewRow) => number>> = {
  similarity: (a, b) => (a.similarity ?? -1) - (b.similarity ?? -1),
  confidence: (a, b) => (a.confidence ?? -1) - (b.confidence ?? -1),
  category: (a, b) => compareText(a.category, b.category),
  status: (a, b) => STATUS_ORDER[a.status] - STATUS_ORDER[b.status],
  name: (a, b) => compareText(a.name, b.name),
};

const collator = new Intl.Collator(undefined, { numeric: true });
const compareText = (a: string, b: string): number => collator.compare(a, b);

/** Images among these on which a threshold decides. @param threshold 0 to 1 */
export function above(rows: Iterable<ReviewRow>, threshold: number): ImageId[] {
  const ids: ImageId[] = [];
  // 0.8 typed as 80 % must take what the search calls 80 %
  for (const { id, evidence } of rows) if (evidence >= threshold - 1e-9) ids.push(id);
  return ids;
}
