import type { ImageFormat } from '../../core/model/image.ts';

/** Enough of a file's beginning to tell what it is. */
export const HEAD_BYTES = 4096;

/** What a file is by its content. */
export interface Sniffed {
  /** absent: not an image, or of a kind that we do not take (camera raws, Photoshop) */
  readonly format?: ImageFormat;
  /** in words: `image/png`, `application/pdf`, `text` */
  readonly what: string;
}

const FORMAT_OF: Readonly<Record<string, ImageFormat>> = {
  'image/jpeg': 'jpeg',
  'image/png': 'png',
  'image/apng': 'png',
  'image/webp': 'webp',
  'image/gif': 'gif',
  'image/avif': 'avif',
  'image/heic': 'heif',
  'image/heif': 'heif',
  'image/heic-sequence': 'heif',
  'image/heif-sequence': 'heif',
  'image/tiff': 'tiff',
  'image/bmp': 'bmp',
  'image/jxl': 'jxl',
};

/** @param head the first HEAD_BYTES of the file, or all of it */
export async function sniff(head: Uint8Array): Promise<Sniffed> {
  const { fileTypeFromBuffer } = await import('file-type');
  const mime = (await fileTypeFromBuffer(head))?.mime ?? mimeBySignature(head);
  if (mime === undefined) return { what: looksLikeText(head) ? 'text' : 'of no known type' };
  const format = Object.hasOwn(FORMAT_OF, mime) ? FORMAT_OF[mime] : undefined;
  if (format === undefined) return { what: mime };
  return isWhatItClaims(format, head) ? { format, what: mime } : { what: 'of no known type' };
}

/**
 * file-type wants to read on where the head ends: a TIFF's directory is often at the file's end, and a PNG cut off within its
 * first chunk has no more to read. Their first bytes say enough.
 */
function mimeBySignature(head: Uint8Array): string | undefined {
  const start = Buffer.from(head.subarray(0, 8)).toString('latin1');
  if (start.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png';
  if (/^(II\*\0|II\+\0|MM\0\*|MM\0\+)/.test(start)) return 'image/tiff';
  return undefined;
}

/** file-type takes two or three letters for proof, so that "BMW" in a text is a bitmap and "GIF" an animation. */
function isWhatItClaims(format: ImageFormat, head: Uint8Array): boolean {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  if (format === 'gif') return /^GIF8[79]a/.test(bytes.toString('latin1', 0, 6));
  // the length of the second header tells the versions of BMP apart: 12 is OS/2's, 124 the latest
  if (format === 'bmp')
    return bytes.length >= 18 && [12, 16, 40, 52, 56, 64, 108, 124].includes(bytes.readUInt32LE(14));
  return true;
}

function looksLikeText(head: Uint8Array): boolean {
  if (head.includes(0)) return false;
  // the head may end within a character
  const text = new TextDecoder('utf-8').decode(head, { stream: true });
  return text.length > 0 && !text.includes('\uFFFD');
}
