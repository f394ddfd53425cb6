import assert from 'node:assert/strict';
import { decodeBmp } from '../../../src/adapters/image/bmp.ts';

type Colour = readonly [red: number, green: number, blue: number, alpha?: number];

const [RED, GREEN, BLUE, WHITE]: readonly Colour[] = [
  [255, 0, 0],
  [0, 255, 0],
  [0, 0, 255],
  [255, 255, 255],
];
/** 3 x 2, so that every row has bytes over: red, green, blue above; white, red, green below. */
const PICTURE = [
  [RED, GREEN, BLUE],
  [WHITE, RED, GREEN],
] as readonly (readonly Colour[])[];
const PALETTE = [RED, GREEN, BLUE, WHITE] as readonly Colour[];
const INDICES = [
  [0, 1, 2],
  [3, 0, 1],
];

interface Made {
  readonly bits: number;
  readonly compression?: number;
  /** rows of bytes, from the top */
  readonly rows: readonly (readonly number[])[];
  readonly height?: number;
  readonly palette?: readonly Colour[];
  readonly masks?: readonly number[];
  /** bytes of the header */
  readonly header?: number;
  /** the pixels as they stand there, instead of `rows` */
  readonly packed?: readonly number[];
}

/** A file as programs write it: the last row first. */
function bmp({ bits, compression = 0, rows, height = 2, palette = [], masks = [], header = 40, packed }: Made): Buffer {
  const padded = rows.map((row) => [...row, ...Array.from({ length: (4 - (row.length % 4)) % 4 }, () => 0)]);
  const pixels = Buffer.from(packed ?? (height < 0 ? padded : padded.toReversed()).flat());
  const isCore = header === 12;
  const colours = Buffer.from(palette.flatMap(([r, g, b]) => (isCore ? [b, g, r] : [b, g, r, 0])));
  const head = Buffer.alloc(14 + Math.max(header, 40 + 4 * masks.length));
  head.write('BM', 'latin1');
  head.writeUInt32LE(header, 14);
  if (isCore) {
    [3, 2, 1, bits].forEach((value, n) => head.writeUInt16LE(value, 18 + 2 * n));
  } else {
    head.writeInt32LE(3, 18);
    head.writeInt32LE(height, 22);
    head.writeUInt16LE(1, 26);
    head.writeUInt16LE(bits, 28);
    head.writeUInt32LE(compression, 30);
    masks.forEach((mask, n) => head.writeUInt32LE(mask, 54 + 4 * n));
  }
  const whole = [isCore ? head.subarray(0, 26) : head, colours, pixels];
  const offset = whole.slice(0, 2).reduce((sum, { length }) => sum + length, 0);
  whole[0]?.writeUInt32LE(offset, 10);
  return Buffer.concat(whole);
}

async function coloursOf(file: Buffer): Promise<number[][]> {
  const { width, height, pixels } = await decodeBmp(file);
  assert.deepEqual({ width, height }, { width: 3, height: 2 });
  return Array.from({ length: 6 }, (_, n) => [...pixels.subarray(4 * n, 4 * n + 4)]);
}

const OPAQUE = PICTURE.flat().map(([r, g, b]) => [r, g, b, 255]);
const bgr = ([r, g, b]: Colour): readonly number[] => [b, g, r];
const bytesOf = (value: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, n) => (value >>> (8 * n)) & 255);
const to555 = ([r, g, b]: Colour): number => ((r >> 3) << 10) | ((g >> 3) << 5) | (b >> 3);
const to565 = ([r, g, b]: Colour): number => ((r >> 3) << 11) | ((g >> 2) << 5) | (b >> 3);

