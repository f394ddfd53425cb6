import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Frame } from 'playwright-core';
import { NO_TAGS } from '../../../src/core/model/tag.ts';
import { HOSTILE } from '../hostile.ts';
import { layWaiting, matchOf, type WaitingImage } from '../reviewLibrary.ts';
import { until } from '../until.ts';
import { Workbench } from '../workbench.ts';

const ordinary = Array.from({ length: 50 }, (_, n): WaitingImage => {
  const tags = { general: ['1girl', 'blue_eyes'], character: [`girl_${n % 4}`], artist: [`artist_${n % 6}`] };
  const name = `downloads/picture ${String(n).padStart(2, '0')}.jpg`;
  // the first ten are the surest
  const similarity = n < 10 ? 95 : 60 + (n % 20);
  if (n % 10 !== 9) return { name, picture: n, match: matchOf(1000 + n, similarity, tags) };
  return { name, picture: n, taggerTags: { ...NO_TAGS, general: ['sky'] }, tagScores: { sky: 0.4 } };
});
const hostile = HOSTILE.names.map((name, n): WaitingImage => {
  const tags = { general: HOSTILE.tags, artist: ['<b>bold</b>'] };
  return {
    name,
    picture: 60 + n,
    match: matchOf(2000 + n, 50, tags, { url: 'javascript:alert(1)', title: HOSTILE.tags[0] }),
  };
});

