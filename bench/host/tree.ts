import { layWaiting } from '../../test/host/reviewLibrary.ts';
import { Workbench } from '../../test/host/workbench.ts';
import { spread } from './spread.ts';
import { waitingImages } from './waitingImages.ts';

const TIMES = 10;

/** @returns what was measured over the tree with so many images in the inbox, all of which wait */
export async function benchTree(count: number, stock: string): Promise<readonly (readonly [string, string])[]> {
  const workbench = await Workbench.open({
    name: 'bench-tree',
    prepare: (folder) => layWaiting(folder, waitingImages(count), stock),
  });
  try {
    const begun = Date.now();
    await workbench.openContainer('Image Inbox');
    await workbench.treeRow(/^Inbox \d/).waitFor({ timeout: 300_000 });
    const there = Date.now() - begun;
    await workbench.treeRow(/^Waiting for Review/).waitFor({ timeout: 300_000 });
    const known = Date.now() - begun;
    await workbench.page.locator('.sidebar .pane-header', { hasText: 'Last Run' }).click();
    const waiting = await expansions(workbench, /^Waiting for Review/, 'picture ');
    const inbox = await expansions(workbench, /^Inbox \d/, 'folder ');
    await workbench.treeRow(/^Inbox \d/).click();
    const folder = await expansions(workbench, /^folder 3 /, 'picture ');
    return [
      ['images in the inbox, all of them waiting', count.toLocaleString('en')],
      ['view opened to the first rows', `${there} ms`],
      ['the same, to how many wait: the journal is read', `${known} ms`],
      [`“Waiting for Review” expanded (the first 500), median / worst of ${TIMES}`, spread(waiting)],
      ['“Inbox” expanded (50 folders), the same', spread(inbox)],
      [`a folder of ${(count / 50).toLocaleString('en')} images expanded (the first 500), the same`, spread(folder)],
    ];
  } finally {
    await workbench.close();
  }
}

/** Milliseconds from the click to the frame that shows rows below the row; it is closed before and after. */
async function expansions(workbench: Workbench, name: RegExp, below: string): Promise<readonly number[]> {
  const times: number[] = [];
  for (let i = 0; i < TIMES; i++) {
    await workbench.page.evaluate(`globalThis.expanded = new Promise((resolve) => {
      let pressed;
      addEventListener('mousedown', ({ timeStamp }) => { pressed = timeStamp; }, { capture: true, once: true });
      const look = () => {
        const isThere = pressed !== undefined && [...document.querySelectorAll('.sidebar [role=treeitem]')].some((row) =>
          row.getAttribute('aria-label').startsWith(${JSON.stringify(below)}));
        if (isThere) resolve(performance.now() - pressed);
        else requestAnimationFrame(look);
      };
      look();
    }); undefined`);
    await workbench.treeRow(name).click();
    times.push(Number(await workbench.page.evaluate('globalThis.expanded')));
    await workbench.treeRow(name).click();
    await workbench.treeRow(new RegExp(`^${below}`)).waitFor({ state: 'hidden' });
  }
  return times.sort((a, b) => a - b);
}
