import type { PictureSize, ScreenPicture } from '../../core/ports/screenPicture.ts';
import { loadSharp } from './loadSharp.ts';

/**
 * A thumbnail of ours, made to fit into a box, what is transparent on grey.
 * @param path absolute, of a file that `ThumbnailMaker` has written
 * @throws DecoderLacks
 */
export async function screenPicture(path: string, { width, height, colors }: PictureSize): Promise<ScreenPicture> {
  const sharp = await loadSharp();
  const png = await sharp(path)
    .flatten({ background: '#808080' })
    .toColourspace('srgb')
    .resize(Math.max(1, width), Math.max(1, height), { fit: 'inside' })
    .removeAlpha()
    .png(colors === undefined ? {} : { palette: true, colours: colors })
    .toBuffer();
  const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, rgb: data, png };
}
