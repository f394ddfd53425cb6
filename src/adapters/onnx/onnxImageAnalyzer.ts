import type { Analysis } from '../../core/model/analysis.ts';
import type { Look } from '../../core/model/look.ts';
import type { ImageAnalyzer } from '../../core/ports/imageAnalyzer.ts';
import { unlessAborted } from '../files/unlessAborted.ts';
import { AnalyzerPool, type AnalyzerPoolOptions } from './analyzerPool.ts';
import type { Device } from './onnxRuntime.ts';
import { InferenceServer, ServerUnusable, type InferenceServerOptions } from './server/inferenceServer.ts';
import { MODEL } from './tagger/taggerFiles.ts';
import { readTaggerFolder, type TaggerFolder } from './tagger/taggerFolder.ts';
import { TaggerProblem } from './tagger/taggerProblem.ts';
import type { TagThresholds } from './tagger/tagsOf.ts';
import type { PictureAnswer, TagsWanted } from './threadMessages.ts';
import { toAnalysis } from './toAnalysis.ts';

export interface OnnxImageAnalyzerOptions extends Omit<AnalyzerPoolOptions, 'device'> {
  /** default `cpu` */
  readonly device?: Device;
  /** least confidence of a person, 0 to 1 */
  readonly personThreshold: number;
  /** a tagger beside the bundled models */
  readonly tagger?: TaggerOptions;
}

export interface TaggerOptions {
  /** absolute path of the tagger's folder; absent: only the bundled models */
  readonly folder?: string;
  readonly thresholds: TagThresholds;
  /** where the tagger runs, if not here; `offline` when it must not be asked */
  readonly server?: InferenceServerOptions | 'offline';
}

/** What comes of a picture that was decoded once. */
export interface Examined {
  readonly analysis: Analysis;
  readonly look: Look;
}

/** Pictures that a server is given while it is at others. */
const AHEAD_OF_SERVER = 8;

const NO_LABELS =
  'No tags from the inference server: its numbers mean nothing without the tagger’s labels. Set imageInbox.analysis.model to a folder with its selected_tags.csv.';

/**
 * The bundled models, and a tagger if the user has one: in worker threads, or the tagger on a server.
 *
 *   analyze -> AnalyzerPool -> AnalyzerThread ==messages==> analyzerWorker -> ThreadModels -> decode (sharp), onnxruntime
 *      |-- toAnalysis <--------------------------------------- PictureAnswer
 *      `-- InferenceServer <-- the picture as its tagger wants it
 *
 * When the server gives no answer, the picture is looked at by the tagger here, if the folder has a model, or by the bundled
 * models alone, and the analysis says so.
 */
export class OnnxImageAnalyzer implements ImageAnalyzer {
  readonly concurrency: number;
  private readonly options: OnnxImageAnalyzerOptions;
  private readonly pool: AnalyzerPool;
  private readonly closing = new AbortController();
  private tagger: Promise<Tagger | undefined> | undefined;

  constructor(options: OnnxImageAnalyzerOptions) {
    this.options = options;
    this.pool = new AnalyzerPool({ device: 'cpu', ...options });
    this.concurrency = this.pool.size + (options.tagger?.server === undefined ? 0 : AHEAD_OF_SERVER);
  }

  async analyze(path: string, signal: AbortSignal): Promise<Analysis> {
    return (await this.examine(path, signal)).analysis;
  }

  /** The analysis, and how the picture looks, by one decoding. @throws as `analyze` */
  async examine(path: string, signal: AbortSignal): Promise<Examined> {
    const stopped = AbortSignal.any([signal, this.closing.signal]);
    // an inference can't be interrupted: the caller goes at once, the thread is free when it is through
    return unlessAborted(this.ask(path, stopped), stopped);
  }

