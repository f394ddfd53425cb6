import { Worker } from 'node:worker_threads';
import { ImageError } from '../../core/model/failure.ts';
import { AnalyzerUnavailable } from '../../core/ports/imageAnalyzer.ts';
import { atMost } from '../files/atMost.ts';
import { CallGate } from './callGate.ts';
import { switchTelemetryOff } from './telemetry.ts';
import { TaggerProblem } from './tagger/taggerProblem.ts';
import type { TaggerSetup } from './tagger/localTagger.ts';
import type {
  PictureAnswer,
  TaggerFacts,
  TagsWanted,
  ThreadMessage,
  ThreadRequest,
  ThreadSetup,
} from './threadMessages.ts';

/** The thread ended in the middle of a picture. */
export class ThreadDied extends Error {
  override readonly name = 'ThreadDied';
}

/** No thread of this kind will ever work: models or native modules are missing or broken. */
export class ThreadUnusable extends Error {
  override readonly name = 'ThreadUnusable';
}

/** What every thread of an analyzer is started with. */
export type ThreadOptions = Omit<ThreadSetup, 'gate'> & {
  /** the built analyzerWorker */
  readonly workerFile: URL | string;
};

/** What a thread says once it has loaded onnxruntime and the bundled models. */
export type ThreadReady = Extract<ThreadMessage, { readonly kind: 'ready' }>;

/** However slow the machine, one inference is done by then. */
const LONGEST_CALL_MS = 5000;
/** A graphics driver may also have to load a model first; by then it is one that has stopped answering. */
const LONGEST_GATE_MS = 30_000;
/** A thread that does not wait for a NAS ends within milliseconds. */
const END_MS = 5000;

/**
 * One analyzer thread, seen from outside. It does not keep the process running unless it is at work, and survives neither
 * its own death nor `close`: its owner starts another.
 */
export class AnalyzerThread {
  private readonly worker: Worker;
  private readonly gate: CallGate;
  private readonly loaded: Promise<ThreadReady>;
  private said: ThreadReady | undefined;
  private readonly ended = Promise.withResolvers<undefined>();
  private closing = false;
  private awaiting: PromiseWithResolvers<ThreadMessage> | undefined;
  private lastError: Error | undefined;
  private death: ThreadDied | undefined;

  constructor({ workerFile, modelsDir, device }: ThreadOptions) {
    const gate = CallGate.share();
    this.gate = new CallGate(gate);
    switchTelemetryOff();
    this.worker = new Worker(workerFile, {
      name: 'analyzer',
      workerData: { modelsDir, device, gate } satisfies ThreadSetup,
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

  /** Why a graphics card is not used that might be; known when it has answered. */
  get note(): string | undefined {
    return this.said?.note;
  }

  /** Waits until onnxruntime and the bundled models are loaded. @throws ThreadUnusable */
  async ready(): Promise<ThreadReady> {
    this.worker.ref();
    try {
      return await this.loaded;
    } finally {
      if (!this.closing) this.worker.unref();
    }
  }

  /**
   * One picture at a time.
   * @throws ImageError the picture's own trouble; AnalyzerUnavailable its format can't be decoded
   * @throws TaggerProblem the tagger can't be used; the picture is not looked at
   * @throws ThreadUnusable no thread of this kind will work
   * @throws ThreadDied
   */
  async ask(path: string, tags: TagsWanted): Promise<PictureAnswer> {
    const message = await this.exchange({ kind: 'picture', path, tags });
    if (message.kind === 'answer') return message.answer;
    throw errorIn(message);
  }

  /** Loads a tagger. @throws TaggerProblem, ThreadUnusable, ThreadDied */
  async describeTagger(tagger: TaggerSetup): Promise<TaggerFacts> {
    const message = await this.exchange({ kind: 'tagger', tagger });
    if (message.kind === 'tagger') return message.facts;
    throw errorIn(message);
  }

  /**
   * Ends the thread, whatever it is at, as soon as this is safe: after one inference at most. One that gets no answer from the
   * system or a driver is not waited for any longer, and ends when it has it.
   */
  async close(): Promise<void> {
    if (!this.isAlive) return;
    // waiting at the gate alone does not keep the process running, and a thread that died inside never leaves it
    this.closing = true;
    this.worker.ref();
    const safe = Promise.race([this.gate.close(), this.ended.promise]);
    const ended = safe.then(() => this.worker.terminate());
    await atMost(LONGEST_GATE_MS, safe);
    await atMost(END_MS, ended);
  }

  private async exchange(request: ThreadRequest): Promise<ThreadMessage> {
    this.worker.ref();
    try {
      await this.loaded;
      this.worker.postMessage(request);
      return await this.next();
    } finally {
      if (!this.closing) this.worker.unref();
    }
  }

  private async load(): Promise<ThreadReady> {
    let message: ThreadMessage;
    try {
      message = await this.next();
    } catch (cause) {
      throw new ThreadUnusable(`The analysis can't be started: ${toError(cause).message}`, { cause });
    }
    if (message.kind === 'unavailable') throw new ThreadUnusable(message.why);
    if (message.kind === 'ready') return (this.said = message);
    throw errorIn(message);
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

/** What the message says went wrong. */
function errorIn(message: ThreadMessage): Error {
  switch (message.kind) {
    case 'image-error':
      return new ImageError(message.reason, message.message, { transient: message.transient });
    case 'decoder-lacks':
      return new AnalyzerUnavailable(message.why);
    case 'tagger-unusable':
      return new TaggerProblem('model', message.why);
    case 'answer':
    case 'tagger':
    case 'ready':
    case 'unavailable':
      return new Error(`the analyzer thread said ${message.kind} where something else was asked`);
  }
}

const toError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)));
