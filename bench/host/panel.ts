import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Frame } from 'playwright-core';
import { layWaiting } from '../../test/host/reviewLibrary.ts';
import { until } from '../../test/host/until.ts';
import { Workbench } from '../../test/host/workbench.ts';
import { descendants } from './processes.ts';
import { spread } from './spread.ts';
import { waitingImages } from './waitingImages.ts';

const KEYS = 40;
/** Milliseconds before each: of a person who looks at the picture, and of one who holds the key down. */
const [PACE, HASTE] = [300, 100];

/** @returns what was measured, as rows of a name and a value */
export async function benchPanel(count: number, stock: string): Promise<readonly (readonly [string, string])[]> {
  const workbench = await Workbench.open({
    name: 'bench-panel',
    prepare: (folder) => layWaiting(folder, waitingImages(count), stock),
  });
  try {
    // the extension is there and has read the journal for its tree, as in a window that was open before
    await workbench.openContainer('Image Inbox');
    await workbench.treeRow(/^Waiting for Review/).waitFor({ timeout: 120_000 });
    // in a younger window 2.5 s pass between VS Code's own frame of the first webview and our page
    await workbench.page.waitForTimeout(5000);
    await collectGarbage(workbench);
    const before = renderersMb();
    const [panel, first] = await open(workbench);
    await panel.getByText(`${count.toLocaleString('en')} waiting`).waitFor({ timeout: 60_000 });
    const inPage = Number(await panel.evaluate("document.querySelectorAll('.card').length"));
    const title = panel.locator('.detail-pane h2');
    const begin = await title.textContent();
    await workbench.pressUntil(
      'ArrowRight',
      'the page has the keys',
      async () => (await title.textContent()) !== begin,
    );
    const moves = await keyTimes(workbench, panel, 'ArrowRight', HASTE);
    await workbench.pressUntil(
      's',
      'the panel has the keys',
      async () => (await panel.getByText(/1 skipped/).count()) > 0,
    );
    const decisions = await keyTimes(workbench, panel, 's', PACE);
    const hasty = await keyTimes(workbench, panel, 's', HASTE);
    const scrolled = await panel.evaluate<{
      frames: number;
      longestBlank: number;
      longestFrame: number;
      end: number;
    }>(SCROLL);
    const pictures = Number(await panel.evaluate(PICTURES_THERE));
    const peak = renderersMb();
    await collectGarbage(workbench);
    const after = renderersMb();
    await giveBack(workbench);
    const needed = renderersMb();
    const [none, some] = [await again(workbench, true), await again(workbench, false)];
    return [
      ['images that wait', count.toLocaleString('en')],
      ['command to first thumbnail on the screen, none made yet, median / worst of 5', spread(none)],
      ['the same, thumbnails made before', spread(some)],
      ['the same, as the first webview of the window', `${first.shown.toFixed(0)} ms`],
      ['of that, until VS Code has loaded the page’s script', `${first.loaded.toFixed(0)} ms`],
      ['cards in the page', String(inPage)],
      [`arrow key to the next image shown, one in ${HASTE} ms, median / worst of ${KEYS}`, spread(moves)],
      [`decision by VS Code’s key to the next image shown, one in ${PACE} ms, the same`, spread(decisions)],
      [`the same, one in ${HASTE} ms: the large picture of the one before is still being made`, spread(hasty)],
      [
        `scrolling ${scrolled.end.toFixed(0)} px in ${scrolled.frames} frames: longest time with a blank row`,
        `${scrolled.longestBlank.toFixed(0)} ms`,
      ],
      ['longest frame in that', `${scrolled.longestFrame.toFixed(0)} ms`],
      ['after it: all pictures on the screen there in', `${pictures.toFixed(0)} ms`],
      ['memory of all pages of the browser, more than before the panel', `${(after - before).toFixed(0)} MB`],
      ['of that, what is left when the system needs memory: pictures are cached', `${(needed - before).toFixed(0)} MB`],
      ['all of it, and the garbage of a panel that was opened and scrolled', `${(peak - before).toFixed(0)} MB`],
    ];
  } finally {
    await workbench.close();
  }
}

/** Milliseconds from the press of the mouse on the command. */
interface Opening {
  /** until the page has its script */
  readonly loaded: number;
  /** until the first picture is there */
  readonly shown: number;
}

