import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';

/** 90 x 60: red on the left, green in the middle, blue on the right; so that turned, swapped and missing channels show. */
export const FLAG = { width: 90, height: 60, colours: ['#e02010', '#10c020', '#1020e0'] } as const;

export function flag(): Sharp {
  const { width, height, colours } = FLAG;
  const pixels = Buffer.alloc(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    const colour = colours[Math.floor(((i % width) * colours.length) / width)] ?? '';
    pixels.write(colour.slice(1), i * 3, 'hex');
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } });
}

/** Pixels that no codec makes small, so that a file can be cut in the middle of them. The same each time. */
export function noise(width: number, height: number): Sharp {
  const pixels = Buffer.alloc(width * height * 3);
  let state = 1;
  for (let i = 0; i < pixels.length; i++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    pixels[i] = state >>> 24;
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } });
}

/** A whole and valid PNG of many pixels in few bytes: one bit each, all black. */
export function pngOfBlack(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 1;
  const rows = deflateSync(Buffer.alloc((1 + Math.ceil(width / 8)) * height), { level: 9 });
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    pngChunk('IHDR', header),
    pngChunk('IDAT', rows),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}

function pngChunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const chunk = Buffer.alloc(body.length + 8);
  chunk.writeUInt32BE(data.length, 0);
  body.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(body), body.length + 4);
  return chunk;
}

/** The flag as BMP with 24 bits a pixel, the last row first; its rows of 270 bytes have two over. */
export async function flagAsBmp(): Promise<Buffer> {
  const { width, height } = FLAG;
  const pixels = await flag().flip().raw().toBuffer();
  const stride = 4 * Math.ceil((3 * width) / 4);
  const file = Buffer.alloc(54 + stride * height);
  file.write('BM', 'latin1');
  file.writeUInt32LE(file.length, 2);
  file.writeUInt32LE(54, 10);
  file.writeUInt32LE(40, 14);
  file.writeInt32LE(width, 18);
  file.writeInt32LE(height, 22);
  file.writeUInt16LE(1, 26);
  file.writeUInt16LE(24, 28);
  for (let row = 0; row < height; row++) {
    const line = pixels.subarray(3 * width * row, 3 * width * (row + 1));
    for (let x = 0; x < width; x++) file.set(line.subarray(3 * x, 3 * x + 3).toReversed(), 54 + stride * row + 3 * x);
  }
  return file;
}

/** The flag as HEIC, which sharp can't write: by libheif's heif-enc, quality 90. */
export const flagAsHeic = (): Promise<Buffer> => readFile(join(import.meta.dirname, '../../fixtures/flag.heic'));

/** The head of a camera's HEIC, and no picture. */
export function heicHead(): Buffer {
  const ftyp = Buffer.from('\0\0\0\x18ftypmif1\0\0\0\0mif1heic', 'latin1');
  return Buffer.concat([ftyp, Buffer.alloc(400)]);
}

/** The signature box of a JPEG XL container, and no more. */
export function jxlHead(): Buffer {
  return Buffer.concat([Buffer.from('\0\0\0\x0cJXL \r\n\x87\n', 'latin1'), Buffer.alloc(100)]);
}
