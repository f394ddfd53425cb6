import { readdir } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { ImageError } from '../../core/model/failure.ts';
import { readStanding, type StandingSidecar } from './standingSidecar.ts';

export interface OtherSidecar {
  readonly standing?: StandingSidecar;
  /** what was found, for people; undefined when there is none */
  readonly note?: string;
}

/** Beside a picture of the same name these have nothing to do with XMP; anything else may be what the sidecar is of (raw, video). */
const NO_PICTURES = /\.(xmp|json|txt|md|html?|xml|csv|ini|url|nfo|md5|sha\d+)$/i;

/**
 * The sidecar of `a.jpg` in the other naming style, Adobe's: `a.xmp`. It is only read, and only where it can be of no other
 * file: with an `a.png` beside, or a raw `a.nef`, nobody can tell whose it is.
 * @param sidecarPath absolute, in our style: `a.jpg.xmp`
 * @param disputed paths of those that were of nobody for sure: that stays so when one of the pictures has been moved away
 */
export async function readOtherSidecar(sidecarPath: string, disputed: Set<string>): Promise<OtherSidecar> {
  const image = basename(sidecarPath, '.xmp');
  const stem = basename(image, extname(image));
  const folder = dirname(sidecarPath);
  const path = join(folder, `${stem}.xmp`);
  if (stem === image) return {}; // an image without extension: the two styles are one
  let standing: StandingSidecar | undefined;
  try {
    standing = await readStanding(path);
  } catch (cause) {
    if (!(cause instanceof ImageError) || cause.transient) throw cause;
    return { note: `${stem}.xmp can't be read, so it was not merged` };
  }
  if (!standing) return {};
  // folders are no images
  const names = (await readdir(folder, { withFileTypes: true })).flatMap((entry) =>
    entry.isDirectory() ? [] : entry.name,
  );
  if (names.includes(stem)) return {}; // an image `a.jpg` has that name of itself, and `a.jpg.png` another
  const rival = names.find(
    (name) => name !== image && basename(name, extname(name)) === stem && !NO_PICTURES.test(name),
  );
  if (rival !== undefined) disputed.add(path);
  if (disputed.has(path))
    return { note: `${stem}.xmp may be of ${rival ?? 'another file'} as well, so it was not merged` };
  return { standing, note: `${stem}.xmp was merged into ${basename(sidecarPath)}, and left as it is` };
}
