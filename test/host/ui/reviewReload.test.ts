import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { layWaiting, matchOf } from '../reviewLibrary.ts';
import { Workbench } from '../workbench.ts';

describe('The review panel, when the window is loaded anew', () => {
  let workbench: Workbench;
  const stock = mkdtempSync(join(tmpdir(), 'image-inbox-stock-'));
  const images = [0, 1, 2].map((n) => ({
    name: `picture ${n}.jpg`,
    picture: n,
    match: matchOf(n, 90, { general: ['sky'] }),
  }));

  before(async () => {
    workbench = await Workbench.open({ name: 'ui-reload', prepare: (folder) => layWaiting(folder, images, stock) });
  });

  after(async () => {
    await workbench.close();
    rmSync(stock, { recursive: true, force: true });
  });

  it('comes back with the focus, the last edit, and what can be undone', async () => {
    await workbench.runCommand('Image Inbox: Review Tags');
    const before = await workbench.webview('Review Tags');
    await before.getByRole('option', { name: /picture 1/ }).click();
    await workbench.pressUntil('e', 'a tag is typed', () =>
      before.evaluate<boolean>('document.activeElement?.labels?.[0]?.textContent === "Add a tag"'),
    );
    await workbench.page.keyboard.type('kept');
    await workbench.page.keyboard.press('Enter');
    await before.locator('.tags').getByText('kept').waitFor();
    await workbench.reload();

    const panel = await workbench.webview('Review Tags');
    await panel.getByText('3 waiting').waitFor();
    assert.equal(await panel.locator('.detail-pane h2').textContent(), 'picture 1.jpg');
    const kept = panel.locator('.tags').getByText('kept');
    await kept.waitFor();
    await panel.getByRole('button', { name: /^Undo/ }).click();
    await kept.waitFor({ state: 'detached' });
  });

  it('begins with the image that is chosen in the tree, in a new panel and in one that is open', async () => {
    await workbench.closeEditor();
    await workbench.openContainer('Image Inbox');
    for (const name of ['picture 2.jpg', 'picture 0.jpg']) {
      await workbench.rowAction(workbench.treeRow(new RegExp(`^${name}`)), 'Review Tags');
      const panel = await workbench.webview('Review Tags');
      await panel.locator('.detail-pane h2').getByText(name).waitFor();
    }
  });
});
