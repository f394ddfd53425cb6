import { constants, type Stats } from 'node:fs';
import { copyFile, lstat, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ImageError } from '../../core/model/failure.ts';
import { areAttributesRefused, whereAllowed } from './attributesRefused.ts';
import { asFileError, codeOf } from './fileErrors.ts';
import { openRegular } from './openRegular.ts';
import { patiently } from './patiently.ts';
import { readChunks } from './readChunks.ts';

/** Of an abort the caller sees to before and after: a copy is small, or has steps of its own. */
const NEVER = new AbortController().signal;

/**
 * But on Windows, libuv copies until as many bytes are through as the file had at first: for ever where it was cut short
 * meanwhile, or its drive is gone. There it is only asked to share blocks.
 */
const COPIES_TO_AN_END = process.platform === 'win32';
const { COPYFILE_EXCL, COPYFILE_FICLONE, COPYFILE_FICLONE_FORCE } = constants;

/** What says that no blocks can be shared, now or later. */
const APART = new Set(['EXDEV', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL', 'ENOTTY', 'EPERM', 'EACCES']);
/** Devices and folders between which none can: a try costs a network drive three calls. */
const apart = new Set<string>();

/**
 * Copies a file's bytes to a name that must be free, and its permissions where they can be set; a file system that can shares
 * the blocks instead.
 * @returns the source's facts, which were the same before and after
 * @throws ImageError about the source (`vanished`, `unreadable`, `changed`), the system's error about the target
 */
export async function copyBytes(from: string, to: string): Promise<Stats> {
  const before = await factsOf(from);
  if (!(await copyBySystem(from, to, before))) await copyByHand(from, to, before);
  const after = await factsOf(from);
  if (before.size !== after.size || before.mtimeMs !== after.mtimeMs) throw changed(from);
  return before;
}

/** @returns false where it can't be done so; nothing is left of it then */
async function copyBySystem(from: string, to: string, { dev }: Stats): Promise<boolean> {
  const way = `${dev} ${dirname(to)}`;
  if (apart.has(way)) return false;
  try {
    const how = COPYFILE_EXCL | (COPIES_TO_AN_END ? COPYFILE_FICLONE : COPYFILE_FICLONE_FORCE);
    await patiently(() => copyFile(from, to, how));
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') throw error;
    if (COPIES_TO_AN_END && !areAttributesRefused(error)) {
      // it does not say which of the two its error is about
      await assertReadable(from);
      throw error;
    }
    if (APART.has(codeOf(error) ?? '')) apart.add(way);
    return false;
  }
}

async function copyByHand(from: string, to: string, { size, mode }: Stats): Promise<void> {
  const reading = (error: unknown): never => {
    throw asFileError(error, from, 'read');
  };
  const source = await openRegular(from).catch(reading);
  try {
    // as private as it will be, from the start
    const target = await patiently(() => open(to, 'wx', (mode & 0o777) | 0o200));
    try {
      const chunks = readChunks(source, NEVER);
      let bytes = 0;
      for (;;) {
        const next: IteratorResult<Buffer, unknown> = await chunks.next().catch(reading);
        if (next.done === true) break;
        await target.writeFile(next.value);
        bytes += next.value.length;
      }
      if (bytes !== size) throw changed(from);
      await whereAllowed(target.chmod(mode & 0o7777));
      // a network drive says only here that it had no room
      await target.close();
    } catch (error) {
      await target.close().catch(() => undefined);
      await rm(to, { force: true }).catch(() => undefined);
      throw error;
    }
  } finally {
    // it was only read
    await source.close().catch(() => undefined);
  }
}

const changed = (path: string): ImageError =>
  new ImageError('changed', `${path} was changed while it was copied; the next run takes it as it then is.`);

async function factsOf(path: string): Promise<Stats> {
  try {
    return await lstat(path);
  } catch (error) {
    throw asFileError(error, path, 'read');
  }
}

async function assertReadable(path: string): Promise<void> {
  try {
    await (await openRegular(path)).close();
  } catch (error) {
    throw asFileError(error, path, 'read');
  }
}
