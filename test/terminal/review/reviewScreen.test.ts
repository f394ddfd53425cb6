import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import type { ReadStream, WriteStream } from 'node:tty';
import stringWidth from 'string-width';
import type { ImageId } from '../../../src/core/model/ids.ts';
import { resultOf, type ImageState } from '../../../src/core/model/imageState.ts';
import type { Decision } from '../../../src/core/model/review.ts';
import { colorsFor } from '../../../src/terminal/colors.ts';
import { Desk } from '../../../src/terminal/review/desk.ts';
import { Prompt } from '../../../src/terminal/review/prompt.ts';
import { ReviewScreen, type ReviewScreenParts } from '../../../src/terminal/review/reviewScreen.ts';
import { frameOf } from '../../../src/terminal/review/view.ts';
import { waiting } from '../../core/pipeline/waiting.ts';
import { until } from '../../host/until.ts';

/** A terminal of 80 x 24 that is none: keys are written into it, and what is drawn can be read. */
function screenOf(desk: Desk, parts: Partial<ReviewScreenParts> = {}) {
  const input = Object.assign(new PassThrough(), { setRawMode: () => input }) as unknown as ReadStream & PassThrough;
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
  const ended = screen.run(new AbortController().signal);
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

  it('takes no answer of the terminal that comes late, or in pieces, for keys', async () => {
    const desk = new Desk([waiting('a'), waiting('b')], 0);
    const { ended, press, decided, input } = screenOf(desk);
    const pieces = ['\u001b_Gi=3', '1;OK\u001b\\\u001b[6;16', ';8t\u001b[?1', ';2;3c'];
    for (const answer of [pieces.join(''), ...pieces]) input.write(answer);
    await press('s', /b\.jpg/);
    assert.equal(decided.size, 0);
    await press('ctäg', /: täg/);
    await press('\u001b[D', /: täg/);
    input.write('\u0003');
    assert.equal(await ended, 'interrupted');
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
