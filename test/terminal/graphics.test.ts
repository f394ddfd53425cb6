/* eslint no-control-regex: off -- escape sequences are what is tested */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { randomFrom } from '../core/learning/random.ts';
import { screenPicture } from '../../src/adapters/image/screenPicture.ts';
import type { ScreenPicture } from '../../src/core/ports/screenPicture.ts';
import { kindOf } from '../../src/terminal/graphics/detectGraphics.ts';
import { draw } from '../../src/terminal/graphics/graphics.ts';
import { halfBlockRows } from '../../src/terminal/graphics/halfBlocks.ts';
import { itermImage } from '../../src/terminal/graphics/iterm.ts';
import { kittyImage } from '../../src/terminal/graphics/kitty.ts';
import { sixelImage } from '../../src/terminal/graphics/sixel.ts';

/** Noise, so that the PNG takes more than one chunk. */
const pixels = (width: number, height: number, channels: 3 | 4): Buffer => {
  const random = randomFrom(7);
  return Buffer.from(Array.from({ length: width * height * channels }, () => Math.floor(random() * 256)));
};

const picture = async (rgb: Buffer, width: number, height: number): Promise<ScreenPicture> => ({
  width,
  height,
  rgb,
  png: await sharp(rgb, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer(),
});

const pixelsOf = (png: Uint8Array): Promise<Buffer> => sharp(png).removeAlpha().raw().toBuffer();

describe('A picture in a terminal', () => {
  it('goes to Kitty as a PNG in chunks of base64 that it takes', async () => {
    const rgb = pixels(80, 60, 3);
    const text = kittyImage(await picture(rgb, 80, 60));
    const codes = [...text.matchAll(/\u001b_G([^;]*);([^\u001b]*)\u001b\\/g)];
    assert.equal(codes.map(([code]) => code).join(''), text, 'nothing but escape codes');
    assert.ok(codes.length > 2);
    assert.equal(codes[0]?.[1], 'a=T,f=100,C=1,q=2,m=1');
    assert.deepEqual(
      codes.slice(1).map(([, control]) => control),
      codes.slice(1).map((_, i, rest) => (i === rest.length - 1 ? 'm=0' : 'm=1')),
    );
    for (const [, , data] of codes) assert.ok(data!.length <= 4096);
    for (const [, , data] of codes.slice(0, -1)) assert.equal(data!.length % 4, 0, 'whole groups of base64');
    const png = Buffer.from(codes.map(([, , data]) => data).join(''), 'base64');
    assert.deepEqual(await pixelsOf(png), rgb);
  });

  it('goes to iTerm2 as a file of a stated size', async () => {
    const rgb = pixels(20, 10, 3);
    const text = itermImage(await picture(rgb, 20, 10));
    const [, size, width, height, data] =
      /^\u001b\]1337;File=inline=1;size=(\d+);width=(\d+)px;height=(\d+)px;preserveAspectRatio=1:([A-Za-z0-9+/=]+)\u0007$/.exec(text) ?? []; // prettier-ignore
    const png = Buffer.from(data ?? '', 'base64');
    assert.deepEqual([Number(size), width, height], [png.length, '20', '10']);
    assert.deepEqual(await pixelsOf(png), rgb);
  });

  it('goes to a Sixel terminal with the colours that it has', () => {
    const red = [255, 0, 0];
    const blue = [0, 0, 255];
    // 4 x 8: the left half red, the right one blue, and the last two rows the other way round
    const rows = Array.from({ length: 8 }, (_, y) => (y < 6 ? [red, red, blue, blue] : [blue, blue, red, red]));
    const rgb = Buffer.from(rows.flat(2));
    const text = sixelImage({ width: 4, height: 8, rgb, png: Buffer.alloc(0) });
    assert.ok(text.startsWith('\u001bP') && text.endsWith('\u001b\\'));
    assert.deepEqual(decodeSixel(text, 4, 8), rows.flat());
  });

  it('is drawn with half blocks, two pixels a cell, each colour said where it changes', () => {
    const rgb = Buffer.from([255, 0, 0, 255, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6]);
    const small = { width: 2, height: 3, rgb, png: Buffer.alloc(0) };
    assert.deepEqual(halfBlockRows(small, 'true'), [
      '\u001b[38;2;255;0;0;48;2;0;0;0m▀▀\u001b[0m',
      '\u001b[38;2;1;2;3;49m▀\u001b[38;2;4;5;6;49m▀\u001b[0m',
    ]);
    // xterm's palette: 196 is pure red, 16 black; greys from 232
    assert.equal(halfBlockRows(small, '256')[0], '\u001b[38;5;196;48;5;16m▀▀\u001b[0m');
    const grey = { width: 1, height: 1, rgb: Buffer.from([118, 118, 118]), png: Buffer.alloc(0) };
    assert.deepEqual(halfBlockRows(grey, '256'), ['\u001b[38;5;243;49m▀\u001b[0m']);
  });

  it('stands where it should, and nowhere without graphics', async () => {
    const one = await picture(pixels(2, 4, 3), 2, 4);
    const graphics = { cellWidth: 8, cellHeight: 16, depth: 'true' } as const;
    const text = draw({ ...graphics, kind: 'blocks' }, one, 5, 3);
    assert.ok(text.startsWith('\u001b[5;3H') && text.includes('\u001b[6;3H') && !text.includes('\n'));
    assert.equal(draw({ ...graphics, kind: 'none' }, one, 5, 3), '');
    for (const kind of ['kitty', 'iterm', 'sixel'] as const)
      assert.ok(draw({ ...graphics, kind }, one, 5, 3).startsWith('\u001b[5;3H\u001b'), kind);
  });

  it('is made to fit, with what is transparent on grey', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'picture '));
    try {
      const path = join(dir, 'a.webp');
      await sharp({ create: { width: 300, height: 100, channels: 4, background: '#ff000000' } })
        .webp()
        .toFile(path);
      const { width, height, rgb, png } = await screenPicture(path, { width: 60, height: 60 });
      assert.deepEqual([width, height, rgb.length], [60, 20, 60 * 20 * 3]);
      assert.deepEqual([...rgb.slice(0, 3)], [128, 128, 128]);
      assert.deepEqual(await pixelsOf(png), Buffer.from(rgb));
    } finally {
      rmSync(dir, { recursive: true });
    }
  });

  it('has no more colours than a Sixel terminal when it is for one', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'picture '));
    try {
      const path = join(dir, 'a.webp');
      await sharp(pixels(64, 64, 3), { raw: { width: 64, height: 64, channels: 3 } })
        .webp()
        .toFile(path);
      const colorsOf = ({ rgb }: ScreenPicture) =>
        new Set(Array.from({ length: rgb.length / 3 }, (_, i) => rgb.subarray(3 * i, 3 * i + 3).join()));
      const few = await screenPicture(path, { width: 64, height: 64, colors: 256 });
      assert.ok(colorsOf(await screenPicture(path, { width: 64, height: 64 })).size > 256);
      assert.ok(colorsOf(few).size <= 256);
      const shown = decodeSixel(sixelImage(few), 64, 64);
      const off = shown.map((color, i) => Math.max(...color.map((c, k) => Math.abs(c - few.rgb[3 * i + k]!))));
      assert.ok(Math.max(...off) <= 3, 'colours are said in percent');
    } finally {
      rmSync(dir, { recursive: true });
    }
  });

  it('is shown in the best way that the terminal says it knows', () => {
    const kitty = '\u001b_Gi=31;OK\u001b\\\u001b[6;20;10t\u001b[?62;4c';
    assert.equal(kindOf(kitty, {}), 'kitty');
    assert.equal(kindOf('\u001b_Gi=31;ENOTSUPPORTED:no\u001b\\\u001b[?62;22c', {}), 'blocks');
    assert.equal(kindOf('\u001b[?62;4;22c', {}), 'sixel');
    assert.equal(kindOf('\u001b[?62;22c', {}), 'blocks');
    assert.equal(kindOf('\u001b[?64;14;24c', {}), 'blocks', '14 and 24 are not 4');
    assert.equal(kindOf('\u001b[?62;22c', { TERM_PROGRAM: 'iTerm.app' }), 'iterm');
    assert.equal(kindOf('\u001b[?62;22c', { LC_TERMINAL: 'iTerm2', TMUX: '/tmp/t' }), 'blocks', 'tmux keeps it back');
    assert.equal(kindOf('', {}), 'blocks', 'one that does not answer');
  });
});

