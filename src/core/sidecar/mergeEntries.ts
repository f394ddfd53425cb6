import { cleanText } from './cleanText.ts';
import { textHash } from './textHash.ts';

/** A list that we share with others, after the merge. */
export interface MergedEntries {
  /** undefined where nothing is left */
  readonly entries: readonly string[] | undefined;
  /** of those that are ours, or were until somebody deleted them */
  readonly hashes: readonly string[];
}

/**
 * Ours are added at the end of what stands. Of ours, by `hashes`: one that is gone was deleted by somebody and stays away; one
 * that nobody offers any more goes, where `withdrawn` says that this means something.
 */
export function mergeEntries(
  standing: readonly string[] | undefined,
  offered: readonly string[],
  hashes: readonly string[] | undefined,
  withdrawn: boolean,
): MergedEntries {
  const ours = new Set(hashes);
  const offers = [...new Set(offered.map(cleanText))].filter(Boolean);
  const kept = (standing ?? []).filter((entry) => {
    const goes = withdrawn && ours.has(textHash(entry)) && !offers.includes(entry);
    if (goes) ours.delete(textHash(entry));
    return !goes;
  });
  const seen = new Set(kept.map(cleanText));
  const added = offers.filter((entry) => !seen.has(entry) && !ours.has(textHash(entry)));
  for (const entry of added) ours.add(textHash(entry));
  const entries = [...kept, ...added];
  return { entries: entries.length > 0 ? entries : undefined, hashes: [...ours].sort() };
}
