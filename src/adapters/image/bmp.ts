import { setImmediate } from 'node:timers/promises';

/** Pixels row by row from the top, RGB and alpha. */
export interface BmpPicture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/** What the header says of the pixels. */
interface Layout {
  readonly width: number;
  readonly height: number;
  /** rows come from the top, not from the bottom */
  readonly topDown: boolean;
  /** of a pixel */
  readonly bits: number;
  readonly runLength: boolean;
  /** of red, green, blue and alpha, where a pixel is no index of a colour; 0: there is none */
  readonly masks: readonly number[];
  /** blue, green, red, and with four bytes one that means nothing */
  readonly palette: Buffer;
  readonly colourBytes: 3 | 4;
  readonly start: number;
}

const FILE_HEADER = 14;
/** BITMAPCOREHEADER of OS/2, BITMAPINFOHEADER of Windows; what came later begins as the second. */
const [CORE, INFO] = [12, 40];
const [PLAIN, RLE8, RLE4, BIT_FIELDS, ALPHA_BIT_FIELDS] = [0, 1, 2, 3, 6];
const MASKS_OF_16 = [0x7c00, 0x03e0, 0x001f, 0];
const MASKS_OF_24 = [0xff0000, 0xff00, 0xff, 0];
/** So many pixels are done before others have their turn: 2 ms. */
const AT_ONCE = 200_000;

export const isBmp = (bytes: Buffer): boolean => bytes.toString('latin1', 0, 2) === 'BM';

/** Width and height of a BMP. @throws Error it is none, or of a kind that nobody writes */
export function sizeOfBmp(bytes: Buffer): { readonly width: number; readonly height: number } {
  const { width, height } = layoutOf(bytes);
  return { width, height };
}

/**
 * The pixels of a BMP of any kind that programs write (Microsoft's documentation of BITMAPV5HEADER): libvips as it comes with
 * sharp reads none.
 * @throws Error it ends early, or is of a kind that nobody writes
 */
export async function decodeBmp(bytes: Buffer): Promise<BmpPicture> {
  const layout = layoutOf(bytes);
  const { width, height, topDown, bits, runLength, start } = layout;
  const stride = Math.ceil((width * bits) / 32) * 4;
  const indices = runLength ? unpacked(bytes.subarray(start), layout) : undefined;
  if (!indices && start + stride * (height - 1) + Math.ceil((width * bits) / 8) > bytes.length) throw tooShort();
  const pixels = new Uint8Array(4 * width * height);
  const colour = colourReader(layout);
  let seen = 0;
  let alphas = 0;
  for (let row = 0; row < height; row++) {
    const from = start + stride * row;
    let to = 4 * width * (topDown ? row : height - 1 - row);
    for (let x = 0; x < width; x++, to += 4) {
      const value = indices ? (indices[row * width + x] ?? 0) : valueAt(bytes, from, x, bits);
      const rgba = colour(value);
      pixels[to] = rgba >>> 24;
      pixels[to + 1] = rgba >>> 16;
      pixels[to + 2] = rgba >>> 8;
      pixels[to + 3] = rgba;
      alphas |= rgba & 0xff;
    }
    seen += width;
    if (seen > AT_ONCE) {
      seen = 0;
      await setImmediate();
    }
  }
  // alpha that is 0 everywhere was never meant: the picture would not be there
  if (alphas === 0) for (let at = 3; at < pixels.length; at += 4) pixels[at] = 255;
  return { width, height, pixels };
}

function layoutOf(bytes: Buffer): Layout {
  if (bytes.length < FILE_HEADER + CORE) throw tooShort();
  const header = bytes.readUInt32LE(FILE_HEADER);
  if (header !== CORE && header < INFO) throw new Error(`bmp: a header of ${header} bytes is not known`);
  if (bytes.length < FILE_HEADER + header) throw tooShort();
  const isCore = header === CORE;
  const width = isCore ? bytes.readUInt16LE(18) : bytes.readInt32LE(18);
  const signed = isCore ? bytes.readUInt16LE(20) : bytes.readInt32LE(22);
  const bits = bytes.readUInt16LE(isCore ? 24 : 28);
  const compression = isCore ? PLAIN : bytes.readUInt32LE(30);
  if (width < 1 || signed === 0) throw new Error(`bmp: it has ${width} x ${Math.abs(signed)} pixels`);
  const kinds: Readonly<Record<number, readonly number[]>> = {
    [PLAIN]: [1, 4, 8, 16, 24, 32],
    [RLE8]: [8],
    [RLE4]: [4],
    [BIT_FIELDS]: [16, 32],
    [ALPHA_BIT_FIELDS]: [16, 32],
  };
  if (!kinds[compression]?.includes(bits)) {
    throw new Error(`bmp: ${bits} bits a pixel with compression ${compression} are not known`);
  }
  const hasMasks = compression === BIT_FIELDS || compression === ALPHA_BIT_FIELDS;
  // behind the shortest header; part of those that came later
  const masksBehind = hasMasks && header === INFO ? (compression === BIT_FIELDS ? 12 : 16) : 0;
  const hasAlpha = header >= INFO + 16 || compression === ALPHA_BIT_FIELDS;
  const mask = (n: number): number =>
    n < 3 || hasAlpha ? bytes.readUInt32LE(Math.min(FILE_HEADER + INFO + 4 * n, bytes.length - 4)) : 0;
  const colourBytes = isCore ? 3 : 4;
  const behind = FILE_HEADER + header + masksBehind;
  const start = bytes.readUInt32LE(10);
  return {
    width,
    height: Math.abs(signed),
    topDown: signed < 0,
    bits,
    runLength: compression === RLE8 || compression === RLE4,
    masks: hasMasks ? [0, 1, 2, 3].map(mask) : bits === 16 ? MASKS_OF_16 : MASKS_OF_24,
    palette: bits > 8 ? Buffer.alloc(0) : bytes.subarray(behind, Math.max(behind, start)),
    colourBytes,
    start,
  };
}

