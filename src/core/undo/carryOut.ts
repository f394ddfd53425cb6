import { dirname } from 'node:path';
import { ImageError } from '../model/failure.ts';
import type { ContentHash } from '../model/ids.ts';
import type { UndoFiles } from '../ports/files.ts';
import type { UndoStep } from './examine.ts';
import { isSidecar } from '../model/image.ts';

/**
 * Takes the steps of one unit, in their order. To repeat it is safe, at whatever step it was cut off. When a step fails before
 * the image has moved, sidecars that were copied ahead of it are taken away again: image and sidecar stay together.
 * @throws ImageError, FatalError `no-space`; the signal's reason
 */
export async function carryOut(steps: readonly UndoStep[], files: UndoFiles, signal: AbortSignal): Promise<void> {
  const ahead: { readonly to: string; readonly sha256: ContentHash; readonly isNew: boolean }[] = [];
  try {
    for (const step of steps) {
      const isNew = step.kind === 'copy' && (await files.hash(step.to, signal)) !== step.sha256;
      await take(step, files, signal);
      if (step.kind === 'copy') ahead.push({ ...step, isNew });
      else ahead.length = 0;
    }
  } catch (error) {
    // also after an abort, and then not by its signal
    const { signal: calm } = new AbortController();
    // what was there before came with an earlier attempt; or all was done then, and it is the user's now
    const isBegun = ahead.some(({ isNew }) => !isNew) && (await isOnlyBegun(steps, files, calm).catch(() => false));
    for (const { to, sha256, isNew } of ahead) {
      // that this fails, too, is no news beside what has failed first
      if (isNew || isBegun) await files.removeIfSame(to, sha256, calm).catch(() => undefined);
    }
    throw error;
  }
}

/** Whether all that moves or goes in the end is still where the run left it. */
async function isOnlyBegun(steps: readonly UndoStep[], files: UndoFiles, signal: AbortSignal): Promise<boolean> {
  for (const step of steps) {
    if (step.kind === 'move' && (await files.hash(step.from, signal)) === undefined) return false;
    if (step.kind === 'remove' && (await files.hash(step.path, signal)) !== step.sha256) return false;
  }
  return steps.some(({ kind }) => kind === 'remove');
}

async function take(step: UndoStep, files: UndoFiles, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  switch (step.kind) {
    case 'copy':
      await files.makeFolder(dirname(step.to));
      return files.copy(step.from, step.to, step.sha256, signal);
    case 'move':
      // a move does not look at the bytes, and it may be long since that they were: the undo was cut off then
      await assertSame(step.from, step.sha256, files, signal);
      await files.makeFolder(dirname(step.to));
      return files.move(step.from, step.to, step.sha256, signal);
    case 'remove':
      await assertElsewhere(step, files, signal);
      if (await files.removeIfSame(step.path, step.sha256, signal)) return;
      throw new ImageError('changed', `${step.path} has changed in this moment.`);
    case 'replace':
      if (await files.replaceIfSame(step.path, step.sha256, step.from, step.becomes, signal)) return;
      throw new ImageError('changed', `${step.path} has changed in this moment.`);
  }
}

/**
 * That its bytes were elsewhere, too, may be long since: the undo was cut off then. An older version did not write down where they
 * were; then an image stays, and the next undo of it finds that out.
 */
async function assertElsewhere(
  { path, sha256, copyOf }: Extract<UndoStep, { kind: 'remove' }>,
  files: UndoFiles,
  signal: AbortSignal,
): Promise<void> {
  if (copyOf === undefined && isSidecar(path)) return;
  if ((await files.hash(path, signal)) === undefined) return;
  if (copyOf === undefined) throw new ImageError('changed', `${path} stays: of what it is a copy was not noted.`);
  const isThere = (await files.hash(copyOf, signal)) === sha256;
  if (isThere && !(await files.isOneFile(path, copyOf))) return;
  throw new ImageError('vanished', `${path} stays: what it is a copy of, ${copyOf}, is gone or was changed.`);
}

/** A file that is not there was moved already. */
async function assertSame(path: string, sha256: ContentHash, files: UndoFiles, signal: AbortSignal): Promise<void> {
  const here = await files.hash(path, signal);
  if (here !== undefined && here !== sha256) throw new ImageError('changed', `${path} has changed since.`);
}
