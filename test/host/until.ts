import { setTimeout as sleep } from 'node:timers/promises';

/** Until it is given up: a machine that is busy with much else takes long for everything. */
const SECONDS = 180;

/**
 * Repeats `look` until it returns something other than undefined, null or false, and returns that. A throw counts as
 * "not yet": files are read half-written now and then.
 */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
): Promise<Exclude<T, undefined | null | false>> {
  const deadline = Date.now() + SECONDS * 1000;
  for (;;) {
    let cause: unknown;
    try {
      const found = await look();
      if (found !== undefined && found !== null && found !== false) {
        return found as Exclude<T, undefined | null | false>;
      }
    } catch (error) {
      cause = error;
    }
    if (Date.now() > deadline) throw new Error(`Not in ${SECONDS} s: ${what}`, { cause });
    await sleep(100);
  }
}
