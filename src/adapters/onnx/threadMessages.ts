import type { FailureReason } from '../../core/model/failure.ts';
import type { Look } from '../../core/model/look.ts';
import type { Letterbox } from './letterbox.ts';
import type { Device } from './onnxRuntime.ts';
import type { TaggerSetup } from './tagger/localTagger.ts';
import type { TaggerForm } from './tagger/taggerForm.ts';

/** What an analyzer thread is started with, as `workerData`. */
export interface ThreadSetup {
  /** absolute path of the folder with the models */
  readonly modelsDir: string;
  readonly device: Device;
  /** of the CallGate */
  readonly gate: SharedArrayBuffer;
}

/** What is to be done about tags, beside style and persons. */
export type TagsWanted =
  | { readonly kind: 'none' }
  /** the thread's own tagger, loaded at the first picture */
  | { readonly kind: 'scores'; readonly tagger: TaggerSetup }
  /** the picture made ready for a tagger that runs elsewhere */
  | { readonly kind: 'inputs'; readonly side: number; readonly form: TaggerForm; readonly as: Encoding };

/** Numbers as float32, little-endian, or as JSON: `1,2,3`, without brackets. */
export type Encoding = 'float32' | 'json';

/** One at a time; the next is sent when it has been answered. */
export type ThreadRequest =
  | { readonly kind: 'picture'; readonly path: string; readonly tags: TagsWanted }
  /** load the tagger and tell of it */
  | { readonly kind: 'tagger'; readonly tagger: TaggerSetup };

/** How a picture looks, and what the models say of it, before anything is made of that. */
export interface PictureAnswer {
  /** pixels, as shown */
  readonly width: number;
  readonly height: number;
  readonly look: Look;
  /** one for each of CLASSES, 0 to 1 */
  readonly probabilities: Float32Array;
  /** rows of DETECTION_FIELDS, in pixels of the square that `box` lies in */
  readonly detections: Float32Array;
  readonly box: Letterbox;
  /** for `scores`: one for each tag, of the picture or of an animation's frames */
  readonly scores: readonly Float32Array[];
  /** for `inputs`: the same pictures */
  readonly inputs: readonly Uint8Array<ArrayBuffer>[];
  /** names of the models with the beginning of their SHA-256 */
  readonly model: string;
  /** milliseconds from the file to the answer */
  readonly ms: number;
}

export interface TaggerFacts {
  readonly side: number;
  readonly sha256: string;
  /** milliseconds that its first picture took */
  readonly firstMs: number;
}

/** The thread says `ready` or `unavailable` once, and then one of the others for each request. */
export type ThreadMessage =
  /** `runtime`: version of onnxruntime; `note`: why a graphics card is not used that might be */
  | { readonly kind: 'ready'; readonly runtime: string; readonly note?: string }
  /** models or native modules can't be loaded; the thread ends */
  | { readonly kind: 'unavailable'; readonly why: string }
  | { readonly kind: 'answer'; readonly answer: PictureAnswer }
  | { readonly kind: 'tagger'; readonly facts: TaggerFacts }
  | { readonly kind: 'tagger-unusable'; readonly why: string }
  | { readonly kind: 'decoder-lacks'; readonly why: string }
  | {
      readonly kind: 'image-error';
      readonly reason: FailureReason;
      readonly message: string;
      readonly transient: boolean;
    };
