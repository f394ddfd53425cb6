import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import type { ImageId } from '../../core/model/ids.ts';
import { DECISION_KINDS } from '../../core/model/review.ts';
import { TAG_CATEGORIES } from '../../core/model/tag.ts';
import type { DecisionBox, Letter, PostedDecision } from '../../core/ports/decisionBox.ts';
import type { Log } from '../../core/ports/log.ts';
import { asWorkingFolderError, codeOf } from './fileErrors.ts';
import { writeAside } from './writeAside.ts';

/** How soon decisions of another process are seen. Not by watching the folder: on network folders nothing tells of changes. */
const LOOK_EVERY = 1000;

const letterShape = v.array(
  v.object({
    image: v.pipe(
      v.string(),
      v.transform((text) => text as ImageId),
    ),
    decision: v.exactOptional(
      v.object({
        decision: v.picklist(DECISION_KINDS),
        tags: v.object(v.entriesFromList(TAG_CATEGORIES, v.array(v.string()))),
        named: v.exactOptional(v.array(v.string())),
        category: v.exactOptional(v.string()),
      }),
    ),
  }),
);

/**
 * A folder with a file for each letter. Names sort by the time of posting; a letter appears whole (written aside, then renamed).
 */
export class NodeDecisionBox implements DecisionBox {
  private readonly dir: string;
  private readonly log: Log;
  /** of the last letter: two in one millisecond keep their order */
  private last = 0;
  private posting: Promise<void> = Promise.resolve();
  private readonly unreadable = new Set<string>();

  /** @param dir absolute path; made with the first letter */
  constructor(dir: string, log: Log) {
    this.dir = dir;
    this.log = log;
  }

  post(decisions: readonly PostedDecision[]): Promise<void> {
    // one after the other: what takes a decision back must not get in before it
    this.posting = this.posting.catch(() => undefined).then(() => this.write(decisions));
    return this.posting;
  }

  async unread(): Promise<readonly Letter[]> {
    const letters: Letter[] = [];
    for (const name of await this.names()) {
      const path = join(this.dir, name);
      const decisions = await this.read(path);
      if (decisions) letters.push({ decisions, remove: () => rm(path, { force: true }) });
    }
    return letters;
  }

  watch(onPost: () => void): () => void {
    const look = (): void => {
      // a folder that can't be read now is looked at again
      this.names().then(
        (names) => names.some((name) => !this.unreadable.has(join(this.dir, name))) && onPost(),
        () => undefined,
      );
    };
    const timer = setInterval(look, LOOK_EVERY);
    timer.unref();
    return () => clearInterval(timer);
  }

  private async write(decisions: readonly PostedDecision[]): Promise<void> {
    // also behind one that another process has posted before the clock was set back
    const waiting = (await this.names()).at(-1);
    this.last = Math.max(this.last + 1, Date.now(), waiting === undefined ? 0 : Number.parseInt(waiting, 10) + 1);
    const name = `${String(this.last).padStart(15, '0')}-${process.pid}-${randomBytes(3).toString('hex')}.json`;
    const path = join(this.dir, name);
    try {
      await mkdir(this.dir, { recursive: true });
      await writeAside(path, [JSON.stringify(decisions)]);
    } catch (error) {
      throw asWorkingFolderError(error, path);
    }
  }

  private async names(): Promise<readonly string[]> {
    try {
      return (await readdir(this.dir)).filter((name) => /^\d{15}-.*\.json$/.test(name)).sort();
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return [];
      throw asWorkingFolderError(error, this.dir);
    }
  }

  /** Undefined for a letter that another process has just removed, or that is none of ours. */
  private async read(path: string): Promise<readonly PostedDecision[] | undefined> {
    let text: string;
    try {
      text = await readFile(path, 'utf8');
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw asWorkingFolderError(error, path);
    }
    const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), letterShape), text);
    if (parsed.success) return parsed.output;
    if (!this.unreadable.has(path)) this.log.warn(`${path} holds no decisions that can be read; it is left as it is.`);
    this.unreadable.add(path);
    return undefined;
  }
}
