import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import type { ReviewRow, ToHost, ToPanel } from '../../../src/protocol/review.ts';
import type { ImageId } from '../../../src/core/model/ids.ts';
import { findChromium, launchBrowser } from '../browser.ts';
import { repoRoot } from '../paths.ts';
import { until } from '../until.ts';

/** The page alone in a browser: the test is its host, and can be late or lose what it sent, as VS Code does now and then. */
describe('The page of the review panel', () => {
  let browser: Browser | undefined;
  let page: Page;

  before(async () => {
    const chromium = findChromium();
    assert.ok(chromium !== undefined, 'No Chromium on the PATH; CHROMIUM can name one.');
    browser = await launchBrowser(chromium);
  });

  after(() => browser?.close());

  /** @param kept what the page before has left */
  const load = async (kept?: object): Promise<void> => {
    await page.setContent(`<main id="panel" data-texts="{}"></main><script>
      globalThis.sent = [];
      globalThis.acquireVsCodeApi = () => ({ postMessage: (m) => sent.push(m), getState: () => (${JSON.stringify(kept)}), setState: () => {} });
    </script>`);
    await page.addStyleTag({ path: join(repoRoot, 'media/review/main.css') });
    await page.addScriptTag({ path: join(repoRoot, 'media/review/main.js') });
  };

  beforeEach(async () => {
    assert.ok(browser);
    page = await browser.newPage({ viewport: { width: 1000, height: 700 } });
    await load();
  });

  afterEach(() => page.close());

  const say = (message: ToPanel) => page.evaluate(`postMessage(${JSON.stringify(message)})`);
  const heard = (kind: ToHost['kind']) => page.evaluate<number>(`sent.filter((m) => m.kind === '${kind}').length`);
  const idOf = (n: number): ImageId => n.toString(16).padStart(16, '0') as ImageId;
  const rows = (from: number, to: number): ReviewRow[] =>
    Array.from({ length: to - from }, (_, i) => ({
      id: idOf(from + i),
      name: `picture ${from + i}.jpg`,
      folder: '',
      status: 'waiting',
      evidence: 0.5,
      category: 'Photos',
    }));
  const part = (from: number, to: number, total: number): Extract<ToPanel, { kind: 'rows' }> => {
    return { kind: 'rows', rows: rows(from, to), total, first: from === 0, last: to === total };
  };

  const pictureOf = async (background: string, side: number): Promise<string> => {
    const png = await sharp({ create: { width: side, height: side, channels: 3, background } })
      .png()
      .toBuffer();
    return png.toString('base64');
  };
  const sayThumbnail = async (n: number, background: string): Promise<void> => {
    await say({ kind: 'thumbnail', id: idOf(n), uri: `data:image/png;base64,${await pictureOf(background, 40)}` });
  };
  const sayLarge = (n: number, base64: string): Promise<unknown> =>
    page.evaluate(
      `postMessage({ kind: 'large-picture', id: '${idOf(n)}', file: Uint8Array.from(atob('${base64}'), (c) => c.charCodeAt(0)) })`,
    );

  /** Of the large picture: its side, and the colour in its middle. */
  const largePicture = (): Promise<{ side: number; middle: number[] } | undefined> =>
    page.evaluate(`(() => {
      const canvas = document.querySelector('.detail-pane canvas');
      if (!canvas) return undefined;
      const copy = Object.assign(document.createElement('canvas'), { width: canvas.width, height: canvas.height });
      const context = copy.getContext('2d');
      context.drawImage(canvas, 0, 0);
      const pixel = context.getImageData(copy.width / 2, copy.height / 2, 1, 1).data;
      return { side: canvas.width, middle: [...pixel].slice(0, 3) };
    })()`);

  it('shows the first rows before the others have come, and then all', async () => {
    await say(part(0, 3, 5));
    await page.getByRole('option', { name: /picture 2/ }).waitFor();
    assert.equal(await page.getByRole('option').count(), 3);
    await say(part(3, 5, 5));
    await page.getByText('5 waiting').waitFor();
    assert.equal(await page.getByRole('option').count(), 5);
    assert.equal(await heard('ready'), 1);
  });

  it('begins with the image that was chosen, also when its row comes late or what told it of that got lost', async () => {
    await say({ ...part(3, 5, 5), select: idOf(4) });
    await say(part(0, 3, 5));
    const title = page.locator('.detail-pane h2');
    await page.getByRole('option', { name: /picture 2/ }).waitFor();
    await say(part(3, 5, 5));
    await until('it is shown', async () => (await title.textContent()) === 'picture 4.jpg');
  });

  it('asks for all rows again when the first ones, sent before it was there, got lost', async () => {
    await say(part(3, 5, 5));
    await until('it asks', async () => (await heard('ready')) === 2);
    assert.equal(await page.getByRole('option').count(), 0);
    await say(part(4, 5, 5));
    await say(part(0, 5, 5));
    await page.getByText('5 waiting').waitFor();
    assert.equal(await heard('ready'), 2);
  });

  describe('the large picture', () => {
    const title = () => page.locator('.detail-pane h2').textContent();
    const thumbnail = () => page.locator('.detail-pane img');
    const [RED, BLUE] = [
      [255, 0, 0],
      [0, 0, 255],
    ];
    const choose = (n: number): Promise<void> =>
      page.getByRole('option', { name: new RegExp(`picture ${n}\\.`) }).click();
    const isShown = async (middle: number[], side: number): Promise<void> => {
      await until(`a picture of ${side} pixels is there`, async () => (await largePicture())?.side === side);
      assert.deepEqual((await largePicture())?.middle, middle);
    };

    beforeEach(async () => {
      await say(part(0, 25, 25));
      await until('the first is looked at', async () => (await title()) === 'picture 0.jpg');
    });

    it('takes the place of the thumbnail, has the pixels of the screen, and is kept', async () => {
      await sayThumbnail(0, 'orange');
      await thumbnail().waitFor();
      await sayLarge(0, await pictureOf('red', 80));
      await isShown(RED, 80);
      assert.equal(await thumbnail().count(), 0);
      await page.getByRole('img', { name: 'picture 0.jpg' }).waitFor();

      await choose(1);
      await page.getByRole('img', { name: 'picture 1.jpg' }).waitFor({ state: 'attached' });
      assert.equal(await largePicture(), undefined, 'it is not made yet');
      await sayLarge(1, await pictureOf('blue', 90));
      await isShown(BLUE, 90);
      await page.setViewportSize({ width: 1000, height: 200 });
      await isShown(BLUE, 72);
      await page.setViewportSize({ width: 1000, height: 700 });

      await choose(0);
      await isShown(RED, 80);
      await sayLarge(0, await pictureOf('blue', 70));
      await say({ kind: 'large-picture', id: idOf(0) });
      await page.waitForTimeout(200);
      assert.deepEqual(await largePicture(), { side: 80, middle: RED });
    });

    it('is never that of another image, whose decoding has ended late', async () => {
      await sayLarge(1, await pictureOf('blue', 90));
      await sayLarge(0, await pictureOf('red', 4000));
      await say({ kind: 'select', id: idOf(1) });
      await isShown(BLUE, 90);
      await page.waitForTimeout(1000);
      assert.deepEqual(await largePicture(), { side: 90, middle: BLUE });
    });

    it('is asked for again when it was forgotten for others', async () => {
      for (let n = 0; n < 25; n++) await sayLarge(n, await pictureOf('red', 10));
      await isShown(RED, 10);
      const asked = (n: number) =>
        page.evaluate<boolean>(`sent.some((m) => m.kind === 'thumbnails-wanted' && m.large.includes('${idOf(n)}'))`);
      await choose(24);
      await choose(2);
      await until('it asks', () => asked(2));
      assert.equal(await asked(24), false, 'the last ones are kept');
    });

    it('is asked for, and stands beside, of the image that was looked up for a near copy', async () => {
      await sayLarge(0, await pictureOf('red', 80));
      await isShown(RED, 80);
      const twin = { id: idOf(20), name: 'picture 20.jpg' };
      const suggested = { category: 'Photos', because: 'no rule' };
      await say({ kind: 'details', details: [{ id: idOf(0), tags: [], suggested, twin }] });
      await until('it asks', () =>
        page.evaluate(`sent.some((m) => m.kind === 'thumbnails-wanted' && m.large.includes('${twin.id}'))`),
      );
      await sayLarge(20, await pictureOf('blue', 80));
      const beside = page.getByRole('img', { name: twin.name });
      await beside.locator('canvas').waitFor();
      await choose(1);
      await beside.waitFor({ state: 'hidden' });
    });

    it('says where there is none, and keeps the thumbnail where it can’t be decoded', async () => {
      await say({ kind: 'thumbnail', id: idOf(0) });
      await say({ kind: 'large-picture', id: idOf(0) });
      await page.locator('.detail-pane').getByText('no preview').waitFor();
      await choose(1);
      await sayLarge(1, Buffer.from('no picture').toString('base64'));
      await sayThumbnail(1, 'orange');
      await thumbnail().waitFor();
      await page.waitForTimeout(200);
      assert.equal(await thumbnail().count(), 1);
    });
  });

  const field = (name: string) => page.locator('.detail-pane').getByRole('combobox', { name, exact: true });
  const edits = () =>
    page.evaluate<{ ids: ImageId[]; edit: { name?: string; category?: string } }[]>(
      `sent.filter((m) => m.kind === 'edit')`,
    );
  const titleIs = (name: string) =>
    until(`${name} is shown`, async () => (await page.locator('.detail-pane h2').textContent()) === name);

  it('leaves a person in the field where they type when an image waits again', async () => {
    await say(part(0, 3, 3));
    await titleIs('picture 0.jpg');
    await field('Add a tag').pressSequentially('se');
    await say({ kind: 'select', id: idOf(2) });
    await page.keyboard.type('a');
    await page.keyboard.press('Enter');
    const [edit] = await edits();
    assert.deepEqual([edit?.ids, edit?.edit.name], [[idOf(0)], 'sea']);
  });

  it('edits the images that a dialog was opened for, also when they are no longer shown', async () => {
    await say(part(0, 4, 4));
    await titleIs('picture 0.jpg');
    await page.getByRole('option', { name: /picture 1/ }).click({ modifiers: ['Shift'] });
    await page.getByRole('button', { name: 'Edit Tags' }).click();
    const dialog = page.getByRole('dialog', { name: 'Edit Tags of 2 Images' });
    for (const tag of ['sea', 'sky']) {
      await dialog.getByRole('combobox', { name: 'Add', exact: true }).fill(tag);
      await page.keyboard.press('Enter');
      await say({ kind: 'removed', ids: [idOf(0)] });
      await say({ kind: 'changed', rows: rows(1, 2).map((row) => ({ ...row, status: 'skipped' })) });
      await until('they are gone', async () => (await page.locator('.card').count()) === 2);
    }
    assert.deepEqual(
      (await edits()).map(({ ids }) => ids),
      [
        [idOf(0), idOf(1)],
        [idOf(0), idOf(1)],
      ],
    );
  });

  it('takes what was typed for one image for no other', async () => {
    await say(part(0, 3, 3));
    await titleIs('picture 0.jpg');
    for (const name of ['Add a tag', 'Category']) {
      await field(name).fill('sea');
      await page.evaluate(
        `postMessage({ kind: 'removed', ids: [document.querySelector('.card.current').dataset.id] })`,
      );
      await until('it is gone', async () => (await field(name).inputValue()) !== 'sea');
    }
    assert.equal(await field('Category').inputValue(), 'Photos');
  });

  it('shows the category that an image has when one that was typed is not taken', async () => {
    await say(part(0, 3, 3));
    await titleIs('picture 0.jpg');
    await field('Category').fill('Moons');
    await page.keyboard.press('Escape');
    assert.equal(await field('Category').inputValue(), 'Photos');
    assert.deepEqual(await edits(), []);
  });

  it('keeps the image that is looked at when all rows are sent anew', async () => {
    await say(part(0, 5, 5));
    await page.getByRole('option', { name: /picture 4/ }).click();
    await titleIs('picture 4.jpg');
    await say(part(0, 3, 5));
    await say(part(3, 5, 5));
    await page.getByText('5 waiting').waitFor();
    await titleIs('picture 4.jpg');
  });

  it('is not taken away from the image that a person has gone to by the rows that come later', async () => {
    await say({ ...part(3, 5, 5), select: idOf(4) });
    await say(part(0, 3, 5));
    await page.getByRole('option', { name: /picture 1/ }).click();
    await say(part(3, 5, 5));
    await page.getByText('5 waiting').waitFor();
    await titleIs('picture 1.jpg');
  });

  it('looks again for the text that it was filtered by, when its host has the images', async () => {
    await load({ arrangement: { text: 'sky' } });
    await say(part(0, 3, 3));
    await until('it asks', () =>
      page.evaluate(`sent.findIndex((m) => m.kind === 'find') > sent.findIndex((m) => m.kind === 'ready')`),
    );
    await say({ kind: 'found', text: 'sky', ids: [idOf(2)] });
    await until('the others are gone', async () => (await page.locator('.card').count()) === 1);
  });

  it('decides on no “all” until its host has found those that have the text', async () => {
    await say(part(0, 3, 3));
    await titleIs('picture 0.jpg');
    const areOff = (): Promise<unknown> =>
      page.evaluate(`[...document.querySelectorAll('header .end > *')].map(({ disabled }) => disabled)`);
    assert.deepEqual(await areOff(), [false, false, false]);
    await page.locator('#find input').fill('sky');
    await until('it asks', async () => (await heard('find')) === 1);
    assert.deepEqual(await areOff(), [true, true, true]);
    await page.keyboard.press('Escape');
    for (const act of ['approveAll', 'approveAbove', 'skipAll'] as const) await say({ kind: 'act', act });
    await page.keyboard.press('Control+a');
    await say({ kind: 'act', act: 'approve' });
    await until('the selected one is decided on', async () => (await heard('decide')) === 1);
    assert.deepEqual(await page.evaluate(`sent.find((m) => m.kind === 'decide').ids`), [idOf(0)]);
    assert.equal(await page.locator('dialog').count(), 0);
    await say({ kind: 'found', text: 'sky', ids: [idOf(2)] });
    await until('they can be decided on', async () => !String(await areOff()).includes('true'));
    await say({ kind: 'act', act: 'approveAll' });
    await page.getByText('Approve 1').waitFor();
  });

  it('says so when nothing waits', async () => {
    await say({ kind: 'rows', rows: [], total: 0, first: true, last: true });
    await page.getByText('Nothing waits for review.').waitFor();
  });
});
