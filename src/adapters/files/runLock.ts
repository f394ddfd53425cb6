import { createHash, randomBytes } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { FatalError } from '../../core/model/failure.ts';
import { LockHeld, type RunLock, type RunLocks } from '../../core/ports/journalFile.ts';
import { asWorkingFolderError, codeOf, isPassing } from './fileErrors.ts';
import { ownerOf, whereabouts, type Owner } from './lockOwner.ts';
import { patiently } from './patiently.ts';
import { processSpace, livenessOf } from './processIdentity.ts';

/** How often a lock is touched by its owner. */
const TOUCH_MS = 3600_000;
/** How long its owner takes it for its own without a look, which is much shorter than others wait before they take it over. */
const SURE_MS = 60_000;
/** A lock without content is being written by another process right now (where files can't be linked), or was never finished. */
const UNFINISHED_TRIES = 10;
const UNFINISHED_WAIT_MS = 100;
/** A change of what was learned holds the lock for a moment, and must stop nobody who comes in it. */
const BRIEF_COMMAND = 'preferences';
const BRIEF_TRIES = 100;
const BRIEF_WAIT_MS = 100;

/**
 * The lock of a working folder: the file `lock`, which says whose it is.
 *
 * It comes into being with its content (written aside, then linked). A stale one is replaced, never removed first, so that
 * there is no moment without a lock; the right to replace just that one is a lock of its own, `lock.<hash of the stale one>`,
 * taken by the same rules. Two that come upon a stale lock at once can't both get it, and neither does one that was killed
 * while it took over keep the others out.
 */
export class NodeRunLocks implements RunLocks {
  private readonly working: string;
  private held: HeldLock | undefined;

  /** @param working absolute path of the working folder; made when it is missing */
  constructor(working: string) {
    this.working = working;
  }

  async acquire(command: string): Promise<RunLock> {
    const path = join(this.working, 'lock');
    const { start: startedAt } = await livenessOf(process.pid);
    const owner: Owner = {
      pid: process.pid,
      ...(startedAt !== undefined && { startedAt }),
      host: await processSpace(),
      command,
      at: new Date().toISOString(),
    };
    // no two are the same, so that ours is known again
    const content = `${JSON.stringify({ ...owner, key: randomBytes(4).toString('hex') })}\n`;
    try {
      await mkdir(this.working, { recursive: true });
      await takePatiently(path, content, owner);
      await sweep(this.working);
    } catch (error) {
      throw asWorkingFolderError(error, path);
    }
    this.held = new HeldLock(path, content);
    return this.held;
  }

  /**
   * For what only the holder may write: one that slept for days may have lost the lock to another computer.
   * @throws FatalError when that is so
   */
  async assertHeld(): Promise<void> {
    await this.held?.assertOurs();
  }

  async holder(): Promise<LockHeld | undefined> {
    const path = join(this.working, 'lock');
    const text = await readIfThere(path);
    const owner = text === undefined ? undefined : ownerOf(text);
    if (!owner) return undefined;
    const where = await whereabouts(path, owner, await processSpace());
    return where === 'gone' ? undefined : heldBy(owner, path, where);
  }
}

class HeldLock implements RunLock {
  private readonly path: string;
  private readonly content: string;
  private readonly touching: NodeJS.Timeout;
  private lookedAt = Date.now();

  constructor(path: string, content: string) {
    this.path = path;
    this.content = content;
    this.touching = setInterval(() => {
      // that it is lost shows before the next writing
      this.touch().catch(() => undefined);
    }, TOUCH_MS);
    this.touching.unref();
  }

  /** By the clock on the wall, since timers stand still in sleep, and what was under way goes on before they fire. */
  async assertOurs(): Promise<void> {
    if (Math.abs(Date.now() - this.lookedAt) >= SURE_MS) await this.touch();
  }

  private async touch(): Promise<void> {
    // of before the look: sleep may come in between
    const now = new Date();
    let there: string | undefined;
    try {
      there = await patiently(() => readIfThere(this.path));
    } catch (error) {
      // neither lost nor known to be held: the next writing looks again, and fails by itself where the folder is gone
      if (isPassing(error)) return;
      throw asWorkingFolderError(error, this.path);
    }
    this.lookedAt = there === this.content ? now.getTime() : -Infinity;
    if (there !== this.content) throw lostTo(there, this.path);
    await utimes(this.path, now, now).catch(() => undefined);
  }

