import type { FileFacts, There } from './syncEngine.ts';
import type { SyncRecord } from './syncRecords.ts';

/** FAT and some SMB servers keep times to two seconds, rsync's listing and SFTP to one. */
const SAME_TIME_MS = 2000;

export type TransferDecision =
  /** nothing is there */
  | { readonly kind: 'copy' }
  /** what is there is ours, or was equal, and is behind */
  | { readonly kind: 'update'; readonly replaces: FileFacts }
  | { readonly kind: 'unchanged'; readonly there: FileFacts }
  /** only the bytes can tell: equal, it is unchanged; else `otherwise` */
  | { readonly kind: 'compare'; readonly there: FileFacts; readonly otherwise: 'update' | 'conflict' }
  /** it was changed on the NAS, or is somebody else's, or can't be looked at: never overwritten */
  | { readonly kind: 'conflict'; readonly why: string; readonly isUnseen?: true };

export interface TransferQuestion {
  readonly here: FileFacts;
  readonly there: There | undefined;
  readonly record: SyncRecord | undefined;
  /** whether the NAS keeps the times that it is given */
  readonly keepsTimes: boolean;
  /** what stands there may be another file from here, whose name the NAS does not tell from this one's */
  readonly isShared: () => boolean;
}

/** What becomes of one file, by what is here, what is there, and what we remember of having put there. */
export function decideTransfer({ here, there, record, keepsTimes, isShared }: TransferQuestion): TransferDecision {
  if (!there) return { kind: 'copy' };
  if (there.kind === 'unseen') return { kind: 'conflict', why: there.why, isUnseen: true };
  if (there.kind === 'other') return conflict('what stands there is no regular file');
  const isCopyOf = (facts: FileFacts): boolean =>
    there.size === facts.size && (!keepsTimes || isSameTime(there.mtimeMs, facts.mtimeMs));
  // times of its own are the same whenever they are asked for
  const isAsLeft = (left: FileFacts): boolean =>
    keepsTimes ? isSame(there, left) : there.size === left.size && there.mtimeMs === left.mtimeMs;
  if (record?.state === 'held' && record.there && isAsLeft(record.there)) {
    return isUntouched(here, record.here) ? { kind: 'unchanged', there } : { kind: 'update', replaces: there };
  }
  if (record?.state === 'intended') {
    if (record.there && isAsLeft(record.there)) return { kind: 'update', replaces: there };
    if (isCopyOf(record.here) && !isShared()) {
      // named, and killed before it could be written down; or it came out damaged. Where times tell nothing, it may also be
      // somebody else's file of the same size
      if (!isUntouched(here, record.here))
        return keepsTimes ? { kind: 'update', replaces: there } : conflict(CHANGED_THERE);
      return { kind: 'compare', there, otherwise: keepsTimes ? 'update' : 'conflict' };
    }
  }
  // where times tell nothing, any scan of the same format may have the same size: only the bytes show that it is not somebody else's
  if (keepsTimes && isCopyOf(here) && !isShared()) return { kind: 'unchanged', there };
  // a file system that lost its power before the bytes were written: nobody edits a picture down to nothing
  if (record && there.size === 0 && here.size > 0) return { kind: 'update', replaces: there };
  if (there.size === here.size) return { kind: 'compare', there, otherwise: 'conflict' };
  if (isShared()) return conflict(OTHER_SPELLING);
  return conflict(record ? CHANGED_THERE : 'another file of that name is on the NAS');
}

/** Why a file is left alone whose name the NAS may not tell from another's. */
export const OTHER_SPELLING =
  'another file of that name is on the NAS, perhaps one from here whose name differs only by case or accents';

const CHANGED_THERE = 'it was changed on the NAS since the last sync';

/** Why a file is left alone whose bytes were not found to be equal. */
export const DIFFERENT_BYTES = 'what is on the NAS has the same size, and other bytes (or bytes that can’t be read)';

/** Whether these are the facts of a file that nobody touched in between, with what a NAS may make of its time. */
export function isSame(a: FileFacts, b: FileFacts): boolean {
  return a.size === b.size && isSameTime(a.mtimeMs, b.mtimeMs);
}

/**
 * The same of a file here, whose time is what it was: a sidecar is easily written twice within two seconds. A disk or a backup that
 * keeps whole seconds has cut the rest off.
 */
export function isUntouched(now: FileFacts, then: FileFacts): boolean {
  const isCut = now.mtimeMs === Math.floor(then.mtimeMs / 1000) * 1000;
  return now.size === then.size && (now.mtimeMs === then.mtimeMs || isCut);
}

const isSameTime = (a: number, b: number): boolean => Math.abs(a - b) <= SAME_TIME_MS;

const conflict = (why: string): TransferDecision => ({ kind: 'conflict', why });
