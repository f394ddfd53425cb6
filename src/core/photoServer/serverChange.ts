import type { Cargo } from '../sync/syncEngine.ts';
import { imageOfSidecar, isSidecar } from '../model/image.ts';

/**
 * What the photo server has to hear of a picture on the NAS.
 *
 * - `image`: it is new, changed or gone, which a scan of the library finds, the sidecar with it.
 * - `sidecar-changed`: only its sidecar changed. A scan looks at the time of the image alone, and passes over it.
 * - `sidecar-new`: only a sidecar was put beside it, of which the server does not know yet.
 */
export type ChangeKind = 'image' | 'sidecar-changed' | 'sidecar-new';

export interface ServerChange {
  /** of the image, relative to the NAS folder, with `/` */
  readonly place: string;
  readonly kind: ChangeKind;
}

/** Hears of every change on the NAS. @throws FatalError when the working folder can't be written */
export interface ChangeNotes {
  /** Before it is written down that the files have arrived: after a kill in between they are found to have, and told again. */
  add(changes: readonly ServerChange[]): Promise<void>;
}

/**
 * What was put on the NAS and the photo server was not told of, through kills and through days on which it is away.
 * @throws FatalError when the working folder can't be written
 */
export interface ServerChanges extends ChangeNotes {
  /** one of each place */
  all(): Promise<readonly ServerChange[]>;
  clear(): Promise<void>;
}

/** Of a file that arrived. @param beforeItsImage it is a sidecar whose image comes after it, and tells of both */
export function changeOf(
  { place, replaces }: Pick<Cargo, 'place' | 'replaces'>,
  beforeItsImage: boolean,
): ServerChange | undefined {
  if (!isSidecar(place)) return { place, kind: 'image' };
  if (beforeItsImage) return undefined;
  return { place: imageOfSidecar(place), kind: replaces ? 'sidecar-changed' : 'sidecar-new' };
}

/** Of files that were removed from the NAS. */
export function removalsOf(places: readonly string[]): readonly ServerChange[] {
  const images = places.map(imageOfSidecar);
  return [...new Set(images)].map((place) => ({ place, kind: 'image' }));
}

const WEIGHT: Readonly<Record<ChangeKind, number>> = { image: 0, 'sidecar-changed': 1, 'sidecar-new': 2 };

/** What two changes of a place come to: whatever has to be asked for either. */
export const heavier = (a: ChangeKind, b: ChangeKind): ChangeKind => (WEIGHT[b] > WEIGHT[a] ? b : a);
