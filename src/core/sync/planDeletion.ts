import { isSame } from './decideTransfer.ts';
import { foldPlace } from './places.ts';
import type { There } from './syncEngine.ts';
import type { SyncRecord } from './syncRecords.ts';

/** More than this part of what we put on the NAS is never removed at once: it looks like a folder that was emptied by accident. */
const MOST = 0.2;

export interface DeletionQuestion {
  /** all that we remember of this NAS folder */
  readonly records: Iterable<SyncRecord>;
  /** places of all files that are here */
  readonly here: ReadonlySet<string>;
  /** folders and files here that could not be looked at */
  readonly problems: number;
  /** what stands on the NAS at the places that are gone here; asked for with `goneHere` */
  readonly there: ReadonlyMap<string, There>;
}

/** What is shown before anything is removed. */
export interface DeletionPlan {
  /** to be moved into the trash, sorted */
  readonly places: readonly string[];
  readonly bytes: number;
  /** gone here, but changed on the NAS since: they stay, and are no longer ours */
  readonly kept: readonly string[];
  /** gone on both sides: nothing to do but to forget them */
  readonly vanished: readonly string[];
}

export type DeletionDecision =
  | { readonly kind: 'planned'; readonly plan: DeletionPlan }
  /** something looks wrong: nothing is removed */
  | { readonly kind: 'refused'; readonly why: string };

/** Places that we put on the NAS and that are gone here. One that is here in other letters is not gone. */
export function goneHere(records: Iterable<SyncRecord>, here: ReadonlySet<string>): readonly string[] {
  const folded = new Set([...here].map(foldPlace));
  return [...records]
    .filter((record) => record.ours && record.state === 'held' && !folded.has(foldPlace(record.place)))
    .map((record) => record.place)
    .sort();
}

/** What of the NAS is to be removed because it was removed here: only what we put there, and as we left it. */
export function planDeletion({ records, here, problems, there }: DeletionQuestion): DeletionDecision {
  const ours = [...records].filter((record) => record.ours && record.state === 'held');
  const byPlace = new Map(ours.map((record) => [record.place, record]));
  const gone = goneHere(ours, here);
  const [places, kept, vanished]: [string[], string[], string[]] = [[], [], []];
  let bytes = 0;
  for (const place of gone) {
    const found = there.get(place);
    const left = byPlace.get(place)?.there;
    if (!found) vanished.push(place);
    // the next plan may see it
    else if (found.kind === 'unseen') continue;
    else if (found.kind === 'file' && left && isSame(found, left)) {
      places.push(place);
      bytes += found.size;
    } else kept.push(place);
  }
  if (places.length > 0) {
    if (here.size === 0) return refused('the sorted folder is empty: is it mounted, and the right one?');
    if (problems > 0) return refused(`${problems} of the files and folders here could not be looked at`);
    if (places.length > MOST * ours.length) {
      return refused(
        `${places.length} of the ${ours.length} files that were put on the NAS would go, more than ${MOST * 100} % of them`,
      );
    }
  }
  return { kind: 'planned', plan: { places, bytes, kept, vanished } };
}

const refused = (why: string): DeletionDecision => ({ kind: 'refused', why });
