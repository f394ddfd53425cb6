import type { BigIntStats } from 'node:fs';
import { realpath, rm, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ImageError } from '../../core/model/failure.ts';
import type { ContentHash } from '../../core/model/ids.ts';
import { asFileError, codeOf } from './fileErrors.ts';
import { FolderSyncs } from './folderSyncs.ts';
import { linkProbe } from './linkProbe.ts';
import { copyToFreeName, hasBytes } from './safeCopy.ts';
import { takeName } from './takeName.ts';
import { areTwoNames, factsOf, isOneEntry, isSecondName } from './twoNames.ts';

/**
 * Moves a file to a free name.
 *
 *   one device      link(to)  fsync of its folder  unlink(from)      no byte is touched
 *   no hard links   reserve(to)  rename(from, to)  fsync of its folder
 *   across          copy aside, verify, fsync, name, fsync of its folder  unlink(from)
 *
 * The new name is on the disk before the old one goes. Not every file system keeps that order by itself: btrfs, told to flush the
 * folder of the old name, as for a sidecar there, writes that the name is gone, and not yet that there is another. After a power
 * cut the file was nowhere.
 *
 * To repeat it is safe; what the last attempt left is recognised:
 *   only `to` is there, with the right bytes           done
 *   both names of one file                             unlink(from)
 *   two files of equal bytes, on two devices           unlink(from)
 *   the same, where nothing tells names from files     unlink(from)
 * The last two can't be told from a file that somebody else put there, so the caller looks whether the name is free before the
 * first attempt. Even so nothing is lost: the bytes stay, once.
 *
 * @param aside where a copy is built; in the folder of `to`
 * @throws ImageError `exists`, `vanished`, `changed`, `verify-failed`, `unreadable`, `not-writable` (a source that can't be
 *   removed stays where it is, alone); FatalError `no-space`
 */
export async function safeMove(
  from: string,
  to: string,
  sha256: ContentHash,
  signal: AbortSignal,
  aside: string,
): Promise<void> {
  signal.throwIfAborted();
  try {
    const source = await factsOf(from);
    const begun = await begin({ from, to, sha256, signal, aside });
    await folders.sync(dirname(to));
    if (begun === 'both-there') await removeSource(from, to, source, sha256, signal);
  } catch (error) {
    throw asFileError(error, to, 'write');
  }
}

/** Images that are moved at the same time mostly go to few folders. */
const folders = new FolderSyncs();

/** What says that a file is still there. A NAS whose answer was lost (EIO, ETIMEDOUT) may have removed it all the same. */
const REFUSED = new Set(['EACCES', 'EPERM', 'EROFS', 'EBUSY']);

type Begun = 'done' | 'both-there';

interface Move {
  readonly from: string;
  readonly to: string;
  readonly sha256: ContentHash;
  readonly signal: AbortSignal;
  readonly aside: string;
}

async function begin(move: Move): Promise<Begun> {
  const { from, to, sha256, signal, aside } = move;
  try {
    return (await takeName(from, to)) === 'linked' ? 'both-there' : 'done';
  } catch (error) {
    switch (codeOf(error)) {
      case 'EEXIST':
        return takeUp(move);
      case 'ENOENT':
        return assertMoved(from, to, sha256, signal);
      case 'EXDEV':
        await copyToFreeName(from, to, sha256, signal, aside);
        return 'both-there';
      default:
        throw error;
    }
  }
}

/** The name is taken: by an earlier attempt of ours, or by another file. */
async function takeUp({ from, to, sha256, signal, aside }: Move): Promise<Begun> {
  const [source, target] = await Promise.all([factsOf(from), factsOf(to)]);
  if (!source) return assertMoved(from, to, sha256, signal);
  const taken = new ImageError('exists', `${to} exists already.`);
  if (!target) throw taken;
  if (await isOneEntry(from, to)) throw taken;
  if (areTwoNames(source, target)) return 'both-there';
  const probe = await linkProbe(from, to);
  if (probe !== 'across' && probe !== 'untold') throw taken;
  // a server that does not tell case apart, and that nobody sees through: to remove the one could remove both
  if (probe === 'untold' && (await areAlike(from, to))) throw taken;
  if ((await hasBytes(to, sha256, signal)) && (await hasBytes(from, sha256, signal))) {
    // a kill may have come before the copy lost its temporary name
    await rm(aside, { force: true });
    return 'both-there';
  }
  // an empty file may be what reserved the name for our copy; it is known better where the copy is named
  if (target.size > 0n || probe === 'untold') throw taken;
  await copyToFreeName(from, to, sha256, signal, aside);
  return 'both-there';
}

async function areAlike(a: string, b: string): Promise<boolean> {
  const [one, two] = await Promise.all([realpath(a), realpath(b)]);
  return one.normalize('NFC').toLowerCase() === two.normalize('NFC').toLowerCase();
}

/** The source is gone: moved by an earlier attempt, or vanished. */
async function assertMoved(from: string, to: string, sha256: ContentHash, signal: AbortSignal): Promise<Begun> {
  if (await factsOf(from)) throw new ImageError('not-writable', `The folder ${dirname(to)} is not there.`);
  if (!(await hasBytes(to, sha256, signal))) throw new ImageError('vanished', `${from} is no longer there.`);
  return 'done';
}

/** @param source as it was before the move began */
async function removeSource(
  from: string,
  to: string,
  source: BigIntStats | undefined,
  sha256: ContentHash,
  signal: AbortSignal,
): Promise<void> {
  const now = await factsOf(from);
  if (!now) {
    await assertDriveThere(from, source);
    if (await factsOf(to)) return;
    throw new ImageError(
      'not-writable',
      `${from} and ${to} are both gone: their drive may be. Mount it, then run again.`,
    );
  }
  const looksChanged = now.size !== source?.size || now.mtimeNs !== source.mtimeNs;
  // a look may be wrong: for a second after a link gocryptfs tells how long the encrypted file is
  if (looksChanged && !((await isSecondName(to, from)) && (await hasBytes(to, sha256, signal)))) {
    // saved over while it was copied: those bytes are nowhere else
    await unlink(to);
    throw new ImageError('changed', `${from} was changed while it was moved; the next run takes it as it then is.`);
  }
  try {
    await unlink(from);
  } catch (error) {
    const code = codeOf(error) ?? '';
    if (code === 'ENOENT') return assertDriveThere(from, source);
    // the source is whole, and stays: then the second one goes, or the image would be there twice
    if (REFUSED.has(code) && (await factsOf(from))) await unlink(to).catch(() => undefined);
    throw asFileError(error, from, 'write');
  }
}

/** A file that is gone was removed only where its drive is still there; on one that went away the original is as it was. */
async function assertDriveThere(from: string, source: BigIntStats | undefined): Promise<void> {
  const folder = await stat(dirname(from), { bigint: true }).catch(() => undefined);
  if (!source || folder?.dev === source.dev) return;
  throw new ImageError('not-writable', `${from} can't be removed: its drive is gone. Mount it, then run again.`);
}