  async release(): Promise<void> {
    clearInterval(this.touching);
    try {
      if ((await readIfThere(this.path)) === this.content) await rm(this.path, { force: true });
    } catch (error) {
      throw asWorkingFolderError(error, this.path);
    }
  }
}

/** Waits for one that is held for a moment only. @throws LockHeld */
async function takePatiently(path: string, content: string, self: Owner): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await take(path, content, self);
      return;
    } catch (error) {
      if (!(error instanceof LockHeld) || !error.brief || attempt === BRIEF_TRIES) throw error;
      await setTimeout(BRIEF_WAIT_MS);
    }
  }
}

/** @throws LockHeld */
async function take(path: string, content: string, self: Owner): Promise<void> {
  while (!(await createWhole(path, content))) {
    const there = await readLock(path);
    if (there === undefined) continue;
    await assertStale(path, there, self);
    const claim = `${path}.${createHash('sha256').update(there).digest('hex').slice(0, 12)}`;
    await take(claim, content, self);
    try {
      // somebody may have taken it over, and given back the claim, since it was read
      if ((await readIfThere(path)) !== there) continue;
      const aside = asideOf(path);
      await writeFile(aside, content, { flag: 'wx' });
      await rename(aside, path);
      return;
    } finally {
      await rm(claim, { force: true });
    }
  }
}

/** @returns false when there is one already */
async function createWhole(path: string, content: string): Promise<boolean> {
  const aside = asideOf(path);
  await writeFile(aside, content, { flag: 'wx' });
  try {
    await link(aside, path);
    return true;
  } catch (error) {
    // a NAS that is asked once more, since its answer was lost, says so of the link that it has made
    if (codeOf(error) === 'EEXIST') return (await readIfThere(path)) === content;
    return await createEmptyFirst(path, content);
  } finally {
    await rm(aside, { force: true });
  }
}

/** Where files can't be linked: for a moment the lock is there and says nothing. */
async function createEmptyFirst(path: string, content: string): Promise<boolean> {
  try {
    const handle = await open(path, 'wx');
    try {
      await handle.writeFile(content);
    } finally {
      await handle.close();
    }
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** What killed processes left of their attempts. The owner of the lock may: an attempt that is under way fails either way. */
async function sweep(working: string): Promise<void> {
  const left = (await readdir(working)).filter((name) => name.startsWith('lock.'));
  await Promise.all(left.map((name) => rm(join(working, name), { force: true })));
}

const asideOf = (path: string): string => `${path}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`;

/** The content of a lock, waiting a little for one that is not written yet; undefined when it is gone. */
async function readLock(path: string): Promise<string | undefined> {
  for (let attempt = 1; ; attempt++) {
    const text = await readIfThere(path);
    if (text === undefined || ownerOf(text) || attempt === UNFINISHED_TRIES) return text;
    await setTimeout(UNFINISHED_WAIT_MS);
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** @throws LockHeld when its owner may still be at work */
async function assertStale(path: string, text: string, self: Owner): Promise<void> {
  const owner = ownerOf(text);
  if (!owner) return;
  const where = await whereabouts(path, owner, self.host);
  if (where !== 'gone') throw heldBy(owner, path, where);
}

function heldBy({ command, pid, at, host }: Owner, path: string, where: 'here' | 'elsewhere'): LockHeld {
  const who = `Another run (${command}, process ${pid}) has held ${path} since ${at}.`;
  const whatToDo =
    where === 'here'
      ? 'Wait until it has ended, or stop it. When you are sure that there is no such run any more, remove that file.'
      : `It is on another computer or in another container (${host}). When you are sure that it has ended, remove that file.`;
  return new LockHeld(pid, `${who} ${whatToDo}`, where === 'here' && command === BRIEF_COMMAND);
}

/** @param there what is in the place of ours */
function lostTo(there: string | undefined, path: string): FatalError {
  const owner = there === undefined ? undefined : ownerOf(there);
  const toWhom = owner
    ? `another run has it (${owner.command}, process ${owner.pid} on ${owner.host}, since ${owner.at})`
    : 'another run had it meanwhile, or somebody removed it';
  const whatToDo = 'It stops here, before two write at once. Resume when no other run is on.';
  return new FatalError(
    'not-writable',
    `This run has lost ${path} while it was asleep or cut off: ${toWhom}. ${whatToDo}`,
  );
}
