import { readFileSync } from 'node:fs';
import { layWaiting } from '../../test/host/reviewLibrary.ts';
import { until } from '../../test/host/until.ts';
import { Workbench } from '../../test/host/workbench.ts';
import { descendants } from './processes.ts';
import { spread } from './spread.ts';
import { waitingImages } from './waitingImages.ts';

const WINDOWS = 5;

/** @returns what VS Code itself says that activation took in new windows, and what native code is in the extension host then */
export async function benchActivation(stock: string): Promise<readonly (readonly [string, string])[]> {
  const workbench = await Workbench.open({
    name: 'bench-activation',
    prepare: (folder) => layWaiting(folder, waitingImages(100), stock),
  });
  try {
    const [loads, calls]: [number[], number[]] = [[], []];
    const natives = new Set<string>();
    for (let i = 0; i < WINDOWS; i++) {
      // a window that has begun with other things
      await workbench.openContainer('Explorer');
      if (i > 0) await workbench.reload();
      await workbench.page.waitForTimeout(3000);
      await workbench.openContainer('Image Inbox');
      await workbench.treeRow(/^Waiting for Review/).waitFor();
      for (const name of nativeModules()) natives.add(name);
      const [load, call] = await activationTimes(workbench);
      loads.push(load);
      calls.push(call);
      await workbench.runCommand('View: Close All Editors');
    }
    const ascending = (times: number[]): readonly number[] => times.sort((a, b) => a - b);
    return [
      [
        `activate(), by VS Code’s “Startup Performance”, median / worst of ${WINDOWS} windows`,
        spread(ascending(calls)),
      ],
      ['its code loaded by VS Code before that, the same', spread(ascending(loads))],
      ['native modules of ours in the extension host, when the tree is there', [...natives].join(', ') || 'none'],
    ];
  } finally {
    await workbench.close();
  }
}

/** Milliseconds in which VS Code has loaded the code, and in which activate() was done. */
async function activationTimes(workbench: Workbench): Promise<readonly [number, number]> {
  await workbench.runCommand('Developer: Startup Performance');
  const editor = workbench.page.locator('.editor-group-container .view-lines').first();
  await editor.click();
  return until('the table has our line', async () => {
    // only lines on the screen are in the page
    await workbench.page.keyboard.press('Control+f');
    await workbench.page.keyboard.type('| image-inbox.image-inbox');
    await workbench.page.keyboard.press('Escape');
    const columns = /\| image-inbox\.image-inbox +\| \w+ +\| (\d+) +\| (\d+) +\|/.exec(await workbench.editorText());
    return columns && ([Number(columns[1]), Number(columns[2])] as const);
  });
}

/** Libraries of our packages that are mapped into the extension host. VS Code has some of its own. */
const nativeModules = (): readonly string[] =>
  descendants()
    .filter(({ command }) => command.includes('--type=extensionHost'))
    .flatMap(({ pid }) => readFileSync(`/proc/${pid}/maps`, 'utf8').match(OURS) ?? []);

const OURS = /[^/\n]*(?:sharp|vips|onnx)[^/\n]*\.(?:node|so)[\d.]*$/gm;
