import type { Sharp } from 'sharp';
import type { PictureSize } from '../image/decode.ts';
import type { SharpModule } from '../image/loadSharp.ts';
import { readWhole } from '../image/readWhole.ts';

/** Enough to come upon what an animation leads up to; each costs a tagger as much as a picture. */
const MOST_FRAMES = 3;
/** Frames build upon those before them, so that the last one costs all: 0.5 s of decoding at most. */
const MOST_PIXELS = 100_000_000;

const ANIMATED = new Set(['gif', 'webp']);

/**
 * Frames of an animation after the first one, evenly spread up to the last; none of a still picture.
 * @param picture of the file at `path`, as `decode` gives it; the frames are as it is
 */
export async function* laterFrames(
  path: string,
  picture: Sharp,
  size: PictureSize,
  sharp: SharpModule,
): AsyncGenerator<Sharp, void> {
  const { format, pages = 1 } = await picture.metadata();
  if (pages < 2 || !ANIMATED.has(format)) return;
  const bytes = await readWhole(path);
  for (const page of spread(pages, size)) {
    yield sharp(bytes, { page }).autoOrient().flatten({ background: '#fff' }).toColourspace('srgb').removeAlpha();
  }
}

function spread(frames: number, { width, height }: PictureSize): readonly number[] {
  const last = Math.min(frames, Math.floor(MOST_PIXELS / (width * height))) - 1;
  const count = Math.min(MOST_FRAMES, last);
  return Array.from({ length: Math.max(0, count) }, (_, i) => Math.round(((i + 1) * last) / count));
}
