import { spawnSync } from 'node:child_process';
import type { Says } from './says.ts';

/** What one program knows of an image that lies beside its sidecar, in its own terms. */
export type Seen = Readonly<Record<string, unknown>>;

/** A program that reads sidecars, run for real. */
export interface Reader {
  readonly name: string;
  /** undefined when it is not installed */
  version(): string | undefined;
  /** What it knows of each of the images after it has read their sidecars `<image>.xmp`. */
  read(images: readonly string[]): Promise<ReadonlyMap<string, Seen>>;
  /** What it should know when a sidecar says this. */
  expected(says: Says): Seen;
  /** the tags of what it knows, for people */
  tagsOf(seen: Seen): readonly string[];
}

/** Without what is undefined, so that it can be compared. */
export const present = (seen: Seen): Seen =>
  Object.fromEntries(Object.entries(seen).filter(([, value]) => value !== undefined));

/** What a program says to `--version`; undefined when it is not installed. */
export function versionOf(program: string, version: RegExp): string | undefined {
  const { error, stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' });
  return error ? undefined : version.exec(stdout)?.[1];
}