  /** Ends all threads; pictures under way are rejected. */
  async close(): Promise<void> {
    this.closing.abort(new Error('the analyzer was closed'));
    const tagger = await this.tagger?.catch(() => undefined);
    await Promise.all([this.pool.close(), tagger?.server?.close()]);
  }

  private async ask(path: string, signal: AbortSignal): Promise<Examined> {
    signal.throwIfAborted();
    const tagger = await (this.tagger ??= this.readTagger());
    const { server } = this.options.tagger ?? {};
    if (!tagger) {
      const notes = server === undefined ? [] : [NO_LABELS];
      return this.examined(await this.pool.ask(path, NO_TAGS, signal), undefined, notes);
    }
    if (server === undefined) return this.lookHere(path, tagger, signal);
    return this.lookThere(path, tagger, signal);
  }

  /** With the tagger in our threads. */
  private async lookHere(path: string, tagger: Tagger, signal: AbortSignal): Promise<Examined> {
    try {
      return this.examined(await this.pool.ask(path, tagger.here, signal), tagger, []);
    } catch (error) {
      if (error instanceof TaggerProblem) throw this.pool.giveUp(error.message, error);
      throw error;
    }
  }

  /** With the tagger on the server, or what there is in its place. */
  private async lookThere(path: string, tagger: Tagger, signal: AbortSignal): Promise<Examined> {
    const notes: string[] = [];
    try {
      return await this.askServer(path, tagger, signal);
    } catch (error) {
      if (!(error instanceof ServerUnusable)) throw error;
      notes.push(error.message);
    }
    try {
      return this.examined(await this.pool.ask(path, tagger.here, signal), tagger, notes);
    } catch (error) {
      if (!(error instanceof TaggerProblem)) throw error;
      notes.push(error.message);
      tagger.here = NO_TAGS;
    }
    return this.examined(await this.pool.ask(path, NO_TAGS, signal), tagger, notes);
  }

  private async askServer(path: string, { server, folder }: Tagger, signal: AbortSignal): Promise<Examined> {
    if (!server) throw new ServerUnusable('The inference server is not asked: no network is to be used.');
    const answer = await this.pool.ask(path, await server.wanted(), signal);
    const began = performance.now();
    const scores = await server.scores(answer.inputs);
    const model = `${answer.model}, ${server.label}`;
    const ms = answer.ms + performance.now() - began;
    return this.examined({ ...answer, scores, model, ms }, { folder }, []);
  }

  private examined(
    answer: PictureAnswer,
    tagger: Pick<Tagger, 'folder'> | undefined,
    notes: readonly string[],
  ): Examined {
    const { personThreshold, tagger: options } = this.options;
    const tags = tagger && options && { labels: tagger.folder.labels, thresholds: options.thresholds };
    return { analysis: toAnalysis(answer, { personThreshold, ...(tags && { tags }), notes }), look: answer.look };
  }

  /** @throws AnalyzerUnavailable */
  private async readTagger(): Promise<Tagger | undefined> {
    const { folder: path, server } = this.options.tagger ?? {};
    if (path === undefined) return undefined;
    try {
      const folder = await readTaggerFolder(path);
      const { name, form, labels, model } = folder;
      if (!model && server === undefined) throw new TaggerProblem('model', `The folder ${path} has no ${MODEL}.`);
      if (model) this.pool.makeRoom(model.bytes);
      const setup = model && { name, file: model.path, form, tags: labels.length };
      return {
        folder,
        here: setup ? { kind: 'scores', tagger: setup } : NO_TAGS,
        server: typeof server === 'object' ? new InferenceServer(server, form, labels.length) : undefined,
      };
    } catch (error) {
      if (error instanceof TaggerProblem) throw this.pool.giveUp(error.message, error);
      throw error;
    }
  }
}

interface Tagger {
  readonly folder: TaggerFolder;
  /** what our threads can do about tags */
  here: TagsWanted;
  readonly server: InferenceServer | undefined;
}

const NO_TAGS: TagsWanted = { kind: 'none' };