/** From the number of a pixel to red, green, blue and alpha, a byte each. */
function colourReader({ bits, masks, palette, colourBytes }: Layout): (value: number) => number {
  if (bits > 8) {
    const channels = masks.map(channelReader);
    const [red, green, blue, alpha] = channels as [Reader, Reader, Reader, Reader];
    const isOpaque = masks[3] === 0;
    return (value) =>
      ((red(value) << 24) | (green(value) << 16) | (blue(value) << 8) | (isOpaque ? 255 : alpha(value))) >>> 0;
  }
  const colours = Uint32Array.from({ length: 256 }, (_, n) => {
    const at = n * colourBytes;
    const [blue = 0, green = 0, red = 0] = palette.subarray(at, at + 3);
    return (red << 24) | (green << 16) | (blue << 8) | 255;
  });
  return (value) => colours[value] ?? 0;
}

type Reader = (value: number) => number;

/** The bits of a mask, spread over a byte. */
function channelReader(mask: number): Reader {
  const shift = mask === 0 ? 0 : 31 - Math.clz32(mask & -mask);
  const most = mask >>> shift;
  return most === 255
    ? (value) => (value >>> shift) & 255
    : (value) => (most === 0 ? 0 : Math.round((((value & mask) >>> shift) * 255) / most));
}

function valueAt(bytes: Buffer, row: number, x: number, bits: number): number {
  switch (bits) {
    case 32:
      return (at(bytes, row + 4 * x) | (at(bytes, row + 4 * x + 3) << 24) | (at(bytes, row + 4 * x + 1) << 8) | (at(bytes, row + 4 * x + 2) << 16)) >>> 0; // prettier-ignore
    case 24:
      return at(bytes, row + 3 * x) | (at(bytes, row + 3 * x + 1) << 8) | (at(bytes, row + 3 * x + 2) << 16);
    case 16:
      return at(bytes, row + 2 * x) | (at(bytes, row + 2 * x + 1) << 8);
    default: {
      const bit = x * bits;
      return (at(bytes, row + (bit >> 3)) >> (8 - bits - (bit & 7))) & ((1 << bits) - 1);
    }
  }
}

const at = (bytes: Buffer, index: number): number => bytes[index] ?? 0;

/** The indices of a picture in runs: a count and a value; or 0 and what to do. What is left out is the first colour. */
function unpacked(bytes: Buffer, { width, height, bits }: Layout): Uint8Array {
  const indices = new Uint8Array(width * height);
  let [x, row, next] = [0, 0, 0];
  const put = (value: number): void => {
    if (x < width && row < height) indices[row * width + x] = value;
    x++;
  };
  const half = (byte: number, n: number): number => (bits === 8 ? byte : n % 2 === 0 ? byte >> 4 : byte & 15);
  while (row < height) {
    if (next + 2 > bytes.length) throw tooShort();
    const [count, value] = [at(bytes, next), at(bytes, next + 1)];
    next += 2;
    if (count > 0) for (let n = 0; n < count; n++) put(half(value, n));
    else if (value === 0) [x, row] = [0, row + 1];
    else if (value === 1) break;
    else if (value === 2) {
      [x, row] = [x + at(bytes, next), row + at(bytes, next + 1)];
      next += 2;
    } else {
      for (let n = 0; n < value; n++) put(half(at(bytes, next + Math.floor((n * bits) / 8)), n));
      next += 2 * Math.ceil((value * bits) / 16);
    }
  }
  return indices;
}

const tooShort = (): Error => new Error('bmp: it ends early');
