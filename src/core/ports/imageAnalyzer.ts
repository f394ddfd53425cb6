import type { Analysis } from '../model/analysis.ts';
import type { TagCategory } from '../model/tag.ts';

/** Runs the models. Nothing native is loaded before the first image. */
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

/** What a folder holds that somebody wants to use as a tagger. */
export type TaggerFindings =
  | {
      readonly kind: 'works';
      readonly name: string;
      /** side of the square that it takes, pixels */
      readonly size: number;
      /** how many tags of each category it knows */
      readonly tags: Readonly<Record<TagCategory, number>>;
      readonly givesRatings: boolean;
      /** of the model's file */
      readonly sha256: string;
      readonly bytes: number;
      /** milliseconds that one picture took, the first */
      readonly ms: number;
    }
  /** `why`: one sentence or two that say what is wrong with which file, and what to do where that is known */
  | { readonly kind: 'broken'; readonly why: string };

/** Looks at a tagger before it is chosen: its files are read, the model is loaded, and shown a picture. */
export interface TaggerInspector {
  /** @param folder absolute path. Rejects only when `signal` is aborted. */
  inspect(folder: string, signal: AbortSignal): Promise<TaggerFindings>;
}