/** By DEC's description of the format: colour registers in percent, `!n` repeats, `$` and `-` return. */
function decodeSixel(text: string, width: number, height: number): number[][] {
  const [, body = ''] = /^\u001bP[\d;]*q([^\u001b]*)\u001b\\$/.exec(text) ?? [];
  const colors = new Map<number, number[]>();
  const out: number[][] = Array.from({ length: width * height }, () => []);
  let [x, y, color, times] = [0, 0, 0, 1];
  for (const [token, raster, register, percent, repeat, sixel = '?'] of body.matchAll(
    /("[\d;]+)|#(\d+)(?:;2;(\d+;\d+;\d+))?|!(\d+)|([?-~]|[$-])/g,
  )) {
    if (raster !== undefined) continue;
    if (register !== undefined) {
      color = Number(register);
      if (percent !== undefined)
        colors.set(
          color,
          percent.split(';').map((p) => Math.round(Number(p) * 2.55)),
        );
    } else if (token === '$') x = 0;
    else if (token === '-') [x, y] = [0, y + 6];
    else if (repeat !== undefined) times = Number(repeat);
    else {
      const bits = sixel.charCodeAt(0) - 63;
      for (; times > 0; times--, x++) {
        for (let bit = 0; bit < 6; bit++) {
          if (((bits >> bit) & 1) === 0 || y + bit >= height || x >= width) continue;
          out[(y + bit) * width + x] = colors.get(color) ?? [];
        }
      }
      times = 1;
    }
  }
  return out;
}
