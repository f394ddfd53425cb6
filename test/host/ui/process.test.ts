import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { sampleInbox, loadSamplePosts } from '../../services/samplePosts.ts';
import { unlimited } from '../../services/saucenao.ts';
import { settingsFor } from '../../services/settingsFor.ts';
import { startServices, type Services } from '../../services/start.ts';
import { until } from '../until.ts';
import { Workbench } from '../workbench.ts';

describe('A folder of images, as a person takes it through', () => {
  let services: Services;
  let workbench: Workbench;

  before(async () => {
    services = await startServices(await loadSamplePosts(), { saucenao: { limits: unlimited } });
    workbench = await Workbench.open({
      name: 'ui-process',
      prepare: (folder) => {
        cpSync(sampleInbox, join(folder, 'New pictures'), { recursive: true });
        mkdirSync(join(folder, '.vscode'));
        const settings = {
          ...settingsFor(services),
        };
        writeFileSync(join(folder, '.vscode/settings.json'), JSON.stringify(settings));
      },
    });
  });

  after(async () => {
    await workbench.close();
    await services.close();
  });

  const sortedFiles = (): readonly string[] => {
    const sorted = join(workbench.folder, 'Sorted');
    return existsSync(sorted) ? readdirSync(sorted, { recursive: true, encoding: 'utf8' }).map((f) => basename(f)) : [];
  };

  /** Opens a row; a click that falls into a refresh of the tree is lost, so it is repeated. */
  const expand = (name: RegExp) =>
    until(`${name.source} is open`, async () => {
      const row = workbench.treeRow(name);
      if ((await row.getAttribute('aria-expanded')) === 'true') return true;
      await row.click();
      await workbench.page.waitForTimeout(500);
      return false;
    });

  it('is offered an inbox where there is none', async () => {
    await workbench.openContainer('Image Inbox');
    await workbench.page.locator('.sidebar').getByRole('button', { name: 'Create Inbox Folder' }).waitFor();
    await workbench.screenshotInEveryTheme('welcome');
  });

  it('is processed from the Explorer, with progress and a summary', async () => {
    await workbench.runCommand('View: Show Explorer');
    const folder = workbench.treeRow(/^New pictures/);
    await folder.waitFor();
    const progress = workbench.toast(/Image Inbox: .* of \d+/);
    const seen = progress.first().waitFor();
    await workbench.contextMenu(folder, 'Image Inbox: Process Folder');
    await seen;
    await workbench.screenshot('progress');
    const summary = workbench.toast(/\d+ of 14 images are processed/);
    await summary.waitFor();
    await summary.getByRole('button', { name: 'Open Report' }).waitFor();
    await summary.getByRole('button', { name: /^Review \d+$/ }).waitFor();
  });

  it('shows categories, what waits, and what failed', async () => {
    await workbench.openContainer('Image Inbox');
    for (const row of [/^Sorted \d/, /^Photos\/Other \d/, /^Waiting for Review \d/, /^Failed 1/]) {
      await workbench.treeRow(row).waitFor();
    }
    await expand(/^Photos\/Other \d/);
    await expand(/^Failed 1/);
    await workbench.treeRow(/^broken download\.png/).waitFor();
    await workbench.screenshotInEveryTheme('tree');
  });

  it('tells what stands in a sidecar when the pointer rests on its image', async () => {
    await workbench.tooltip(workbench.treeRow(/has a sidecar/), /Tags:/);
    await workbench.screenshot('tooltip');
    await workbench.page.mouse.move(0, 0);
  });

  it('leaves a manifest that can be opened', async () => {
    await workbench.runCommand('Image Inbox: Open Last Manifest');
    await workbench.editorTab(/^manifest_/).waitFor();
    await until('the manifest is on screen', async () => (await workbench.editorText()).includes('"version": 1'));
    await workbench.screenshot('manifest');
  });

  it('is reviewed with the keyboard: what is approved gets its tags and is sorted', async () => {
    await workbench.runCommand('Image Inbox: Review Tags');
    const panel = await workbench.webview('Review Tags');
    const cards = panel.getByRole('option');
    await cards.first().waitFor();
    const before = await cards.count();
    assert.ok(before >= 4, `${before} are waiting`);
    await until('all thumbnails are there', async () =>
      panel.evaluate(
        `[...document.querySelectorAll('.card')].every((card) => card.querySelector('img')?.naturalWidth > 0)`,
      ),
    );
    await workbench.screenshotInEveryTheme('review');

    await cards.first().click();
    const first = (await cards.first().locator('.name').textContent()) ?? '';
    const second = (await cards.nth(1).locator('.name').textContent()) ?? '';
    await workbench.pressUntil('a', 'the first one is approved', async () => (await cards.count()) < before);
    await until(`${first} is sorted with its sidecar`, () =>
      [first, `${first}.xmp`].every((name) => sortedFiles().includes(name)),
    );
    const selected = panel.locator('.card[aria-selected="true"] .name');
    assert.equal(await selected.textContent(), second, 'the next one is selected');
    await workbench.page.keyboard.press('ArrowRight');
    await workbench.page.keyboard.press('r');
    await until('the rejected one is gone from the panel', async () => (await cards.count()) === before - 2);
  });

  it('is done with when all is approved', async () => {
    const panel = await workbench.webview('Review Tags');
    await panel.getByRole('button', { name: 'Approve All…' }).click();
    await panel
      .getByRole('dialog')
      .getByRole('button', { name: /^Approve \d+$/ })
      .click();
    await panel.getByText('Nothing waits for review.').waitFor();
    await workbench.openContainer('Image Inbox');
    await workbench.treeRow(/^Waiting for Review/).waitFor({ state: 'hidden' });
    await until('everything but the broken one and the duplicate is sorted', () => {
      const images = sortedFiles().filter((name) => sortedFiles().includes(`${name}.xmp`));
      return images.length === 12;
    });
    await workbench.screenshot('done');
  });
});
