import type { Sharp, SharpOptions } from 'sharp';
import { DecoderLacks, ImageError } from '../../core/model/failure.ts';
import { decodeBmp, isBmp, sizeOfBmp } from './bmp.ts';
import { decodeHeic, heicLibrary } from './heic.ts';
import { loadSharp, type SharpModule } from './loadSharp.ts';
import { readWhole } from './readWhole.ts';
import { isHeic, readsHeic, undecodableFormat } from './undecodableFormat.ts';

/** Width and height of the picture as shown: EXIF orientation applied. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** Holds camera pictures and scans of any sort; in RGB it is 0.8 GB, for the formats that are decoded as a whole. */
const MAX_PIXELS = 0x3fff * 0x3fff;

const OPENING: SharpOptions = {
  limitInputPixels: MAX_PIXELS,
  // measured on damaged files: `none` lets half a JPEG or PNG pass, and `warning` refuses JPEGs that every viewer shows
  // (bytes between segments, an unknown Adobe transform); `error` fails what is cut off and passes these
  failOn: 'error',
};

/**
 * Decodes a picture file. `use` gets it as it is to be seen: upright, on white where it is transparent, sRGB with 8 bits,
 * three channels, and the first frame if there are several; it resizes that and asks for the output.
 *
 * @param use decodes and does nothing else: whatever it throws counts as damage to the picture
 * @throws ImageError `vanished`, `unreadable`, `empty`, `too-large`, `corrupt`
 * @throws DecoderLacks the format is none of the installed decoder's, or there is no decoder
 */
export async function decode<T>(
  path: string,
  use: (picture: Sharp, size: PictureSize, sharp: SharpModule) => Promise<T>,
): Promise<T> {
  const sharp = await loadSharp();
  const bytes = await readWhole(path);
  try {
    const { picture, size } = await opened(bytes, sharp);
    return await use(asSeen(picture), size, sharp);
  } catch (cause) {
    if (cause instanceof ImageError) throw cause;
    const format = undecodableFormat(bytes, sharp);
    if (format !== undefined) throw new DecoderLacks(`The installed decoder does not read ${format}`, { cause });
    throw new ImageError('corrupt', `The picture can't be decoded: ${firstFault(cause)}.`, { cause });
  }
}

async function opened(
  bytes: Buffer,
  sharp: SharpModule,
): Promise<{ readonly picture: Sharp; readonly size: PictureSize }> {
  const library = isHeic(bytes) && !readsHeic(sharp) ? heicLibrary() : undefined;
  if (library !== undefined) {
    const { width, height, pixels } = await decodeHeic(library, bytes, MAX_PIXELS);
    if (!pixels) throw tooLarge({ width, height });
    return { picture: sharp(pixels, { raw: { width, height, channels: 4 } }), size: { width, height } };
  }
  if (isBmp(bytes)) {
    const size = sizeOfBmp(bytes);
    if (size.width * size.height > MAX_PIXELS) throw tooLarge(size);
    return { picture: sharp((await decodeBmp(bytes)).pixels, { raw: { ...size, channels: 4 } }), size };
  }
  const { autoOrient: size } = await sharp(bytes, { ...OPENING, limitInputPixels: false }).metadata();
  if (size.width * size.height > MAX_PIXELS) throw tooLarge(size);
  return { picture: sharp(bytes, OPENING), size: { width: size.width, height: size.height } };
}

function asSeen(picture: Sharp): Sharp {
  return picture.autoOrient().flatten({ background: '#fff' }).toColourspace('srgb').removeAlpha();
}

function tooLarge({ width, height }: PictureSize): ImageError {
  const megapixels = (pixels: number): number => Math.round(pixels / 1e6);
  return new ImageError(
    'too-large',
    `The picture has ${width} x ${height} pixels (${megapixels(width * height)} MP); at most ${megapixels(MAX_PIXELS)} MP are decoded.`,
  );
}

/** libvips gives a line for everything that it noticed; its attempts to seek past the end come before the reason. */
function firstFault(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const lines = text.replace(/^Input buffer (?:has corrupt header: |contains )/, '').split('\n');
  return (lines.find((line) => line.trim() !== '' && !line.startsWith('source: bad seek')) ?? text).trim();
}
