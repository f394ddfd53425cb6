import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { atMost } from './atMost.ts';
import { codeOf } from './fileErrors.ts';
import { joinedNames, LOOK_FIELDS, LOOK_KINDS, type LookAnswer, type LookQuestion } from './lookMessages.ts';
import { isServerGone } from './serverGone.ts';
import { unlessAborted } from './unlessAborted.ts';

/** What stands at a path, links not followed. */
export interface Look {
  readonly kind: 'file' | 'link' | 'other';
  readonly size: number;
  readonly mtimeMs: number;
}

/** What can't be looked at: no permission for its folder, a damaged disk. */
export interface Unseen {
  readonly kind: 'unseen';
  /** the system's name of the error */
  readonly code: string;
}

/** undefined: nothing is there */
type Sight = Look | Unseen | undefined;

/** Looks at once: one at a time, `lstat` gives 23,000 a second on a local disk, 64 give 300,000. */
const AT_ONCE = 64;
/** So many are looked at before a thread would have started. */
const ENOUGH_FOR_A_THREAD = 500;
/** Names a message. */
const PIECE = 2000;
/** A thread that does not wait for a NAS ends within milliseconds. */
const END_MS = 5000;

/** Looks at files in large numbers, wherever they are: whoever asks does not stand still when a NAS does not answer. */
export class Looks {
  private readonly workerFile: string | undefined;
  private thread: LookThread | undefined;
  private count = 0;

  /** @param workerFile the built lookWorker; without it everything is looked at from the event loop */
  constructor(workerFile?: string) {
    this.workerFile = workerFile;
  }

  /**
   * @param folder absolute @param names relative to it
   * @returns in their order; undefined for what is not there. @throws the system's error where it is not about one name alone, or
   *   the signal's reason
   */
  async look(folder: string, names: readonly string[], signal: AbortSignal): Promise<readonly Sight[]> {
    this.count += names.length;
    if (this.workerFile === undefined || this.count < ENOUGH_FOR_A_THREAD) return together(folder, names, signal, see);
    const thread = (this.thread ??= new LookThread(this.workerFile));
    const order = byFolder(names);
    const ask = (at: number): Promise<readonly Sight[]> | undefined => {
      if (at >= order.length) return undefined;
      const piece = order.slice(at, at + PIECE).map((i) => names[i] ?? '');
      const answer = thread.ask({ folder, names: joinedNames(piece) });
      // it is heard when its turn comes
      answer.catch(() => undefined);
      return answer;
    };
    const found = new Array<Sight>(names.length);
    let [answer, next] = [ask(0), ask(PIECE)];
    for (let at = 0; answer; at += PIECE) {
      // a look can't be interrupted: the caller goes at once, the thread when the NAS answers
      const looks = await unlessAborted(answer, signal);
      for (const [i, look] of looks.entries()) found[order[at + i] ?? 0] = look;
      signal.throwIfAborted();
      // one is always waiting in the thread, however busy we are here
      [answer, next] = [next, ask(at + 2 * PIECE)];
    }
    return found;
  }

  async close(): Promise<void> {
    const { thread } = this;
    this.thread = undefined;
    await thread?.close();
  }
}

/** The places of names in their list, those of one folder together: each folder is gone into once. */
function byFolder(names: readonly string[]): readonly number[] {
  const folders = new Map<string, number[]>();
  for (const [i, name] of names.entries()) {
    const folder = name.slice(0, Math.max(0, name.lastIndexOf('/')));
    const places = folders.get(folder);
    if (places) places.push(i);
    else folders.set(folder, [i]);
  }
  return [...folders.values()].flat();
}

/** From the event loop, many at once. @throws the system's error, of whichever name, or the signal's reason */
export function lookTogether(
  folder: string,
  names: readonly string[],
  signal: AbortSignal,
): Promise<readonly (Look | undefined)[]> {
  return together(folder, names, signal, lookAt);
}

async function together<T>(
  folder: string,
  names: readonly string[],
  signal: AbortSignal,
  look: (path: string) => Promise<T>,
): Promise<readonly T[]> {
  const found = new Array<T>(names.length);
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < names.length) {
      const at = next++;
      signal.throwIfAborted();
      found[at] = await look(join(folder, names[at] ?? ''));
    }
  };
  await unlessAborted(Promise.all(Array.from({ length: Math.min(AT_ONCE, names.length) }, work)), signal);
  return found;
}

/** What stands at one path. @throws the system's error */
export async function lookAt(path: string | Buffer): Promise<Look | undefined> {
  try {
    const found = await lstat(path);
    const { size, mtimeMs } = found;
    return { kind: found.isFile() ? 'file' : found.isSymbolicLink() ? 'link' : 'other', size, mtimeMs };
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}

const see = (path: string): Promise<Sight> =>
  lookAt(path).catch((error: unknown) => {
    const code = codeOf(error);
    if (code === undefined || isServerGone(error)) throw error;
    return { kind: 'unseen', code };
  });

interface Waiting {
  readonly resolve: (looks: readonly Sight[]) => void;
  readonly reject: (error: Error) => void;
}

class LookThread {
  private readonly worker: Worker;
  /** in the order in which they were asked */
  private readonly waiting: Waiting[] = [];
  /** why it answers no more */
  private ended: Error | undefined;

  constructor(file: string) {
    this.worker = new Worker(file);
    this.worker.on('message', (answer: LookAnswer) => this.settle(answer));
    this.worker.on('error', (error: Error) => this.fail(error));
    this.worker.on('exit', () => this.fail(new Error('the thread that looks at files has ended')));
  }

  ask(question: LookQuestion): Promise<readonly Sight[]> {
    if (this.ended) return Promise.reject(this.ended);
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      this.worker.postMessage(question);
    });
  }

  async close(): Promise<void> {
    await atMost(END_MS, this.worker.terminate());
  }

  private settle(answer: LookAnswer): void {
    const waiting = this.waiting.shift();
    if (answer.kind === 'facts') waiting?.resolve(looksOf(answer));
    else waiting?.reject(Object.assign(new Error(answer.message), { code: answer.code }));
  }

  private fail(error: Error): void {
    this.ended ??= error;
    for (const { reject } of this.waiting.splice(0)) reject(error);
  }
}

function looksOf({ facts, unseen }: LookAnswer & { kind: 'facts' }): readonly Sight[] {
  const looks: Sight[] = [];
  for (let i = 0; i < facts.length; i += LOOK_FIELDS) {
    const kind = LOOK_KINDS[facts[i] ?? 0];
    looks.push(kind === undefined || kind === 'none' ? undefined : { kind, size: facts[i + 1] ?? 0, mtimeMs: facts[i + 2] ?? 0 }); // prettier-ignore
  }
  for (const [i, code] of unseen) looks[i] = { kind: 'unseen', code };
  return looks;
}
