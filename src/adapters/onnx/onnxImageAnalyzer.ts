import { availableParallelism } from 'node:os';
import pLimit, { type LimitFunction } from 'p-limit';
import type { Analysis } from '../../core/model/analysis.ts';
import { ImageError } from '../../core/model/failure.ts';
import { AnalyzerUnavailable, type ImageAnalyzer } from '../../core/ports/imageAnalyzer.ts';
import type { Log } from '../../core/ports/log.ts';
import { AnalyzerThread, ThreadDied, ThreadUnusable } from './analyzerThread.ts';
import type { PictureAnswer } from './bundledModels.ts';
import { personsOf } from './persons.ts';
import { rounded } from './rounded.ts';
import { CLASSES, styleOf, type ClassScores } from './style.ts';

export interface OnnxImageAnalyzerOptions {
  /** the built analyzerWorker */
  readonly workerFile: URL | string;
  /** absolute path of the folder with classifier.onnx and detector.onnx */
  readonly modelsDir: string;
  /** least confidence of a person, 0 to 1 */
  readonly personThreshold: number;
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

/**
 * The bundled models in worker threads.
 *
 *   analyze -> p-limit -> AnalyzerThread ==messages==> analyzerWorker -> BundledModels -> decode (sharp), onnxruntime
 *      `-- styleOf, personsOf <--------------------------- PictureAnswer
 *
 * Threads are started as pictures come, and again when one dies; the picture that it was at is worth another try.
 */
export class OnnxImageAnalyzer implements ImageAnalyzer {
  readonly concurrency: number;
  private readonly options: OnnxImageAnalyzerOptions;
  private readonly limit: LimitFunction;
  private readonly threads = new Set<AnalyzerThread>();
  private readonly idle: AnalyzerThread[] = [];
  private readonly closing = new AbortController();
  private deaths = 0;
  private unavailable: AnalyzerUnavailable | undefined;

  constructor(options: OnnxImageAnalyzerOptions) {
    this.options = options;
    const workers = options.workers ?? Math.min(availableParallelism(), MOST_WORKERS);
    this.limit = pLimit(workers);
    this.concurrency = workers;
  }

  async analyze(path: string, signal: AbortSignal): Promise<Analysis> {
    const stopped = AbortSignal.any([signal, this.closing.signal]);
    // an inference can't be interrupted: the caller goes at once, the thread is free when it is through
    return unlessAborted(
      this.limit(() => this.inThread(path, stopped)),
      stopped,
    );
  }

  /** Ends all threads; pictures under way are rejected. */
  async close(): Promise<void> {
    this.closing.abort(new Error('the analyzer was closed'));
    await Promise.all([...this.threads].map((thread) => thread.close()));
  }

  private async inThread(path: string, signal: AbortSignal): Promise<Analysis> {
    signal.throwIfAborted();
    if (this.unavailable) throw this.unavailable;
    const thread = this.takeThread();
    try {
      const answer = await thread.ask(path);
      this.deaths = 0;
      return toAnalysis(answer, this.options.personThreshold);
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
    const started = new AnalyzerThread(this.options.workerFile, this.options.modelsDir);
    this.threads.add(started);
    return started;
  }

  /** For good: what is missing or broken is not tried again for each picture. */
  private giveUp(why: string, cause: Error): AnalyzerUnavailable {
    if (!this.unavailable) {
      this.unavailable = new AnalyzerUnavailable(why, { cause });
      this.options.log.error(why);
    }
    return this.unavailable;
  }
}

function toAnalysis(answer: PictureAnswer, personThreshold: number): Analysis {
  const { width, height, probabilities, detections, box, model, ms } = answer;
  const scores = Object.fromEntries(CLASSES.map((name, i) => [name, probabilities[i] ?? 0])) as ClassScores;
  const { style, confidence } = styleOf(scores);
  return {
    style,
    styleConfidence: rounded(confidence),
    scores: Object.fromEntries(Object.entries(scores).map(([name, score]) => [name, rounded(score)])),
    persons: personsOf(detections, box, personThreshold),
    model,
    width,
    height,
    processingMs: Math.round(ms),
  };
}

/** Settles as `work`, or rejects with the signal's reason, whichever comes first. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => aborted.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