describe('decodeBmp', () => {
  const kinds: Readonly<Record<string, Made>> = {
    '24 bits': { bits: 24, rows: PICTURE.map((row) => row.flatMap(bgr)) },
    '24 bits, from the top down': { bits: 24, height: -2, rows: PICTURE.map((row) => row.flatMap(bgr)) },
    '24 bits, with a header of Windows 98': { bits: 24, header: 124, rows: PICTURE.map((row) => row.flatMap(bgr)) },
    '24 bits, with a header of OS/2': { bits: 24, header: 12, rows: PICTURE.map((row) => row.flatMap(bgr)) },
    '32 bits, the last 8 of which mean nothing': {
      bits: 32,
      rows: PICTURE.map((row) => row.flatMap((c) => [...bgr(c), 7])),
    },
    '16 bits': { bits: 16, rows: PICTURE.map((row) => row.flatMap((c) => bytesOf(to555(c), 2))) },
    '16 bits, 6 of them green': {
      bits: 16,
      compression: 3,
      masks: [0xf800, 0x07e0, 0x001f],
      rows: PICTURE.map((row) => row.flatMap((c) => bytesOf(to565(c), 2))),
    },
    '32 bits in another order': {
      bits: 32,
      compression: 3,
      masks: [0x000000ff, 0x0000ff00, 0x00ff0000],
      rows: PICTURE.map((row) => row.flatMap(([r, g, b]) => [r, g, b, 0])),
    },
    'an alpha that is nowhere more than 0': {
      bits: 32,
      compression: 3,
      header: 56,
      masks: [0x00ff0000, 0x0000ff00, 0x000000ff, 0xff000000],
      rows: PICTURE.map((row) => row.flatMap((c) => [...bgr(c), 0])),
    },
    '256 colours': { bits: 8, palette: PALETTE, rows: INDICES },
    '256 colours, with a header of OS/2': { bits: 8, header: 12, palette: PALETTE, rows: INDICES },
    '16 colours': {
      bits: 4,
      palette: PALETTE,
      rows: [
        [0x01, 0x20],
        [0x30, 0x10],
      ],
    },
    '256 colours in runs': {
      bits: 8,
      compression: 1,
      palette: PALETTE,
      rows: [],
      // 3, 0, 1 as they are and a byte over, end of the row; one 0, one 1, one 2, end of the picture
      packed: [0, 3, 3, 0, 1, 0, 0, 0, 1, 0, 1, 1, 1, 2, 0, 1],
    },
  };
  for (const [kind, made] of Object.entries(kinds)) {
    it(`reads ${kind}`, async () => assert.deepEqual(await coloursOf(bmp(made)), OPAQUE));
  }

  it('reads two colours', async () => {
    const file = bmp({ bits: 1, palette: [RED, WHITE] as readonly Colour[], rows: [[0b01000000], [0b10100000]] });
    const [red, white] = [
      [255, 0, 0, 255],
      [255, 255, 255, 255],
    ];
    assert.deepEqual(await coloursOf(file), [red, white, red, white, red, white]);
  });

  it('leaves what runs jump over in the first colour', async () => {
    // the lower row: 1, a jump of one, 2; then a row up: 3
    const packed = [1, 0x10, 0, 2, 1, 0, 1, 0x20, 0, 0, 1, 0x30, 0, 1];
    const [red, green, blue, white] = [RED, GREEN, BLUE, WHITE].map((colour) => [...colour!, 255]);
    const file = bmp({ bits: 4, compression: 2, palette: PALETTE, rows: [], packed });
    assert.deepEqual(await coloursOf(file), [white, red, red, green, red, blue]);
  });

  it('reads an alpha where the header has a mask for it', async () => {
    const rows = PICTURE.map((row) => row.flatMap((c, x) => [...bgr(c), 100 * x]));
    const masks = [0x00ff0000, 0x0000ff00, 0x000000ff, 0xff000000];
    const colours = await coloursOf(bmp({ bits: 32, compression: 3, header: 56, masks, rows }));
    assert.deepEqual(
      colours.map(([, , , alpha]) => alpha),
      [0, 100, 200, 0, 100, 200],
    );
  });

  it('refuses what ends early, wherever, and what is of an unknown kind', async () => {
    const whole = bmp(kinds['24 bits']!);
    for (let length = 2; length < whole.length - 3; length++) {
      await assert.rejects(decodeBmp(whole.subarray(0, length)), /^Error: bmp: /, `${length} bytes`);
    }
    await assert.rejects(
      decodeBmp(bmp({ bits: 24, compression: 4, rows: [] })),
      /bmp: 24 bits a pixel with compression 4/,
    );
    await assert.rejects(decodeBmp(bmp({ bits: 8, compression: 1, rows: [], packed: [2, 1] })), /ends early/);
  });
});
