import type { ContentHash, ImageId } from './ids.ts';

/** What a file is, by its content. */
export const IMAGE_FORMATS = ['jpeg', 'png', 'webp', 'gif', 'avif', 'heif', 'tiff', 'bmp', 'jxl'] as const;
export type ImageFormat = (typeof IMAGE_FORMATS)[number];

/** A regular file that the walk over the inbox came upon and that may be an image. */
export interface FoundImage {
  readonly id: ImageId;
  /** absolute */
  readonly path: string;
  /** bytes */
  readonly size: number;
  /** modification time, milliseconds since 1970, as the file system gives it */
  readonly mtimeMs: number;
}

/** What one read of the whole file tells. */
export interface Fingerprint {
  readonly format: ImageFormat;
  readonly sha256: ContentHash;
  /** 32 lower-case hex digits: the boorus know files by their MD5 */
  readonly md5: string;
}

/** `a.jpg` -> `a.jpg.xmp`, beside it. The full name is kept, so that `a.jpg` and `a.png` never share a sidecar. */
export const sidecarOf = (imagePath: string): string => `${imagePath}.xmp`;

/** Whether it is a sidecar by its name, ours or another program's, which may spell it `.XMP`. */
export const isSidecar = (path: string): boolean => /\.xmp$/i.test(path);

/** `a.jpg.xmp` -> `a.jpg`; what is no sidecar stays as it is. */
export const imageOfSidecar = (path: string): string => path.replace(/\.xmp$/i, '');
