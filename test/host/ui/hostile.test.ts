import assert from 'node:assert/strict';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HOSTILE } from '../hostile.ts';
import { layWaiting, matchOf, type WaitingImage } from '../reviewLibrary.ts';
import { until } from '../until.ts';
import { Workbench } from '../workbench.ts';

const images = HOSTILE.names.map((name, picture): WaitingImage => {
  const tags = { general: [...HOSTILE.tags], character: ['<b>somebody</b>'] };
  return { name, picture, match: matchOf(picture, 90, tags, { title: HOSTILE.tags[2] }) };
});

describe('Names and tags that would do harm', () => {
  let workbench: Workbench;
  const stock = mkdtempSync(join(tmpdir(), 'image-inbox-stock-'));

  before(async () => {
    workbench = await Workbench.open({
      name: 'ui-hostile',
      prepare: async (folder) => {
        await layWaiting(folder, images, stock);
        mkdirSync(join(folder, '.vscode'));
        writeFileSync(join(folder, '.vscode/settings.json'), JSON.stringify({ 'imageInbox.stages.search': false }));
      },
    });
    await workbench.openContainer('Image Inbox');
  });

  after(async () => {
    await workbench.close();
    rmSync(stock, { recursive: true, force: true });
  });

  const sorted = (): readonly string[] => {
    const folder = join(workbench.folder, 'Sorted');
    return existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : [];
  };

  /** In VS Code's own page and in those of webviews: no script ran, and what came from outside is no element and no link. */
  const isHarmless = async (): Promise<void> => {
    for (const frame of workbench.page.frames()) {
      const found = await frame
        .evaluate(
          `({
            hacked: globalThis.hacked ?? null,
            images: [...document.images].filter((i) => i.getAttribute('src') === 'x').length,
            bold: [...document.querySelectorAll('b')].filter((b) => b.textContent === 'somebody').length,
            links: [...document.querySelectorAll('a, [data-href]')]
              .map((a) => a.getAttribute('data-href') ?? a.getAttribute('href') ?? '')
              .filter((address) => /workbench\\.action\\.quit|^javascript:/.test(address)),
          })`,
        )
        .catch(() => undefined);
      if (found) assert.deepEqual(found, { hacked: null, images: 0, bold: 0, links: [] });
    }
  };

  const row = (part: string) => workbench.page.locator('.sidebar .monaco-list-row').filter({ hasText: part });
  const expand = (part: string) =>
    until(`${part} is open`, async () => {
      if ((await row(part).first().getAttribute('aria-expanded')) === 'true') return true;
      await row(part).first().click();
      await workbench.page.waitForTimeout(500);
      return false;
    });

  it('are text in the tree and in its tooltips while they wait', async () => {
    for (const part of [
      '<img src=x onerror="window.hacked=1">.jpg',
      '${workspaceFolder} [go](command:',
      'two\ufffdlines',
    ]) {
      await row(part).first().waitFor();
      await workbench.tooltip(row(part).first(), part);
      await isHarmless();
    }
    await workbench.screenshot('hostile tooltip');
  });

  it('are text in the sidecar and in the tooltip that tells of it', async () => {
    await workbench.runCommand('Image Inbox: Review Tags');
    const panel = await workbench.webview('Review Tags');
    await panel.getByRole('option').nth(2).waitFor();
    await panel.getByRole('button', { name: 'Approve All…' }).click();
    await panel.getByRole('dialog').getByRole('button', { name: 'Approve 3' }).click();
    await until('they are sorted, each with its sidecar', () =>
      HOSTILE.names.slice(0, 2).every((name) => sorted().some((file) => file.endsWith(`${name}.xmp`))),
    );
    // no sidecar may have a name like that: it fails, and stays where it was
    assert.ok(existsSync(join(workbench.folder, 'Inbox', HOSTILE.names[2])));
    await isHarmless();
    await expand('Sorted');
    await expand('Anime/Characters');
    const part = '<img src=x onerror="window.hacked=1">.jpg';
    await workbench.tooltip(row(part).first(), '<img src=x onerror="window.hacked=2">');
    await workbench.tooltip(row(part).first(), '](command:workbench.action.quit)');
    await isHarmless();
    await workbench.screenshot('hostile tooltip of a sidecar');
  });

  it('are text in a notification', async () => {
    const place = sorted().find((file) => file.endsWith(HOSTILE.names[1])) ?? '';
    appendFileSync(join(workbench.folder, 'Sorted', place), 'changed by somebody');
    const panel = await workbench.webview('Review Tags');
    await panel.getByRole('button', { name: /^Undo/ }).click();
    const toast = workbench.toast(/The decision on .*can’t be undone|waits again, but/);
    await toast.waitFor();
    assert.match((await toast.first().textContent()) ?? '', /\$\{workspaceFolder\} \[go\] \(command:workbench/);
    await isHarmless();
    await workbench.screenshot('hostile notification');
  });

  it('are text in the error report, also when its Markdown is shown', async () => {
    for (const name of HOSTILE.names) writeFileSync(join(workbench.folder, 'Inbox', `broken ${name}`), 'no picture');
    await workbench.runCommand('Image Inbox: Process Inbox');
    await workbench
      .toast(/3 failed/)
      .first()
      .waitFor();
    await workbench.runCommand('Image Inbox: Open Last Error Report');
    await workbench.editorTab(/^errors_/).waitFor();
    await workbench.runCommand('Markdown: Open Preview');
    await until('the report is shown', async () => {
      for (const frame of workbench.page.frames()) {
        const body = await frame
          .locator('body')
          .innerText({ timeout: 500 })
          .catch(() => '');
        if (body.includes('[go](command:workbench.action.quit)') && body.includes('onerror=')) return true;
      }
      return false;
    });
    await isHarmless();
    await workbench.screenshot('hostile error report');
    const report = sorted().find((file) => /errors_.*\.md$/.test(file)) ?? '';
    assert.doesNotMatch(readFileSync(join(workbench.folder, 'Sorted', report), 'utf8'), /two\nlines/);
    await isHarmless();
  });
});
