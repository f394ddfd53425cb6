import { lstat } from 'node:fs/promises';
import { uptime } from 'node:os';
import * as v from 'valibot';
import { livenessOf } from './processIdentity.ts';

/** Another host's lock counts as left behind when its owner has not touched it for this long. */
const FOREIGN_MS = 24 * 3600_000;

/** How far the clock may have been put right since the boot; the moment of that is reckoned back from now. */
const CLOCK_SLIP_MS = 10 * 60_000;

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
  if (!alive) return 'gone';
  const isOwner =
    start === undefined || owner.startedAt === undefined
      ? !(await isOfEarlierBoot(path, owner))
      : start === owner.startedAt;
  return isOwner ? 'here' : 'gone';
}

/**
 * Whether the system was started since the owner of the lock last gave a sign of life: whatever process has its number now is
 * another. Only for where the start of a process can't be asked, since it trusts the clock. The uptime goes on in sleep on all
 * systems. When the clock is set forward by hours, an owner that is at work is taken for gone until it touches the lock again.
 */
async function isOfEarlierBoot(path: string, { at }: Owner): Promise<boolean> {
  const touched = await lstat(path).catch(() => undefined);
  const bootedAt = Date.now() - uptime() * 1000;
  return Math.max(Date.parse(at), touched?.mtimeMs ?? 0) < bootedAt - CLOCK_SLIP_MS;
}
