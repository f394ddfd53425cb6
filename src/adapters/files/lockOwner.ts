import { lstat } from 'node:fs/promises';
import * as v from 'valibot';
import { livenessOf } from './processIdentity.ts';

/** Another host's lock counts as left behind when its owner has not touched it for this long. */
const FOREIGN_MS = 24 * 3600_000;

/** What a lock says of whose it is. */
const Owner = v.object({
  pid: v.number(),
  startedAt: v.optional(v.string()),
  host: v.string(),
  command: v.string(),
  at: v.string(),
});
export type Owner = v.InferOutput<typeof Owner>;

/** undefined when the lock was never written to its end, or is none of ours */
export function ownerOf(text: string): Owner | undefined {
  try {
    const parsed = v.safeParse(Owner, JSON.parse(text));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Where the owner of the lock at `path` is at work: `elsewhere` can't be looked at, and is believed for a day.
 * @param host the process space of the one who asks
 */
export async function whereabouts(path: string, owner: Owner, host: string): Promise<'here' | 'elsewhere' | 'gone'> {
  if (owner.host !== host) {
    const touched = await lstat(path).catch(() => undefined);
    return !touched || Date.now() - touched.mtimeMs > FOREIGN_MS ? 'gone' : 'elsewhere';
  }
  const { alive, start } = await livenessOf(owner.pid);
  const isAnother = start !== undefined && owner.startedAt !== undefined && start !== owner.startedAt;
  return !alive || isAnother ? 'gone' : 'here';
}
