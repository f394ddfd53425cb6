import { stat } from 'node:fs/promises';
import type { Analysis } from '../../core/model/analysis.ts';
import { ImageError } from '../../core/model/failure.ts';
import type { Look } from '../../core/model/look.ts';
import { AnalyzerUnavailable, type ImageAnalyzer } from '../../core/ports/imageAnalyzer.ts';
import type { LookMaker } from '../../core/ports/lookMaker.ts';
import type { Examined, OnnxImageAnalyzer } from './onnxImageAnalyzer.ts';

type Examiner = Pick<OnnxImageAnalyzer, 'concurrency' | 'examine' | 'close'>;

/** Two or three kilobytes each, of pictures whose look nobody asks for. */
const MOST_KEPT = 200;

/**
 * The search asks how a picture looks, the analysis what the models say of it, at about the same time: whoever comes first has
 * it decoded and examined, and the other one gets what came of that. (Copies to search with, and thumbnails, are made from a
 * decoding of their own, for the pictures that need one.)
 */
export class OneDecoding implements ImageAnalyzer, LookMaker {
  readonly concurrency: number;
  private readonly analyzer: Examiner;
  private readonly looks: LookMaker;
  /** by the file, what one of the two has begun and the other has not asked for yet; the oldest first */
  private readonly begun = new Map<string, Begun>();

  /** @param looks makes them where the analysis can't be had */
  constructor(analyzer: Examiner, looks: LookMaker) {
    this.analyzer = analyzer;
    this.looks = looks;
    this.concurrency = analyzer.concurrency;
  }

  async analyze(path: string, signal: AbortSignal): Promise<Analysis> {
    return (await this.examine(path, 'analysis', signal)).analysis;
  }

  async look(path: string, signal: AbortSignal): Promise<Look> {
    try {
      return (await this.examine(path, 'look', signal)).look;
    } catch (error) {
      const isModels =
        error instanceof AnalyzerUnavailable || (error instanceof ImageError && error.reason === 'model');
      if (!isModels) throw error;
      return this.looks.look(path, signal);
    }
  }

  close(): Promise<void> {
    return this.analyzer.close();
  }

  private async examine(path: string, wanted: Begun['by'], signal: AbortSignal): Promise<Examined> {
    const file = await identityOf(path);
    const other = this.begun.get(file);
    if (other && other.by !== wanted) {
      this.begun.delete(file);
      return other.work;
    }
    const work = this.analyzer.examine(path, signal);
    const own: Begun = { by: wanted, work };
    this.begun.delete(file);
    this.begun.set(file, own);
    // whoever tries again has it examined anew
    work.catch(() => this.begun.get(file) === own && this.begun.delete(file));
    const [oldest] = this.begun.keys();
    if (this.begun.size > MOST_KEPT && oldest !== undefined) this.begun.delete(oldest);
    return work;
  }
}

interface Begun {
  readonly by: 'look' | 'analysis';
  readonly work: Promise<Examined>;
}

/** Changes when another picture takes the name. What is wrong with a file is told by who reads it. */
async function identityOf(path: string): Promise<string> {
  const file = await stat(path, { bigint: true }).catch(() => undefined);
  return file ? `${file.size} ${file.mtimeNs} ${path}` : path;
}
