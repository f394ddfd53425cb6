import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import type { ReadStream, WriteStream } from 'node:tty';
import stringWidth from 'string-width';
import type { ImageId } from '../../../src/core/model/ids.ts';
import { resultOf, type ImageState } from '../../../src/core/model/imageState.ts';
import type { Decision } from '../../../src/core/model/review.ts';
import { colorsFor } from '../../../src/terminal/colors.ts';
import { detectGraphics } from '../../../src/terminal/graphics/detectGraphics.ts';
import { Desk } from '../../../src/terminal/review/desk.ts';
import { Prompt } from '../../../src/terminal/review/prompt.ts';
import { ReviewScreen, type ReviewScreenParts } from '../../../src/terminal/review/reviewScreen.ts';
import { frameOf } from '../../../src/terminal/review/view.ts';
import { waiting } from '../../core/pipeline/waiting.ts';
import { until } from '../../host/until.ts';

function keyboard(): ReadStream & PassThrough {
  const input = Object.assign(new PassThrough(), { setRawMode: () => input }) as unknown as ReadStream & PassThrough;
  return input;
}

/** A terminal of 80 x 24 that is none: keys are written into it, and what is drawn can be read. */
function screenOf(
  desk: Desk,
  parts: Partial<ReviewScreenParts> = {},
  input = keyboard(),
  signal = new AbortController().signal,
) {
  const output = Object.assign(new PassThrough(), { columns: 80, rows: 24 }) as unknown as WriteStream & PassThrough;
  let drawn = '';
  output.on('data', (data: Buffer) => (drawn += data.toString()));
  const decided = new Map<ImageId, Decision>();
  const screen = new ReviewScreen({
    input,
    output,
    graphics: { kind: 'none', cellWidth: 8, cellHeight: 16, depth: '256' },
    desk,
    session: {
      decide: (decisions) => {
        for (const [id, decision] of decisions) decided.set(id, decision);
        return Promise.resolve();
      },
      takeBack: () => Promise.resolve(),
    },
    suggestCategory: () => 'Anime',
    picture: () => Promise.reject(new Error('no picture')),
    more: () => Promise.resolve(),
    categories: [],
    tags: new Map(),
    threshold: 0.9,
    ...parts,
  });
  const ended = screen.run(signal);
  const press = async (keys: string, seen: RegExp): Promise<void> => {
    drawn = '';
    input.write(keys);
    await until(String(seen), () => seen.test(drawn));
  };
  return { screen, ended, press, decided, input };
}

