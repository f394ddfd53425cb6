import type { FailureReason } from '../../core/model/failure.ts';
import type { PictureAnswer } from './bundledModels.ts';

/** What an analyzer thread is started with, as `workerData`. */
export interface ThreadSetup {
  /** absolute path of the folder with the models */
  readonly modelsDir: string;
  /** of the CallGate */
  readonly gate: SharedArrayBuffer;
}

/** The one request; the next is sent when it has been answered. */
export interface AnalyzeRequest {
  readonly path: string;
}

/** The thread says `ready` or `unavailable` once, and then one of the others for each request. */
export type ThreadMessage =
  | { readonly kind: 'ready' }
  /** models or native modules can't be loaded; the thread ends */
  | { readonly kind: 'unavailable'; readonly why: string }
  | { readonly kind: 'answer'; readonly answer: PictureAnswer }
  | { readonly kind: 'decoder-lacks'; readonly why: string }
  | {
      readonly kind: 'image-error';
      readonly reason: FailureReason;
      readonly message: string;
      readonly transient: boolean;
    };
