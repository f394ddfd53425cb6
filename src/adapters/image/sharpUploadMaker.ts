import type { UploadMaker } from '../../core/ports/reverseImageSearch.ts';
import { decode } from './decode.ts';

/** Plenty: the services compare thumbnails. */
const LONGEST_SIDE = 1000;

/** Random noise, the worst there is, makes 0.9 MB of 1,000 x 1,000 pixels: far below the services' 8 MB. */
const QUALITY = 90;

/** The reduced copies, made by sharp. They carry no metadata: no place, no camera, no name. */
export class SharpUploadMaker implements UploadMaker {
  async makeUpload(path: string): Promise<Uint8Array> {
    return decode(path, (picture) =>
      picture
        .resize(LONGEST_SIDE, LONGEST_SIDE, { fit: 'inside', withoutEnlargement: true })
        .jpeg({ quality: QUALITY })
        .toBuffer(),
    );
  }
}
