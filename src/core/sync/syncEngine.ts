import type { ImageError } from '../model/failure.ts';

/** Of a file: bytes, and the time of its last change in milliseconds since 1970. */
export interface FileFacts {
  readonly size: number;
  readonly mtimeMs: number;
}

/** What stands at a place on the NAS; what is not there has no entry. */
export type There =
  | ({ readonly kind: 'file' } & FileFacts)
  /** a folder, a link, a device */
  | { readonly kind: 'other' }
  /** the NAS is there and does not say what is at this place, if anything: a locked folder, a damaged disk */
  | { readonly kind: 'unseen'; readonly why: string };

/** One file on its way to the NAS. */
export interface Cargo extends FileFacts {
  /** where it goes: relative to the NAS folder, with `/` */
  readonly place: string;
  /** absolute path of the file here */
  readonly source: string;
  /** what stands there now and is replaced; undefined: nothing may be there */
  readonly replaces: FileFacts | undefined;
  /** a part of exactly this file may lie there from a run that was cut off, and may be gone on with */
  readonly resume: boolean;
}

/** How one file's journey ended. `facts` are those that the NAS gives for it. */
export type Delivery =
  { readonly kind: 'arrived'; readonly facts: FileFacts } | { readonly kind: 'failed'; readonly error: ImageError };

/** By place. */
export type Deliveries = ReadonlyMap<string, Delivery>;

/** What an engine tells while it copies. */
export interface Hooks {
  readonly signal: AbortSignal;
  /** bytes that were copied since the last call; may run ahead of what is verified */
  readonly onBytes?: (bytes: number) => void;
}

/**
 * What brings files to a NAS, and looks after them there. What is copied, replaced or removed is decided by its caller; the
 * engine keeps the promises on the way: a temporary name, then the final one; nothing half-visible; the source's time; a check
 * of what arrived; nothing replaced but what was announced.
 *
 * Every method throws NasUnreachable when the other side is gone, and the signal's reason when it is told to stop. All may be
 * repeated. Places are relative to the NAS folder, with `/`.
 */
export interface SyncEngine {
  /** false where the other side has times of its own (WebDAV): then times tell nothing about whether two files are equal */
  readonly keepsTimes: boolean;
  /** How people find a place: a path, an address. */
  nameOf(place: string): string;
  /** What stands at these places; those where nothing is have no entry. */
  look(places: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, There>>;
  /** Those of these files that have the same bytes on both sides. Reads both sides; what can't be read is none of them. */
  same(files: readonly Pick<Cargo, 'place' | 'source'>[], signal: AbortSignal): Promise<ReadonlySet<string>>;
  /** Brings files, in no particular order. Every one has an entry in the answer. */
  bring(cargo: readonly Cargo[], hooks: Hooks): Promise<Deliveries>;
  /** Moves files into a folder of the NAS, where they keep their places. Answers those that stayed, with why. */
  putAway(places: readonly string[], folder: string, signal: AbortSignal): Promise<ReadonlyMap<string, ImageError>>;
  /** Names of the folders in a folder; none when it is not there. */
  foldersIn(folder: string, signal: AbortSignal): Promise<readonly string[]>;
  /** Removes a folder and all that is in it. */
  removeFolder(folder: string, signal: AbortSignal): Promise<void>;
  /** Bytes that still fit, undefined where the other side does not say. */
  freeBytes(signal: AbortSignal): Promise<number | undefined>;
  /**
   * Whether the NAS folder is there but has nothing in it, as the mount point of what is not mounted. What is ours does not count: a
   * sync from which the NAS was pulled out may have left it there.
   */
  isEmpty(signal: AbortSignal): Promise<boolean>;
  /** Removes what runs that were cut off left of copies. */
  clean(signal: AbortSignal): Promise<void>;
  /** Ends the processes behind it. */
  close(): Promise<void>;
}

/** The other side is not there: unmounted, asleep, full of errors, or its program is missing. Worth another try later. */
export class NasUnreachable extends Error {
  override readonly name = 'NasUnreachable';
}
