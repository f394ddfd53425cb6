import assert from 'node:assert/strict';
import { cpSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { loadSamplePosts, sampleInbox } from '../../services/samplePosts.ts';
import { unlimited } from '../../services/saucenao.ts';
import { startServices, type Services } from '../../services/start.ts';
import { configurePace } from '../configurePace.ts';
import { until } from '../until.ts';
import { Workbench } from '../workbench.ts';

describe('A run that does not go through in one', () => {
  let services: Services;
  let workbench: Workbench;
  let original: readonly string[];

  before(async () => {
    services = await startServices(await loadSamplePosts(), { saucenao: { limits: unlimited } });
    workbench = await Workbench.open({
      name: 'ui-runs',
      prepare: (folder) => {
        cpSync(sampleInbox, join(folder, 'Inbox'), { recursive: true });
        // slow enough that a person can step in
        configurePace(folder, services, 3);
      },
    });
    original = filesIn('Inbox');
  });

  after(async () => {
    await workbench.close();
    await services.close();
  });

  const filesIn = (folder: string): readonly string[] => {
    const path = join(workbench.folder, folder);
    return existsSync(path) ? readdirSync(path, { recursive: true, encoding: 'utf8' }).sort() : [];
  };
  const sortedImages = (): number => {
    const files = new Set(filesIn('Sorted'));
    return [...files].filter((file) => files.has(`${file}.xmp`)).length;
  };

  it('stops when Cancel is pressed, and can be resumed', async () => {
    await workbench.openContainer('Image Inbox');
    await workbench.runCommand('Image Inbox: Process Inbox');
    const progress = workbench.toast(/Image Inbox: .* of \d+/);
    await progress.first().waitFor();
    await workbench.statusBarItem(/Image Inbox: .* of \d+/).waitFor();
    await workbench.screenshot('run');
    await progress.first().getByRole('button', { name: 'Cancel' }).click();
    const summary = workbench.toast(/Image Inbox was stopped/);
    await summary.hover(); // or it goes away by itself
    await workbench.page.locator('.sidebar').getByRole('button', { name: 'Resume' }).waitFor();
    await workbench.screenshot('stopped');
    assert.equal(
      filesIn('Inbox').length + filesIn('Sorted').filter((f) => !/\.(xmp|json|md)$/.test(f)).length > 0,
      true,
    );
    assert.equal(existsSync(join(workbench.folder, '.image-inbox/run-in-vscode')), false, 'nothing will be offered');
    await summary.getByRole('button', { name: 'Resume' }).click();
    await workbench
      .toast(/Image Inbox: .* of \d+/)
      .first()
      .waitFor();
  });

  it('is offered to be resumed when the window was loaded anew in the middle, and then goes through', async () => {
    configurePace(workbench.folder, services, 0);
    await workbench.reload();
    const offer = workbench.toast(/the last run was cut off/);
    await offer.hover(); // or it goes away by itself
    await workbench.screenshot('resume offer');
    await offer.getByRole('button', { name: 'Resume' }).click();
    const summary = workbench.toast(/\d+ of 14 images are processed/);
    await summary.waitFor();
    assert.equal(sortedImages(), 12, 'all but the broken one and the duplicate');
    await workbench.screenshotInEveryTheme('finished run');
  });

  it('is undone from the summary, after a preview', async () => {
    // the summary has gone to the others by itself, as notifications do after some seconds
    await workbench.runCommand('Notifications: Show Notifications');
    const summary = workbench.pastNotification(/\d+ of 14 images are processed/);
    await summary.getByRole('button', { name: 'Undo', exact: true }).click();
    const dialog = workbench.dialog(/Put back what/);
    await dialog.getByRole('button', { name: 'Put Back' }).click();
    await workbench.toast(/12 images are as before the run/).waitFor();
    await until('all images are where they were', () => {
      const now = new Set(filesIn('Inbox'));
      return original.every((file) => now.has(file));
    });
  });
});