describe('The review panel, by the keyboard alone', () => {
  let workbench: Workbench;
  let panel: Frame;
  const stock = mkdtempSync(join(tmpdir(), 'image-inbox-stock-'));
  const complaints: string[] = [];

  before(async () => {
    workbench = await Workbench.open({
      name: 'ui-review',
      prepare: (folder) => layWaiting(folder, [...hostile, ...ordinary], stock),
    });
    workbench.page.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) complaints.push(message.text());
    });
    await workbench.runCommand('Image Inbox: Review Tags');
    panel = await workbench.webview('Review Tags');
    await panel.getByRole('option').first().waitFor();
  });

  after(async () => {
    await workbench.close();
    rmSync(stock, { recursive: true, force: true });
  });

  const press = (...keys: string[]) =>
    keys.reduce(async (before, key) => {
      await before;
      await workbench.page.keyboard.press(key);
    }, Promise.resolve());
  const typing = (label: string) =>
    until(`“${label}” is typed into`, () =>
      panel.evaluate<boolean>(`document.activeElement?.labels?.[0]?.textContent === ${JSON.stringify(label)}`),
    );
  const counter = async (): Promise<string> => (await panel.locator('.counter').textContent()) ?? '';
  const current = async (): Promise<string> => (await panel.locator('.detail-pane h2').textContent()) ?? '';
  const waits = (text: string) => until(`the counter says “${text}”`, async () => (await counter()).includes(text));
  const sorted = (): ReadonlyMap<string, string> => {
    const folder = join(workbench.folder, 'Sorted');
    const files = existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : [];
    return new Map(files.map((file) => [basename(file), join(folder, file)]));
  };
  const isSorted = (name: string) =>
    until(`${name} is sorted`, () => sorted().has(name) && sorted().has(`${name}.xmp`));
  const sidecar = (name: string): string => readFileSync(sorted().get(`${name}.xmp`) ?? '', 'utf8');

  it('shows what is hostile as text, and runs none of it', async () => {
    const shown = await panel.evaluate("[...document.querySelectorAll('.card .name')].map((e) => e.textContent)");
    assert.deepEqual((shown as string[]).slice(0, 3), [
      HOSTILE.names[0],
      HOSTILE.names[1],
      'two\ufffdlines \ufffdgpj.exe\ufffd.jpg',
    ]);
    await panel.getByText(HOSTILE.tags[1], { exact: true }).waitFor();
    const tags = await panel.locator('.tag-name').allTextContents();
    assert.deepEqual(tags.sort(), ['<b>bold</b>', ...HOSTILE.tags.slice(0, 3), 'a\ufffd\ufffdb'].sort());
    await panel.getByText('javascript:alert(1)').waitFor();
    const found = await panel.evaluate(`({
      hacked: window.hacked,
      images: [...document.images].filter((i) => i.getAttribute('src') === 'x').length,
      bold: document.querySelectorAll('.tag-name b').length,
      links: [...document.querySelectorAll('[href]')].map((a) => a.getAttribute('href')).filter((h) => /^(command|javascript):/.test(h)),
    })`);
    assert.deepEqual(found, { hacked: undefined, images: 0, bold: 0, links: [] });
    assert.deepEqual(complaints, [], 'nothing was even tried');
  });

  it('lets its page load nothing but what is its own', async () => {
    const policy = await panel.evaluate("document.querySelector('meta[http-equiv]').content");
    assert.match(String(policy), /^default-src 'none'; .*script-src 'nonce-[\w+/]{22}=='$/);
    assert.doesNotMatch(String(policy), /unsafe|data:|\*(?!\.vscode-cdn\.net)/);
    const outside = await panel.evaluate(`(async () => {
      const results = [];
      for (const address of ['https://127.0.0.1:9/x.png', location.origin + '/etc/passwd']) {
        results.push(await new Promise((resolve) => {
          const image = new Image();
          image.onload = () => resolve('loaded');
          image.onerror = () => resolve('refused');
          image.src = address;
        }));
        results.push(await fetch(address).then(() => 'fetched', () => 'refused'));
      }
      return results;
    })()`);
    assert.deepEqual(outside, ['refused', 'refused', 'refused', 'refused']);
  });

  it('has only the cards in its page that are on the screen', async () => {
    await waits('53 waiting');
    assert.ok((await panel.getByRole('option').count()) < 50);
    await until('thumbnails are made for what is seen', () =>
      panel.evaluate(`(() => {
        const grid = document.querySelector('.grid').getBoundingClientRect();
        const seen = [...document.querySelectorAll('.card')].filter((c) => c.getBoundingClientRect().top < grid.bottom);
        return seen.length > 8 && seen.every((c) => c.querySelector('img')?.naturalWidth > 0);
      })()`),
    );
    await until('the large picture is there', () =>
      panel.evaluate("document.querySelector('.detail-pane canvas') !== null"),
    );
  });

  it('skips what is not wanted now', async () => {
    await press('Home');
    await workbench.pressUntil('s', 'one is skipped', async () => (await counter()).includes('skipped'));
    for (let n = 2; !(await counter()).includes('50 waiting'); n++) {
      await press('s');
      await waits(`${n} skipped`);
    }
    assert.equal(await current(), 'picture 00.jpg');
  });

  it('leaves to a field what is typed there: VS Code hears nothing of it, and acts on it no moment later', async () => {
    await press('e');
    await typing('Add a tag');
    await workbench.page.keyboard.type('red moon');
    await panel.evaluate(
      "globalThis.heard = []; addEventListener('keydown', ({ key, ctrlKey }) => { if (ctrlKey) heard.push(key); })",
    );
    await press('Control+a');
    const selected = await panel.evaluate(
      'document.activeElement.selectionEnd - document.activeElement.selectionStart',
    );
    assert.equal(selected, 'red moon'.length);
    await press('Delete', 'Control+z', 'Control+y', 'Escape');
    assert.deepEqual(await panel.evaluate("heard.filter((key) => key !== 'Control')"), []);
  });

  it('approves, rejects, edits and chooses a category; each image goes on at once', async () => {
    await press('a');
    await waits('49 waiting');
    assert.equal(await current(), 'picture 01.jpg', 'the next image has the focus');
    await press('r');
    await waits('48 waiting');
    await press('e');
    await typing('Add a tag');
    await workbench.page.keyboard.type('gi', { delay: 30 });
    await panel.getByRole('option', { name: /girl_1/ }).waitFor();
    await workbench.page.keyboard.press('Escape');
    await workbench.page.keyboard.press('Control+a');
    await workbench.page.keyboard.type('artist:Red Moon');
    await press('Enter');
    await panel.locator('.tags.artist').getByText('Red Moon').waitFor();
    await press('Escape', 'a');
    await waits('47 waiting');
    await press('c');
    await typing('Category');
    await workbench.page.keyboard.type('My pictures/Moons');
    await press('Enter');
    await panel.getByText(/You chose it/).waitFor();
    await press('a');
    await waits('46 waiting');
    for (const n of [0, 1, 2, 3]) await isSorted(`picture 0${n}.jpg`);
    assert.match(sidecar('picture 00.jpg'), /blue eyes/);
    assert.doesNotMatch(sidecar('picture 01.jpg'), /blue eyes/);
    assert.match(sidecar('picture 02.jpg'), /red moon/);
    assert.match(sorted().get('picture 03.jpg') ?? '', /My pictures.Moons/);
  });

  it('edits many at once, and takes it back', async () => {
    await press('Shift+ArrowRight', 'Shift+ArrowRight');
    await waits('3 selected');
    await press('e');
    const dialog = panel.getByRole('dialog', { name: 'Edit Tags of 3 Images' });
    await dialog.waitFor();
    await workbench.page.keyboard.type('moonlight');
    await press('Enter');
    await dialog.getByText('Added: moonlight').waitFor();
    await dialog.getByRole('combobox', { name: 'Replace' }).fill('blue_eyes');
    await press('Enter');
    await workbench.page.keyboard.type('green eyes');
    await press('Enter');
    await dialog.getByText('Replaced: blue_eyes by green eyes').waitFor();
    await workbench.screenshot('review bulk edit');
    await press('Escape');
    await panel.locator('.tags').getByText('green eyes').waitFor();
    await press('u');
    await panel.locator('.tags').getByText('green eyes').waitFor({ state: 'detached' });
    await panel.locator('.tags').getByText('moonlight').waitFor();
    await press('Control+Shift+z');
    await panel.locator('.tags').getByText('green eyes').waitFor();
    await press('Escape');
  });

  it('approves those above a threshold, after it has said how many', async () => {
    await press('t');
    const dialog = panel.getByRole('dialog', { name: 'Approve Above a Threshold' });
    await dialog.getByText('That is 5 of the 46 images that are shown.').waitFor();
    await workbench.page.keyboard.type('99');
    await dialog.getByText('That is 0 of the 46 images that are shown.').waitFor();
    await press('Control+a');
    await workbench.page.keyboard.type('95');
    await dialog.getByText('That is 5 of the 46 images that are shown.').waitFor();
    await workbench.screenshot('review threshold');
    await press('Enter');
    await waits('41 waiting');
    for (const n of [4, 5, 6, 7, 8]) await isSorted(`picture 0${n}.jpg`);
    assert.match(sidecar('picture 04.jpg'), /<rdf:li>green eyes</);
  });

  it('undoes the decision, and decides again', async () => {
    await press('Control+z');
    await waits('46 waiting');
    const inbox = join(workbench.folder, 'Inbox/downloads');
    for (const n of [4, 5, 6, 7, 8]) {
      await until('the image is back', () => existsSync(join(inbox, `picture 0${n}.jpg`)));
      assert.equal(sorted().has(`picture 0${n}.jpg`), false);
    }
    await press('Control+Shift+z');
    await waits('41 waiting');
    await isSorted('picture 08.jpg');
  });

  it('finds, opens and explains by its own keys', async () => {
    await press('f');
    await until('the field has the focus', () => panel.evaluate("document.activeElement?.id === 'find'"));
    await workbench.page.keyboard.type('picture 11');
    await waits('1 shown');
    await press('Escape', 'o');
    await workbench.editorTab(/picture 11\.jpg/).waitFor();
    await workbench.closeEditor();
    await workbench.pressUntil('h', 'the keys are shown', () =>
      panel.getByRole('dialog', { name: 'Keys' }).isVisible(),
    );
    await press('Escape', 'm');
    await workbench
      .dialog(/danbooru\.donmai\.us/)
      .getByRole('button', { name: 'Cancel' })
      .click();
    // VS Code leaves it nowhere after its dialog
    await workbench.runCommand('View: Focus Active Editor Group');
    await workbench.pressUntil('f', 'the field has the focus', () =>
      panel.evaluate("document.activeElement?.id === 'find'"),
    );
    await press('Control+a', 'Delete', 'Escape');
    await waits('41 waiting');
  });

  it('says the same in two panels, and after one was hidden', async () => {
    await workbench.runCommand('Image Inbox: Open Another Review Panel');
    const other = await until('a second panel', async () => {
      for (const frame of workbench.page.frames()) {
        if (frame !== panel && frame.url().includes('fake.html') && (await frame.locator('.counter').count()) > 0)
          return frame;
      }
      return undefined;
    });
    await other.getByText(/41 waiting/).waitFor();
    await workbench.pressUntil('a', 'the new panel has the keys', async () =>
      ((await other.locator('.counter').textContent()) ?? '').includes('40 waiting'),
    );
    await waits('40 waiting');
    await workbench.screenshot('review two panels');
    await workbench.closeEditor();
    await workbench.runCommand('File: New Untitled Text File');
    await until('the panel’s page is thrown away', () => panel.isDetached());
    await workbench.closeEditor();
    panel = await workbench.webview('Review Tags');
    await waits('40 waiting');
  });

  it('skips all that are shown, after it has said how many, and takes it back', async () => {
    await press('Home');
    await workbench.pressUntil('Shift+S', 'it asks', () => panel.getByRole('dialog', { name: 'Skip All' }).isVisible());
    await panel.getByRole('dialog').getByRole('button', { name: 'Skip 40' }).waitFor();
    await workbench.screenshot('review skip all');
    await press('Enter');
    await panel.getByRole('button', { name: 'Show 43 Skipped' }).waitFor();
    assert.equal(existsSync(join(workbench.folder, 'Inbox', ordinary[49]?.name ?? '')), true, 'none was decided on');
    await workbench.pressUntil('Control+z', 'they wait again', async () => (await counter()).includes('40 waiting'));
  });

  it('approves the rest at once, after it has said how many: all fifty were gone through without a mouse', async () => {
    await press('Home');
    await workbench.pressUntil('Shift+A', 'it asks', () =>
      panel.getByRole('dialog', { name: 'Approve All' }).isVisible(),
    );
    await panel.getByRole('dialog').getByRole('button', { name: 'Approve 40' }).waitFor();
    await press('Enter');
    await panel.getByText('Nothing waits for review.').waitFor();
    // the rejected one is sorted too, without tags
    for (const { name } of ordinary) await isSorted(basename(name));
    await panel.getByRole('button', { name: 'Show 3 Skipped' }).waitFor();
  });
});
