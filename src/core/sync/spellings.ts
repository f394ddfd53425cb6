import { foldPlace } from './places.ts';

/**
 * Places, and which of them a NAS may take for one: SMB shares and most disks of Windows and macOS do not tell `A.png` from
 * `a.png`. Of such a place nothing is believed but what the bytes say.
 */
export class Spellings {
  /** by what is the same in all: the first spelling, and whether there are others */
  private readonly known = new Map<string, { readonly first: string; more: boolean }>();
  /** not in `known` yet: where nothing has changed nobody asks, and to fold all costs as much as to look at them */
  private added: (readonly string[])[] = [];

  add(places: readonly string[]): void {
    this.added.push(places);
  }

  /** Whether another place here may be the same one on the NAS. */
  isShared(place: string): boolean {
    for (const places of this.added.splice(0)) this.fold(places);
    const one = this.known.get(foldPlace(place));
    return one !== undefined && (one.more || one.first !== place);
  }

  private fold(places: readonly string[]): void {
    for (const place of places) {
      const fold = foldPlace(place);
      const one = this.known.get(fold);
      if (!one) this.known.set(fold, { first: place, more: false });
      else if (one.first !== place) one.more = true;
    }
  }
}

/**
 * Items in groups, in each of which no two places may be one on the NAS: what goes there together is built side by side, and would
 * be mixed up. Nearly always it is one group.
 */
export function apart<T>(items: readonly T[], placesOf: (item: T) => readonly string[]): readonly (readonly T[])[] {
  const taken = new Map<string, number>();
  const groups: T[][] = [];
  for (const item of items) {
    const folds = placesOf(item).map(foldPlace);
    const at = Math.max(0, ...folds.map((fold) => taken.get(fold) ?? 0));
    for (const fold of folds) taken.set(fold, at + 1);
    (groups[at] ??= []).push(item);
  }
  return groups;
}
