import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Frame } from 'playwright-core';
import { repoRoot } from '../paths.ts';
import { layWaiting, matchOf } from '../reviewLibrary.ts';
import { until } from '../until.ts';
import { Workbench } from '../workbench.ts';

/** Japanese by the English text, in which a comment may follow the text after a slash. */
const bundle = JSON.parse(readFileSync(join(repoRoot, 'l10n/bundle.l10n.ja.json'), 'utf8')) as Record<string, string>;
const inJapanese = (english: string, ...values: readonly string[]): string =>
  values.reduce((text, value, n) => text.replace(`{${n}}`, value), bundle[english] ?? `${english} has no translation`);

/** All that is read or heard in a page: lines of text, and labels. */
const TEXTS = `[
  ...document.body.innerText.split('\\n').map((line) => line.trim()),
  ...[...document.querySelectorAll('[aria-label],[title],[placeholder]')].flatMap((one) =>
    ['aria-label', 'title', 'placeholder'].map((name) => one.getAttribute(name) ?? '')),
]`;

describe('Image Inbox in Japanese, as a person sees it', () => {
  let workbench: Workbench;
  let panel: Frame;
  const stock = mkdtempSync(join(tmpdir(), 'image-inbox-stock-'));
  const images = [0, 1, 2].map((n) => ({
    // the folder “Inbox” keeps its name, and would be taken for a text
    name: `downloads/picture ${n}.jpg`,
    picture: n,
    match: matchOf(1000 + n, 70, { general: ['sky'], artist: ['artist_1'] }),
  }));

  before(async () => {
    workbench = await Workbench.open({
      name: 'ui-language',
      language: 'ja',
      prepare: (folder) => layWaiting(folder, images, stock),
    });
  });

  after(async () => {
    await workbench.close();
    rmSync(stock, { recursive: true, force: true });
  });

  it('has its views and commands in Japanese', async () => {
    await workbench.openContainer('Image Inbox');
    await workbench.treeRow(new RegExp(`^${inJapanese('Waiting for Review')}`)).waitFor();
    await workbench.runCommand('Image Inbox: タグをレビュー');
    panel = await workbench.webview(inJapanese('Review Tags'));
    await panel.getByRole('option').first().waitFor();
  });

  it('leaves no text of the review in English that it has in Japanese', async () => {
    const shown = new Set(await panel.evaluate<string[]>(TEXTS));
    const english = Object.keys(bundle).filter((text) => text !== bundle[text] && shown.has(text));
    assert.deepEqual(english, []);
    assert.ok(shown.has(inJapanese('Approve')), [...shown].join('\n'));
    await workbench.screenshot('japanese');
  });

  it('counts in Japanese what its keys have done', async () => {
    const counter = panel.getByText(inJapanese('{0} waiting', '2'));
    await workbench.pressUntil('a', 'the panel has the keys', async () => (await counter.count()) > 0);
    await until('the image is sorted', () => existsSync(join(workbench.folder, 'Sorted')));
  });
});
