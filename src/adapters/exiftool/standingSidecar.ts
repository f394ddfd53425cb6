import { lstat, readFile } from 'node:fs/promises';
import { ImageError } from '../../core/model/failure.ts';
import { isWorthAnotherTry } from './fileErrors.ts';
import { parseXmp, type XmpProperties } from './parseXmp.ts';
import { XmlError } from './parseXml.ts';

/** A sidecar as it stands on the disk. */
export interface StandingSidecar {
  readonly bytes: Uint8Array;
  /** permission bits */
  readonly mode: number;
  readonly properties: XmpProperties;
  /** changes whenever somebody writes the file */
  readonly stamp: string;
}

/**
 * Reads a sidecar; undefined when there is none.
 * @throws ImageError `sidecar-malformed` when it can't be understood, `not-a-file` for a link or a folder of that name,
 * `changed`, transient, when somebody is just writing it
 */
export async function readStanding(path: string): Promise<StandingSidecar | undefined> {
  const facts = await factsOf(path);
  if (!facts) return undefined;
  // Renaming over a link would replace it and leave its target, which is what the readers know, as it was.
  if (!facts.isFile())
    throw new ImageError('not-a-file', `The sidecar ${path} is a link or a folder; it was left alone.`);
  try {
    const bytes = await readFile(path);
    if (bytes.length === 0) throw new XmlError('it is empty');
    return { bytes, mode: facts.mode & 0o777, properties: parseXmp(bytes), stamp: stampOf(facts) };
  } catch (cause) {
    // nothing is wrong with the sidecar
    if (isWorthAnotherTry(cause)) throw cause;
    // half of what somebody was just writing, or nothing between two names of it
    if ((await readStamp(path)) !== stampOf(facts)) {
      throw new ImageError('changed', `The sidecar ${path} was changed meanwhile.`, { cause, transient: true });
    }
    const what = cause instanceof Error ? cause.message : String(cause);
    throw new ImageError('sidecar-malformed', `The sidecar ${path} can't be read and was left alone: ${what}.`, {
      cause,
    });
  }
}

/** Undefined when nothing is there. */
export async function readStamp(path: string): Promise<string | undefined> {
  const facts = await factsOf(path);
  return facts && stampOf(facts);
}

type Facts = Awaited<ReturnType<typeof lstat>>;

async function factsOf(path: string) {
  return lstat(path).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
}

const stampOf = (facts: Pick<Facts, 'ino' | 'size' | 'mtimeMs'>): string =>
  [facts.ino, facts.size, facts.mtimeMs].join(' ');
