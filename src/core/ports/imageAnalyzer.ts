import type { Analysis } from '../model/analysis.ts';

/** Runs the local models. Nothing native is loaded before the first image. */
export interface ImageAnalyzer {
  /** how many images are worth giving to it at once */
  readonly concurrency: number;
  /**
   * @throws ImageError `corrupt`, `too-large`, `unreadable`: the image can't be read
   * @throws AnalyzerUnavailable when the models or the native module can't be loaded, or the decoder does not know the format
   */
  analyze(path: string, signal: AbortSignal): Promise<Analysis>;
  close(): Promise<void>;
}

/** The analysis can't be had, through no fault of the image: the stage is skipped with this reason, the rest goes on. */
export class AnalyzerUnavailable extends Error {
  override readonly name = 'AnalyzerUnavailable';
}
