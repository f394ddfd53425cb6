import { open, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parseTaggerDescriptor, WD_DESCRIPTOR, type TaggerDescriptor } from './taggerDescriptor.ts';
import { DESCRIPTOR } from './taggerFiles.ts';
import type { TaggerForm } from './taggerForm.ts';
import { TaggerProblem, type TaggerProblemReason } from './taggerProblem.ts';
import { parseTagLabels, type TagLabel } from './tagLabels.ts';

/** A tagger's folder, read but for the model itself. */
export interface TaggerFolder {
  /** for people */
  readonly name: string;
  readonly form: TaggerForm;
  readonly labels: readonly TagLabel[];
  /** absent when the folder has none: then a server has it */
  readonly model?: { readonly path: string; readonly bytes: number };
}

/** The labels of the largest tagger known take 1 MB. */
const LARGEST_TEXT = 32 * 1024 * 1024;
/** Left behind where a repository was cloned without Git LFS; so begins its first line. */
const LFS_POINTER = 'version https://git-lfs';
/** What a download gives that asks for a login, or is not there any more. */
const WEB_PAGE = /^\s*<(?:!doctype|html)/i;

/**
 * Reads descriptor and labels of a tagger's folder, and looks at its model from outside.
 * @param folder absolute path
 * @throws TaggerProblem `folder`, `descriptor`, `labels`; `model` for one that is there but can't be one
 */
export async function readTaggerFolder(folder: string): Promise<TaggerFolder> {
  await checkFolder(folder);
  const descriptor = await readDescriptor(join(folder, DESCRIPTOR));
  const labelFile = join(folder, descriptor.labels);
  const text = await readText(labelFile, 'labels');
  if (text === undefined) throw new TaggerProblem('labels', `${labelFile} is missing: the table with the tags.`);
  const labels = understood(labelFile, 'labels', () => parseTagLabels(text));
  const model = await lookAtModel(join(folder, descriptor.model));
  return { name: descriptor.name ?? basename(folder), form: descriptor.form, labels, ...(model && { model }) };
}

async function checkFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch((cause: unknown) => {
    throw new TaggerProblem('folder', `The folder ${folder} can't be opened (${codeOf(cause)}).`, { cause });
  });
  if (!found.isDirectory()) {
    throw new TaggerProblem('folder', `${folder} is a file: choose the folder that it lies in.`);
  }
}

async function readDescriptor(file: string): Promise<TaggerDescriptor> {
  const text = await readText(file, 'descriptor');
  return text === undefined ? WD_DESCRIPTOR : understood(file, 'descriptor', () => parseTaggerDescriptor(text));
}

/** undefined when there is no such file */
async function readText(file: string, reason: TaggerProblemReason): Promise<string | undefined> {
  try {
    const { size } = await stat(file);
    if (size > LARGEST_TEXT) throw new TaggerProblem(reason, `${file} is far too large (${size} bytes).`);
    return await readFile(file, 'utf8');
  } catch (cause) {
    if (cause instanceof TaggerProblem) throw cause;
    if (codeOf(cause) === 'ENOENT') return undefined;
    throw new TaggerProblem(reason, `${file} can't be read (${codeOf(cause)}).`, { cause });
  }
}

async function lookAtModel(path: string): Promise<TaggerFolder['model']> {
  try {
    await using file = await open(path);
    const { size } = await file.stat();
    if (size === 0) throw new TaggerProblem('model', `${path} is empty: download it again.`);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(LFS_POINTER.length), 0, LFS_POINTER.length, 0);
    if (buffer.toString('latin1', 0, bytesRead) === LFS_POINTER) {
      const message = `${path} is the pointer of Git LFS, not the model: download the file itself.`;
      throw new TaggerProblem('model', message);
    }
    if (WEB_PAGE.test(buffer.toString('latin1', 0, bytesRead))) {
      throw new TaggerProblem('model', `${path} is a web page, not the model: download the file itself.`);
    }
    return { path, bytes: size };
  } catch (cause) {
    if (cause instanceof TaggerProblem) throw cause;
    if (codeOf(cause) === 'ENOENT') return undefined;
    throw new TaggerProblem('model', `${path} can't be read (${codeOf(cause)}).`, { cause });
  }
}

function understood<T>(file: string, reason: TaggerProblemReason, parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new TaggerProblem(reason, `${file} can't be used: ${cause.message}.`, { cause });
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error);
