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

  beforeEach(async () => {
    assert.ok(browser);
    page = await browser.newPage({ viewport: { width: 1000, height: 700 } });
    await page.setContent(`<main id="panel" data-texts="{}"></main><script>
      globalThis.sent = [];
      globalThis.acquireVsCodeApi = () => ({ postMessage: (m) => sent.push(m), getState: () => undefined, setState: () => {} });
    </script>`);
    await page.addStyleTag({ path: join(repoRoot, 'media/review/main.css') });
    await page.addScriptTag({ path: join(repoRoot, 'media/review/main.js') });
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

  it('shows the large picture of the image that is looked at, until it comes the thumbnail, and never that of another one', async () => {
    await say(part(0, 2, 2));
    const title = page.locator('.detail-pane h2');
    await until('the first is looked at', async () => (await title.textContent()) === 'picture 0.jpg');
    const thumbnail = page.locator('.detail-pane img');
    await sayThumbnail(0, 'orange');
    await thumbnail.waitFor();
    await sayLarge(0, await pictureOf('red', 80));
    await until('it is there', async () => (await largePicture())?.side === 80);
    assert.deepEqual((await largePicture())?.middle, [255, 0, 0]);
    assert.equal(await thumbnail.count(), 0);
    await page.getByRole('img', { name: 'picture 0.jpg' }).waitFor();

    await page.getByRole('option', { name: /picture 1/ }).click();
    await page.getByRole('img', { name: 'picture 1.jpg' }).waitFor({ state: 'attached' });
    assert.equal(await largePicture(), undefined, 'it is not made yet');
    await sayThumbnail(1, 'green');
    await thumbnail.waitFor();
    await sayLarge(1, Buffer.from('no picture').toString('base64'));
    await sayLarge(1, await pictureOf('blue', 90));
    await until('it is there', async () => (await largePicture())?.side === 90);
    assert.deepEqual((await largePicture())?.middle, [0, 0, 255]);

    await page.setViewportSize({ width: 1000, height: 200 });
    await until('it has as many pixels as the screen shows of it', async () => (await largePicture())?.side === 72);
    await page.setViewportSize({ width: 1000, height: 700 });

    await page.getByRole('option', { name: /picture 0/ }).click();
    await until('it is kept', async () => (await largePicture())?.side === 80);
    assert.deepEqual((await largePicture())?.middle, [255, 0, 0]);
  });

  it('says so when nothing waits', async () => {
    await say({ kind: 'rows', rows: [], total: 0, first: true, last: true });
    await page.getByText('Nothing waits for review.').waitFor();
  });
});
