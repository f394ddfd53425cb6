import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { copyNativePackages, TARGETS } from '../../../scripts/nativePackages.ts';
import { sampleInbox } from '../../services/samplePosts.ts';
import { repoRoot } from '../paths.ts';
import { Workbench } from '../workbench.ts';

const here = `${process.platform}-${process.arch}`;

/** An extension as it is installed, with its native packages beside it. @returns the folder of these */
function installInto(folder: string): string {
  for (const name of ['package.json', 'package.nls.json', 'l10n', 'media', 'dist']) {
    cpSync(join(repoRoot, name), join(folder, name), { recursive: true });
  }
  const target = TARGETS.find((one) => one === here);
  assert.ok(target, here);
  copyNativePackages(repoRoot, join(folder, 'dist'), target);
  return join(folder, 'dist/node_modules');
}

/** A folder with links to all programs on the PATH but these. */
function pathWithout(program: RegExp, folder: string): string {
  mkdirSync(folder);
  for (const on of (process.env['PATH'] ?? '').split(delimiter).filter((path) => existsSync(path))) {
    for (const name of readdirSync(on)) {
      const link = join(folder, name);
      if (!program.test(name) && !existsSync(link)) symlinkSync(join(on, name), link);
    }
  }
  return folder;
}

describe('An extension of which a part is missing', () => {
  let tmp: string;
  let opening: Promise<Workbench> | undefined;

  beforeEach(() => {
    tmp = mkdtempSync(join(tmpdir(), 'image-inbox-parts-'));
  });

  afterEach(async () => {
    const workbench = await opening?.catch(() => undefined); // the test was told
    await workbench?.close();
    opening = undefined;
    rmSync(tmp, { recursive: true, force: true });
  });

  const open = async (name: string, more: { installed?: string; env?: NodeJS.ProcessEnv }): Promise<Workbench> => {
    opening = Workbench.open({
      name,
      ...more,
      settings: { 'imageInbox.stages.search': false },
      prepare: (folder) => cpSync(sampleInbox, join(folder, 'Inbox'), { recursive: true }),
    });
    const workbench = await opening;
    await workbench.openContainer('Image Inbox');
    await workbench.treeRow(/^Inbox 14/).waitFor();
    await workbench.runCommand('Image Inbox: Process Inbox');
    return workbench;
  };
  const files = (folder: string): readonly string[] =>
    existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : [];

  for (const [part, folder, says] of [
    ['decoder', `@img/sharp-${here}`, /Pictures can't be decoded on this machine: Could not load the "sharp" module/],
    ['runtime of the models', 'onnxruntime-node', /Pictures can't be analyzed on this machine: Cannot find package/],
  ] as const) {
    it(`says so at the end of a run that went without the ${part}, and that the setup can be checked`, async () => {
      const packages = installInto(tmp);
      rmSync(join(packages, folder), { recursive: true });
      const window = await open(`ui-without-${folder.replace('/', '-')}`, { installed: tmp });
      const summary = window.toast(/of 14 images are processed/).filter({ hasText: says });
      await summary.hover(); // or it goes away by itself
      await window.screenshot(`without the ${part}`);
      const sorted = files(join(window.folder, 'Sorted'));
      for (const name of ['astronaut.jpg', 'blink.gif']) {
        assert.ok(
          sorted.some((file) => file.endsWith(name)) && sorted.some((file) => file.endsWith(`${name}.xmp`)),
          name,
        );
      }
      await summary.getByRole('button', { name: 'Check Setup' }).click();
      await window.editorTab(/Image Inbox Setup/).waitFor();
    });
  }

  it('says before it touches anything that there is no Perl, and how to get it', async () => {
    const window = await open('ui-no-perl', { env: { PATH: pathWithout(/^perl/, join(tmp, 'bin')) } });
    const before = files(join(window.folder, 'Inbox'));
    await window.toast(/ExifTool, which writes the sidecars, needs Perl.*Install it/).waitFor();
    await window.screenshot('without Perl');
    assert.deepEqual(files(join(window.folder, 'Sorted')), []);
    assert.deepEqual(files(join(window.folder, 'Inbox')), before);
    await window.page.locator('.sidebar').getByRole('button', { name: 'Resume' }).waitFor();
  });
});
