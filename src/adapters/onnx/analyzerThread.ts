import { Worker } from 'node:worker_threads';
import { ImageError } from '../../core/model/failure.ts';
import { AnalyzerUnavailable } from '../../core/ports/imageAnalyzer.ts';
import type { PictureAnswer } from './bundledModels.ts';
import { CallGate } from './callGate.ts';
import type { AnalyzeRequest, ThreadMessage, ThreadSetup } from './threadMessages.ts';

/** The thread ended in the middle of a picture. */
export class ThreadDied extends Error {
  override readonly name = 'ThreadDied';
}

/** No thread of this kind will ever work: models or native modules are missing or broken. */
export class ThreadUnusable extends Error {
  override readonly name = 'ThreadUnusable';
}

/** However slow the machine, one inference is done by then. */
const LONGEST_CALL_MS = 5000;

/**
 * One analyzer thread, seen from outside. It does not keep the process running unless it is at work, and survives neither
 * its own death nor `close`: its owner starts another.
 */
export class AnalyzerThread {
  private readonly worker: Worker;
  private readonly gate: CallGate;
  private readonly loaded: Promise<void>;
  private readonly ended = Promise.withResolvers<undefined>();
  private closing = false;
  private awaiting: PromiseWithResolvers<ThreadMessage> | undefined;
  private lastError: Error | undefined;
  private death: ThreadDied | undefined;

  constructor(workerFile: URL | string, modelsDir: string) {
    const gate = CallGate.share();
    this.gate = new CallGate(gate);
    this.worker = new Worker(workerFile, {
      name: 'analyzer',
      workerData: { modelsDir, gate } satisfies ThreadSetup,
    });
    this.worker.unref();
    const beforeExit = (): void => this.gate.closeAtExit(LONGEST_CALL_MS);
    process.on('exit', beforeExit);
    this.worker.on('message', (message: ThreadMessage) => this.awaiting?.resolve(message));
    this.worker.on('error', (error) => (this.lastError = toError(error)));
    this.worker.on('exit', (code) => {
      process.off('exit', beforeExit);
      const why = this.lastError?.message ?? `exit code ${code}`;
      this.death = new ThreadDied(why, { cause: this.lastError });
      this.awaiting?.reject(this.death);
      this.ended.resolve(undefined);
    });
    this.loaded = this.load();
    // told to whoever asks
    this.loaded.catch(() => undefined);
  }

  get isAlive(): boolean {
    return this.death === undefined;
  }

  /**
   * One picture at a time.
   * @throws ImageError the picture's own trouble; AnalyzerUnavailable its format can't be decoded
   * @throws ThreadUnusable no thread of this kind will work
   * @throws ThreadDied
   */
  async ask(path: string): Promise<PictureAnswer> {
    this.worker.ref();
    try {
      await this.loaded;
      this.worker.postMessage({ path } satisfies AnalyzeRequest);
      return answerIn(await this.next());
    } finally {
      if (!this.closing) this.worker.unref();
    }
  }

  /** Ends the thread, whatever it is at, as soon as this is safe: after one inference at most. */
  async close(): Promise<void> {
    if (!this.isAlive) return;
    // waiting at the gate alone does not keep the process running, and a thread that died inside never leaves it
    this.closing = true;
    this.worker.ref();
    await Promise.race([this.gate.close(), this.ended.promise]);
    await this.worker.terminate();
  }

  private async load(): Promise<void> {
    let message: ThreadMessage;
    try {
      message = await this.next();
    } catch (cause) {
      throw new ThreadUnusable(`The analysis can't be started: ${toError(cause).message}`, { cause });
    }
    if (message.kind === 'unavailable') throw new ThreadUnusable(message.why);
  }

  private async next(): Promise<ThreadMessage> {
    if (this.death) throw this.death;
    this.awaiting = Promise.withResolvers();
    try {
      return await this.awaiting.promise;
    } finally {
      this.awaiting = undefined;
    }
  }
}

function answerIn(message: ThreadMessage): PictureAnswer {
  switch (message.kind) {
    case 'answer':
      return message.answer;
    case 'image-error':
      throw new ImageError(message.reason, message.message, { transient: message.transient });
    case 'decoder-lacks':
      throw new AnalyzerUnavailable(message.why);
    case 'ready':
    case 'unavailable':
      throw new Error(`the analyzer thread answered a picture with ${message.kind}`);
  }
}

const toError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)));
