import type { Look } from '../../core/model/look.ts';
import { decode, type PictureSize } from '../image/decode.ts';
import { fit, type Pixels } from '../image/fit.ts';
import type { SharpModule } from '../image/loadSharp.ts';
import { LOOK_SIDE, lookOf } from '../image/lookOf.ts';
import { laterFrames } from './laterFrames.ts';
import { letterbox, paintLetterbox, type Letterbox } from './letterbox.ts';

/** A picture made ready for the models: RGB, 8 bits, rows of pixels. */
export interface ModelInputs {
  readonly size: PictureSize;
  /** for near copies, from the same decoding */
  readonly look: Look;
  /** 224 x 224, the sides out of proportion */
  readonly classifier: Uint8Array;
  /** 512 x 512, the sides in proportion on black */
  readonly detector: Uint8Array;
  /** where the picture lies in `detector` */
  readonly box: Letterbox;
  /** as large as was asked for, the sides in proportion on white: the picture, and later frames of an animation; else none */
  readonly tagger: readonly Uint8Array[];
}

export const CLASSIFIER_SIDE = 224;
export const DETECTOR_SIDE = 512;

const BLACK = 0;
const WHITE = 255;

/**
 * Reads and decodes a picture once, for the largest model, and makes the smaller ones' inputs from that.
 *
 * The classifier's picture is resized with Lanczos: of 131 drawn and painted characters it gives 104 a drawn score of over 0.7
 * with that, 77 with the triangle filter; the few photographs that look drawn to it then are told by the layer in style.ts.
 *
 * @param taggerSide pixels; absent: there is no tagger
 * @throws ImageError, DecoderLacks as `decode`
 */
export async function modelInputs(path: string, taggerSide?: number): Promise<ModelInputs> {
  return decode(path, async (picture, size, sharp) => {
    const fitted = await fit(picture, size, Math.max(DETECTOR_SIDE, taggerSide ?? 0));
    const box = letterbox(size.width, size.height, DETECTOR_SIDE);
    const detector = await resized(sharp, fitted, box, 'lanczos3');
    // a small picture is enlarged for the detector, which would change how it looks
    const isSmall = Math.max(fitted.width, fitted.height) < LOOK_SIDE;
    const look = lookOf(isSmall ? fitted : { ...box, pixels: detector }, size);
    const classifier = await resized(
      sharp,
      { ...box, pixels: detector },
      { width: CLASSIFIER_SIDE, height: CLASSIFIER_SIDE },
      'lanczos3',
    );
    const tagger = taggerSide === undefined ? [] : [await onWhite(sharp, fitted, taggerSide)];
    if (taggerSide !== undefined) {
      for await (const frame of laterFrames(path, picture, size, sharp)) {
        // where an animation breaks off, what was to be seen of it counts
        const shown = await fit(frame, size, taggerSide).catch(() => undefined);
        if (!shown) break;
        tagger.push(await onWhite(sharp, shown, taggerSide));
      }
    }
    return { size, look, classifier, detector: paintLetterbox(detector, box, BLACK), box, tagger };
  });
}

/**
 * The taggers' own way is to pad first and to resize the square, by Pillow's bicubic filter. From the detector's pixels this
 * comes to within 0.1 to 3 grey levels of it on average, as near as from the file itself, and spares a second decoding.
 */
async function onWhite(sharp: SharpModule, { pixels, width, height }: Pixels, side: number): Promise<Uint8Array> {
  const box = letterbox(width, height, Math.max(width, height));
  const square = { pixels: paintLetterbox(pixels, box, WHITE), width: box.side, height: box.side };
  return resized(sharp, square, { width: side, height: side }, 'cubic');
}

async function resized(
  sharp: SharpModule,
  { pixels, width, height }: Pixels,
  to: { readonly width: number; readonly height: number },
  kernel: 'lanczos3' | 'cubic',
): Promise<Uint8Array> {
  if (width === to.width && height === to.height) return pixels;
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .resize(to.width, to.height, { fit: 'fill', kernel })
    .raw()
    .toBuffer();
}