async function open(workbench: Workbench): Promise<readonly [Frame, Opening]> {
  await workbench.page.evaluate(
    `addEventListener('mousedown', () => { globalThis.pressedAt = Date.now(); }, { capture: true })`,
  );
  await workbench.runCommand('Image Inbox: Review Tags');
  const panel = await until('the panel', async () => {
    for (const frame of workbench.page.frames()) {
      if (!frame.url().includes('fake.html')) continue;
      if (await frame.evaluate("document.getElementById('panel') !== null").catch(() => false)) return frame;
    }
    return undefined;
  });
  const at = await panel.evaluate<Opening>(`new Promise((resolve) => {
    const script = () => performance.getEntriesByType('resource').find(({ name }) => name.endsWith('/main.js'));
    const look = () => [...document.querySelectorAll('.card img')].some((i) => i.complete && i.naturalWidth > 0)
      ? resolve({ loaded: performance.timeOrigin + script().responseEnd, shown: Date.now() }) : requestAnimationFrame(look);
    look();
  })`);
  const pressed = Number(await workbench.page.evaluate('globalThis.pressedAt'));
  return [panel, { loaded: at.loaded - pressed, shown: at.shown - pressed }];
}

/** Closes the panel and opens it again, five times. @param anew with no thumbnail left */
async function again(workbench: Workbench, anew: boolean): Promise<readonly number[]> {
  const times: number[] = [];
  for (let i = 0; i < 5; i++) {
    await workbench.runCommand('View: Close Editor');
    if (anew) rmSync(join(workbench.folder, '.image-inbox/thumbnails'), { recursive: true, force: true });
    await workbench.page.waitForTimeout(500);
    const [, { shown }] = await open(workbench);
    times.push(shown);
  }
  return times.sort((a, b) => a - b);
}

/**
 * Milliseconds from the key's event in the page to the frame that shows another image.
 * @param pause milliseconds before each
 */
async function keyTimes(workbench: Workbench, panel: Frame, key: string, pause: number): Promise<readonly number[]> {
  const measured: number[] = [];
  for (let i = 0; i < KEYS; i++) {
    await workbench.page.waitForTimeout(pause);
    await panel.evaluate(NEXT_IMAGE);
    await workbench.page.keyboard.press(key);
    measured.push(Number(await panel.evaluate('globalThis.nextImage')));
  }
  return measured.sort((a, b) => a - b);
}

/** Leaves a promise of the milliseconds to the next image in the page. */
const NEXT_IMAGE = `globalThis.nextImage = new Promise((resolve) => {
  const title = document.querySelector('.detail-pane h2');
  const before = title.textContent;
  let pressed;
  addEventListener('keydown', ({ timeStamp }) => { pressed = timeStamp; }, { capture: true, once: true });
  const observer = new MutationObserver(() => {
    // a thumbnail that comes draws the same title again
    if (title.textContent === before) return;
    observer.disconnect();
    requestAnimationFrame(() => resolve(performance.now() - pressed));
  });
  observer.observe(title, { childList: true, characterData: true, subtree: true });
}); undefined`;

/** Scrolls for five seconds, a third of a screen a frame, and looks in every frame for places on the screen without a card. */
const SCROLL = `new Promise((resolve) => {
  const grid = document.querySelector('.grid');
  const begun = performance.now();
  let [last, frames, blankSince, longestBlank, longestFrame] = [begun, 0, undefined, 0, 0];
  const step = (now) => {
    frames++;
    longestFrame = Math.max(longestFrame, now - last);
    last = now;
    const { top, bottom } = grid.getBoundingClientRect();
    let blank = false;
    for (let y = top + 40; y < bottom - 40; y += 80) {
      const isGap = [...document.querySelectorAll('.card')].every((c) => {
        const box = c.getBoundingClientRect();
        return y < box.top - 10 || y > box.bottom + 10;
      });
      blank ||= isGap;
    }
    if (!blank) blankSince = undefined;
    else blankSince ??= now;
    if (blank) longestBlank = Math.max(longestBlank, now - blankSince + 16);
    if (now - begun > 5000) { resolve({ frames, longestBlank, longestFrame, end: grid.scrollTop }); return; }
    grid.scrollTop += grid.clientHeight / 3;
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
})`;

const PICTURES_THERE = `new Promise((resolve) => {
  const begun = performance.now();
  const grid = document.querySelector('.grid').getBoundingClientRect();
  const look = () => {
    const seen = [...document.querySelectorAll('.card')].filter((c) => {
      const box = c.getBoundingClientRect();
      return box.bottom > grid.top && box.top < grid.bottom;
    });
    if (seen.every((c) => c.querySelector('img')?.naturalWidth > 0)) resolve(performance.now() - begun);
    else requestAnimationFrame(look);
  };
  look();
})`;

async function collectGarbage({ page }: Workbench): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  await session.detach();
  // it is given back to the system a moment later
  await page.waitForTimeout(2000);
}

/** Tells the browser that memory is short: it drops what it holds in case it is wanted again. */
async function giveBack({ page }: Workbench): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Memory.simulatePressureNotification', { level: 'critical' });
  await session.detach();
  await page.waitForTimeout(2000);
}

/** Resident memory of the processes of all pages. */
const renderersMb = (): number =>
  descendants()
    .filter(({ command }) => command.includes('--type=renderer'))
    .reduce((sum, { residentMb }) => sum + residentMb, 0);
