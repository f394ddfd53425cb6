import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { loadSamplePosts, sampleInbox } from '../../services/samplePosts.ts';
import { unlimited } from '../../services/saucenao.ts';
import { startServices, type Services } from '../../services/start.ts';
import { repoRoot } from '../paths.ts';
import { configurePace } from '../configurePace.ts';
import { until } from '../until.ts';
import { Workbench } from '../workbench.ts';

const cli = join(repoRoot, 'dist/cli.js');

describe('A run that is killed', () => {
  let services: Services;

  before(async () => {
    services = await startServices(await loadSamplePosts(), { saucenao: { limits: unlimited } });
  });
  after(() => services.close());

  const lay = (folder: string): void => {
    cpSync(sampleInbox, join(folder, 'Inbox'), { recursive: true });
    configurePace(folder, services, 3);
    services.danbooru.forget();
  };
  const filesIn = (path: string): readonly string[] =>
    existsSync(path) ? readdirSync(path, { recursive: true, encoding: 'utf8' }).sort() : [];
  const sortedImages = (folder: string): number => {
    const files = new Set(filesIn(join(folder, 'Sorted')));
    return [...files].filter((file) => files.has(`${file}.xmp`)).length;
  };
  /** It goes no further then, however long the others take to be sorted, and it until it is killed. */
  const beginsToBeSorted = async (folder: string): Promise<void> => {
    await until('the first ones were looked up', () => services.danbooru.requests.length >= 5);
    services.danbooru.setFaults([{ fault: { kind: 'hang' } }]);
    await until('the first ones are sorted', () => sortedImages(folder) > 0);
  };
  const goesOn = (folder: string): void => {
    services.danbooru.setFaults([]);
    configurePace(folder, services, 0);
  };
  /** All but the broken one and the duplicate, once each, and nothing that tells of a run. */
  const isWhole = (folder: string): void => {
    assert.equal(sortedImages(folder), 12);
    assert.deepEqual(
      filesIn(join(folder, '.image-inbox')).filter((name) => name === 'lock'),
      [],
    );
    const left = filesIn(join(folder, 'Inbox')).filter((name) => /\.\w+$/.test(name));
    assert.equal(left.length, 2, left.join());
  };

  it('with VS Code is seen by another window while it is on, and finished by the command line', async () => {
    const workbench = await Workbench.open({ name: 'ui-killed', prepare: lay });
    try {
      const { folder } = workbench;
      await workbench.openContainer('Image Inbox');
      await workbench.runCommand('Image Inbox: Process Inbox');
      await beginsToBeSorted(folder);

      const other = await workbench.otherWindow();
      await other
        .locator('.statusbar')
        .getByRole('button', { name: /Image Inbox: at work in another window/ })
        .waitFor();
      await other.screenshot({ path: join(repoRoot, 'test-results/screenshots/other-window.png') });

      await workbench.server.kill();
      const before = sortedImages(folder);
      assert.ok(before < 12, `${before} were sorted already`);
      goesOn(folder);
      const { stdout } = await promisify(execFile)(process.execPath, [cli, 'resume', '--workspace', folder]).catch(
        // the broken one makes it end with another code
        (error: unknown) => error as { stdout: string },
      );
      assert.match(stdout, /12/);
      isWhole(folder);
    } finally {
      await workbench.close();
    }
  });

  it('on the command line is finished in VS Code', async () => {
    const workbench = await Workbench.open({
      name: 'ui-killed-cli',
      prepare: async (folder) => {
        lay(folder);
        const run = spawn(process.execPath, [cli, 'process', '--workspace', folder], { stdio: 'ignore' });
        const gone = once(run, 'exit');
        await beginsToBeSorted(folder);
        run.kill('SIGKILL');
        await gone;
        assert.ok(sortedImages(folder) < 12);
        goesOn(folder);
      },
    });
    try {
      await workbench.openContainer('Image Inbox');
      await workbench.page
        .locator('.sidebar')
        .getByText(/The last run was interrupted/)
        .waitFor();
      await workbench.screenshot('killed on the command line');
      await workbench.page.locator('.sidebar').getByRole('button', { name: 'Resume' }).click();
      await workbench.toast(/12 of 14 images are processed/).waitFor();
      isWhole(workbench.folder);
    } finally {
      await workbench.close();
    }
  });
});
