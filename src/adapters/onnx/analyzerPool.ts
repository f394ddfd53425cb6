import { availableParallelism, totalmem } from 'node:os';
import pLimit, { type LimitFunction } from 'p-limit';
import { ImageError } from '../../core/model/failure.ts';
import { AnalyzerUnavailable } from '../../core/ports/imageAnalyzer.ts';
import type { Log } from '../../core/ports/log.ts';
import { AnalyzerThread, ThreadDied, ThreadUnusable, type ThreadOptions } from './analyzerThread.ts';
import type { PictureAnswer, TagsWanted } from './threadMessages.ts';

export interface AnalyzerPoolOptions extends ThreadOptions {
  /** threads, each with its own sessions (about 100 MB); default: one a core, four at most */
  readonly workers?: number;
  readonly log: Log;
}

const MOST_WORKERS = 4;

/**
 * So many threads may die in a row, without an answer in between, before the rest is spared. A picture that kills its
 * thread is tried three times: three of them side by side are bad luck, more are not the pictures' fault.
 */
const DEATHS_IN_A_ROW = 9;

/** What a session takes for each byte of its model's file (2.0 was measured on 100 MB of matrices); and what all may take. */
const MEMORY_PER_BYTE = 2.5;
const SHARE_OF_MEMORY = 0.5;

/** The threads that run the models: started as pictures come, and again when one dies; that picture is worth another try. */
export class AnalyzerPool {
  /** how many pictures are looked at at once, at most */
  readonly size: number;
  private readonly options: AnalyzerPoolOptions;
  private readonly limit: LimitFunction;
  private readonly threads = new Set<AnalyzerThread>();
  private readonly idle: AnalyzerThread[] = [];
  private deaths = 0;
  private unavailable: AnalyzerUnavailable | undefined;
  private isNoted = false;

  constructor(options: AnalyzerPoolOptions) {
    this.options = options;
    this.size = options.workers ?? Math.min(availableParallelism(), MOST_WORKERS);
    this.limit = pLimit(this.size);
  }

  /** Each thread is to hold a model of so many bytes: fewer of them where memory is short. */
  makeRoom(modelBytes: number): void {
    const fitting = Math.floor((totalmem() * SHARE_OF_MEMORY) / (modelBytes * MEMORY_PER_BYTE));
    this.limit.concurrency = Math.max(1, Math.min(this.size, fitting));
  }

  /**
   * What the models say of a picture, when its turn comes.
   * @throws ImageError, AnalyzerUnavailable, TaggerProblem; the signal's reason
   */
  async ask(path: string, tags: TagsWanted, signal: AbortSignal): Promise<PictureAnswer> {
    return this.limit(() => this.inThread(path, tags, signal));
  }

  /** For good: what is missing or broken is not tried again for each picture, and told once. */
  giveUp(why: string, cause: Error): AnalyzerUnavailable {
    if (!this.unavailable) {
      this.unavailable = new AnalyzerUnavailable(why, { cause });
      this.options.log.debug(why); // the stage warns of it
    }
    return this.unavailable;
  }

  async close(): Promise<void> {
    await Promise.all([...this.threads].map((thread) => thread.close()));
  }

  private async inThread(path: string, tags: TagsWanted, signal: AbortSignal): Promise<PictureAnswer> {
    signal.throwIfAborted();
    if (this.unavailable) throw this.unavailable;
    const thread = this.takeThread();
    try {
      const answer = await thread.ask(path, tags);
      this.passOn(thread.note);
      this.deaths = 0;
      return answer;
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof ThreadUnusable) throw this.giveUp(error.message, error);
      if (!(error instanceof ThreadDied)) throw error;
      this.options.log.warn(`An analyzer thread died at ${path}: ${error.message}`);
      this.deaths++;
      if (this.deaths >= DEATHS_IN_A_ROW) throw this.giveUp(`The analysis keeps failing: ${error.message}`, error);
      throw new ImageError('model', `The analysis broke off: ${error.message}.`, { cause: error, transient: true });
    } finally {
      if (thread.isAlive) this.idle.push(thread);
      else this.threads.delete(thread);
    }
  }

  private takeThread(): AnalyzerThread {
    for (let thread = this.idle.pop(); thread; thread = this.idle.pop()) {
      if (thread.isAlive) return thread;
      this.threads.delete(thread);
    }
    const started = new AnalyzerThread(this.options);
    this.threads.add(started);
    return started;
  }

  /** All threads say the same. */
  private passOn(note: string | undefined): void {
    if (note === undefined || this.isNoted) return;
    this.isNoted = true;
    this.options.log.info(note);
  }
}