describe('The screen of the review', () => {
  it('takes a category that is being typed for no other image when the decision on this one stays', async () => {
    const desk = new Desk([waiting('a'), waiting('b')], 0);
    const { screen, ended, press, decided, input } = screenOf(desk);
    await press('a', /approved: a\.jpg/);
    await press('u', /Taken back/);
    await press('cMoons', /Moons/);
    screen.on({ kind: 'decision-stays', image: 'a' as ImageId, why: 'a test says so' });
    input.write('\r');
    await press('a', /approved: b\.jpg/);
    assert.equal(decided.get('b' as ImageId)?.category, undefined);
    input.write('q');
    assert.equal(await ended, 'quit');
  });

  it('goes on, and is left by Ctrl-C, also while a picture is read from a disk that gives no answer', async () => {
    const desk = new Desk([waiting('a'), waiting('b')], 0);
    const picture = () => new Promise<never>(() => undefined);
    const { ended, press, input } = screenOf(desk, {
      picture,
      graphics: { kind: 'blocks', cellWidth: 8, cellHeight: 16, depth: '256' },
    });
    await press('s', /b\.jpg/);
    input.write('\u0003');
    assert.equal(await ended, 'interrupted');
  });

  it('takes no answer of the terminal that comes late for keys, in whatever pieces', async () => {
    const desk = new Desk([waiting('a'), waiting('b')], 0);
    const { ended, press, decided, input } = screenOf(desk);
    for (const cell of ['16;8', '18;9', '31;13']) {
      for (const attributes of ['1;2', '62;4', '65;1;9']) {
        const answers = `\u001b_Gi=31;OK\u001b\\\u001b[6;${cell}t\u001b[?${attributes}c`;
        for (let at = 0; at < answers.length; at++) {
          for (const piece of [answers.slice(0, at), answers.slice(at)]) if (piece !== '') input.write(piece);
        }
        for (const byte of answers) input.write(byte);
      }
    }
    await press('s', /2 of 2, 2 left/);
    assert.equal(decided.size, 0);
    // nor is a key lost by them, also when they are broken off
    input.write('\u001b[?6');
    await press('s', /1 of 2, 2 left/);
    await press('ctäg\u001b_Gi=31;OK', /: täg/);
    input.write('\u0003');
    assert.equal(await ended, 'interrupted');
    assert.equal(decided.size, 0);
  });

  it('knows the rest of an answer of which the beginning came in time', async () => {
    for (const [first, rest] of [
      ['\u001b_Gi=31;OK\u001b\\\u001b[6;1', '8;9t\u001b[?1;2c'],
      ['\u001b', '[?1;2c'],
    ]) {
      const desk = new Desk([waiting('a'), waiting('b')], 0);
      const input = keyboard();
      const output = new PassThrough() as unknown as WriteStream;
      input.write(first);
      await detectGraphics(input, output, {});
      const { ended, press, decided } = screenOf(desk, {}, input);
      input.write(rest);
      // until then an escape and the key behind it are one
      await setTimeout(600);
      await press('s', /2 of 2, 2 left/);
      assert.equal(decided.size, 0);
      input.write('q');
      assert.equal(await ended, 'quit');
    }
  });

  it('is left by a Ctrl-C that came while the terminal was asked, and by what had stopped it before', async () => {
    const input = keyboard();
    input.write('\u0003\u001b[?1;2c');
    await detectGraphics(input, new PassThrough() as unknown as WriteStream, {});
    const { ended } = screenOf(new Desk([waiting('a')], 0), {}, input);
    assert.equal(await ended, 'interrupted');
    const stopped = screenOf(new Desk([waiting('a')], 0), {}, undefined, AbortSignal.abort());
    assert.equal(await stopped.ended, 'interrupted');
  });

  it('ends as its terminal does, which has no modes any more', async () => {
    const { ended, input } = screenOf(new Desk([waiting('a')], 0));
    input.setRawMode = () => {
      input.emit('error', new Error('setRawMode EIO'));
      return input;
    };
    input.end();
    assert.equal(await ended, 'end');
  });

  it('suggests the category of the tags as they were edited', async () => {
    const desk = new Desk([waiting('a')], 0);
    const suggestCategory = (state: ImageState): string =>
      resultOf(state, 'review')?.tags.general.includes('sea') ? 'Seas' : 'Skies';
    const { ended, press, input } = screenOf(desk, { suggestCategory });
    await press('esea', /: sea/);
    await press('\r', /category +Seas/);
    await press('sea\r', /category +Skies/);
    input.write('\u0003');
    assert.equal(await ended, 'interrupted');
  });

  it('shows what is typed in the narrowest window', () => {
    const item = new Desk([waiting('a')], 0).current;
    for (const label of ['Tag to add or to take away (character:name for its kind):', 'Category:']) {
      const prompt = new Prompt(label, [], 'a long tag of many words');
      const shown = { item, prompt, position: { at: 1, of: 1, left: 1 }, suggestedCategory: 'A', message: '', scroll: 0, hasPicture: false }; // prettier-ignore
      const { lines } = frameOf(shown, { columns: 40, rows: 12 }, colorsFor({}));
      for (const { column, text } of lines) assert.ok(column - 1 + stringWidth(text) <= 40, text);
      assert.ok(lines.some(({ text }) => text.includes('many words')));
    }
  });
});
