import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Frame, Locator } from 'playwright-core';
import { layWaiting, matchOf, type WaitingImage } from '../reviewLibrary.ts';
import { until } from '../until.ts';
import { Workbench } from '../workbench.ts';

const images = ['moon', 'sun'].flatMap((what, kind) =>
  Array.from({ length: 12 }, (_, n): WaitingImage => {
    const tags = { general: [what], character: [`${what}_girl`], artist: [`${what}_painter`] };
    const picture = kind * 12 + n;
    return { name: `${what} ${String(n).padStart(2, '0')}.jpg`, picture, match: matchOf(picture, 95, tags) };
  }),
);

describe('What the next image is suggested to be', () => {
  let workbench: Workbench;
  let panel: Frame;
  const stock = mkdtempSync(join(tmpdir(), 'image-inbox-stock-'));

  before(async () => {
    workbench = await Workbench.open({
      name: 'ui-learning',
      prepare: async (folder) => {
        await layWaiting(folder, images, stock);
        mkdirSync(join(folder, 'NAS'));
        mkdirSync(join(folder, '.vscode'));
        const settings = { 'imageInbox.directories.nas': '${workspaceFolder}/NAS', 'imageInbox.stages.sync': false };
        writeFileSync(join(folder, '.vscode/settings.json'), JSON.stringify(settings));
      },
    });
    await workbench.openContainer('Image Inbox');
    await workbench.runCommand('Image Inbox: Review Tags');
    panel = await workbench.webview('Review Tags');
    await panel.getByRole('option').first().waitFor();
  });

  after(async () => {
    await workbench.close();
    rmSync(stock, { recursive: true, force: true });
  });

  const press = (key: string) => workbench.page.keyboard.press(key);
  const filesIn = (folder: string): readonly string[] => {
    const path = join(workbench.folder, folder);
    return existsSync(path) ? readdirSync(path, { recursive: true, encoding: 'utf8' }).sort() : [];
  };
  const isTogether = (folder: string, name: string): boolean =>
    [name, `${name}.xmp`].every((file) => filesIn(folder).includes(file));
  const together = (folder: string, name: string) =>
    until(`${name} is in ${folder} with its sidecar`, () => isTogether(folder, name));
  const card = (name: string): Locator => panel.getByRole('option', { name: new RegExp(`^${name}`) });
  const isSuggested = async (name: string, category: string): Promise<void> => {
    await card(name).filter({ hasText: category }).waitFor();
  };
  /** Selects from the one to the other, by mouse, in the panel. */
  const select = async (from: string, to: string): Promise<void> => {
    await card(from).click();
    await card(to).click({ modifiers: ['Shift'] });
  };
  /** Opens or closes a row; a click that falls into a refresh of the tree is lost, so it is repeated. */
  const turn = (name: RegExp, isOpen: boolean) =>
    until(`${name.source} is turned`, async () => {
      const row = workbench.treeRow(name);
      if ((await row.getAttribute('aria-expanded')) === String(isOpen)) return true;
      await row.click();
      await workbench.page.waitForTimeout(500);
      return false;
    });

  it('is the category that was chosen for others like it in the panel, and tells why', async () => {
    await isSuggested('moon 11.jpg', 'Anime/Characters');
    // where the rules put these is right
    await select('sun 00.jpg', 'sun 08.jpg');
    await workbench.pressUntil('a', 'they are approved', async () => (await card('sun 00.jpg').count()) === 0);
    for (let n = 0; n <= 8; n++) await together('Sorted/Anime/Characters', `sun 0${n}.jpg`);
    await select('moon 00.jpg', 'moon 08.jpg');
    await panel.getByText('9 selected').waitFor();
    await workbench.pressUntil('c', 'the category is typed', () =>
      panel.evaluate<boolean>('document.activeElement?.labels?.[0]?.textContent === "Category"'),
    );
    await workbench.page.keyboard.type('Night');
    await press('Enter');
    await isSuggested('moon 08.jpg', 'Night');
    await isSuggested('moon 11.jpg', 'Anime/Characters');
    await press('a');
    for (const n of [0, 8]) await together('Sorted/Night', `moon 0${n}.jpg`);
    await isSuggested('moon 11.jpg', 'Night');
    await isSuggested('sun 11.jpg', 'Anime/Characters');
    await card('moon 09.jpg').click();
    await panel
      .locator('.because')
      .getByText(/moon.*, 9 of your corrections/)
      .waitFor();
    await workbench.screenshot('learned suggestion');
    await press('a');
    await together('Sorted/Night', 'moon 09.jpg');
  });

  it('is the category that others like it were dragged to in the tree', async () => {
    await workbench.page.locator('.sidebar .pane-header', { hasText: 'Last Run' }).click();
    await turn(/^Inbox/, false);
    await turn(/^Waiting for Review/, false);
    await turn(/^Sorted/, true);
    await turn(/^Anime\/Characters \d/, true);
    const row = (n: number) => workbench.treeRow(new RegExp(`^sun 0${n}`));
    const dragAll = async (): Promise<void> => {
      // they are on their way
      if (filesIn('Sorted/Night').some((name) => name.startsWith('sun'))) return;
      const left = [];
      for (let n = 0; n <= 8; n++) if (await row(n).isVisible()) left.push(row(n));
      const [first, last] = [left[0], left.at(-1)];
      assert.ok(first && last, 'no row is left to be dragged');
      await first.click();
      await last.click({ modifiers: ['Shift'] });
      await workbench.page
        .locator('.sidebar .monaco-list-row.selected')
        .nth(left.length - 1)
        .waitFor();
      await last.dragTo(workbench.treeRow(/^Night \d/));
    };
    await row(8).waitFor();
    const areMoved = async (): Promise<boolean> => {
      return Array.from({ length: 9 }, (_, n) => `sun 0${n}.jpg`).every((name) => isTogether('Sorted/Night', name));
    };
    await workbench.dragUntil(dragAll, 'all are moved', areMoved);
    assert.deepEqual(filesIn('Sorted/Anime/Characters'), []);
    await workbench.editorTab('Review Tags').click();
    panel = await workbench.webview('Review Tags');
    await isSuggested('sun 11.jpg', 'Night');
    const learned = workbench.outputChannel('Image Inbox');
    assert.match(learned, /Moved by you: 9 corrections/);
  });

  it('is warned of before what is on the NAS is dragged elsewhere, and nothing moves when the answer is no', async () => {
    await workbench.runCommand('Image Inbox: Sync to NAS');
    await workbench.toast(/\d+ copied/).waitFor();
    assert.deepEqual(
      filesIn('NAS').filter((file) => file.endsWith('.jpg')).length,
      filesIn('Sorted').filter((file) => file.endsWith('.jpg')).length,
    );
    await panel.locator('.card').first().click();
    await workbench.pressUntil('a', 'one is approved', async () => (await panel.getByText('4 waiting').count()) > 0);
    await together('Sorted/Night', 'moon 10.jpg');
    // it has no copy there yet, and so nobody is asked
    mkdirSync(join(workbench.folder, 'Sorted/Day'));
    copyFileSync(join(stock, '0.jpg'), join(workbench.folder, 'Sorted/Day/first.jpg'));
    // before anything is taken hold of: it moves the rows below it
    await workbench.treeRow(/^Day 1/).waitFor();
    await turn(/^Night \d/, true);
    await workbench.treeRow(/^moon 10/).waitFor();
    const dragToDay = (row: RegExp) => workbench.treeRow(row).dragTo(workbench.treeRow(/^Day \d/));
    const moves10 = async (): Promise<boolean> => isTogether('Sorted/Day', 'moon 10.jpg');
    await workbench.dragUntil(() => dragToDay(/^moon 10/), 'what is not on the NAS is moved unasked', moves10);

    await workbench.treeRow(/^Day 2/).waitFor();
    const question = workbench.dialog(/1 image is on the NAS already/);
    const drag5 = () =>
      workbench.dragUntil(
        () => dragToDay(/^moon 05/),
        'it is asked',
        () => question.isVisible(),
      );
    await drag5();
    await workbench.screenshot('drag of what is synced');
    await question.getByRole('button', { name: 'Cancel' }).click();
    await question.waitFor({ state: 'hidden' });
    await together('Sorted/Night', 'moon 05.jpg');

    await drag5();
    await question.getByRole('button', { name: 'Move', exact: true }).click();
    await together('Sorted/Day', 'moon 05.jpg');
  });
});
