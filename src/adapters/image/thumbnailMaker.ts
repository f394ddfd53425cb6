import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FatalError } from '../../core/model/failure.ts';
import { decode } from './decode.ts';

/** Longest sides in pixels: in a grid of many, and as large as a panel shows one. */
const SIDES = { small: 320, large: 1400 } as const;

/** Makes the small pictures that the review shows. */
export class ThumbnailMaker {
  /**
   * Writes a WebP, longest side 320 pixels (large: 1,400), of the picture at `path` to `target` in our working folder, whole or
   * not at all.
   * The folder is made when missing; a thumbnail that is there is replaced.
   * @throws ImageError, DecoderLacks as `decode`; FatalError `no-space` or `not-writable`
   */
  async makeThumbnail(path: string, target: string, size: keyof typeof SIDES = 'small'): Promise<void> {
    const bytes = await decode(path, (picture) =>
      picture
        .resize(SIDES[size], SIDES[size], { fit: 'inside', withoutEnlargement: true })
        .webp({ quality: 80, effort: 2 })
        .toBuffer(),
    );
    const aside = `${target}.${randomBytes(4).toString('hex')}.partial`;
    try {
      await mkdir(dirname(target), { recursive: true });
      // no fsync: what a power cut takes is made again
      await writeFile(aside, bytes, { flag: 'wx' });
      await rename(aside, target);
    } catch (cause) {
      await rm(aside, { force: true });
      const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
      const isFull = code === 'ENOSPC' || code === 'EDQUOT';
      throw new FatalError(
        isFull ? 'no-space' : 'not-writable',
        isFull ? `The disk of ${target} is full.` : `The thumbnail ${target} can't be written (${code}).`,
        { cause },
      );
    }
  }
}
