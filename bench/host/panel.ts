import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Frame } from 'playwright-core';
import { NO_TAGS } from '../../src/core/model/tag.ts';
import { layWaiting, matchOf, type WaitingImage } from '../../test/host/reviewLibrary.ts';
import { until } from '../../test/host/until.ts';
import { Workbench } from '../../test/host/workbench.ts';

/** Distinct pictures behind the images that wait: each name is a hard link to one of them, and has a thumbnail of its own. */
const PICTURES = 200;
const GENERAL = Array.from({ length: 400 }, (_, n) => `general_tag_${n}`);

const waiting = (count: number): readonly WaitingImage[] =>
  Array.from({ length: count }, (_, n) => {
    const general = Array.from({ length: 30 }, (_, i) => GENERAL[(n * 7 + i * 11) % GENERAL.length] ?? '');
    const tags = {
      general,
      character: [`girl_${n % 900}`],
      copyright: [`series_${n % 300}`],
      artist: [`artist_${n % 2000}`],
    };
    return {
      name: `folder ${n % 50}/picture ${String(n).padStart(5, '0')}.jpg`,
      picture: n % PICTURES,
      match: matchOf(100_000 + n, 60 + (n % 41), tags),
      taggerTags: { ...NO_TAGS, general: general.slice(0, 12) },
      tagScores: Object.fromEntries(general.slice(0, 12).map((name, i) => [name, 0.95 - i * 0.04])),
    };
  });

/** @returns what was measured, as rows of a name and a value */
export async function benchPanel(count: number, stock: string): Promise<readonly (readonly [string, string])[]> {
  const workbench = await Workbench.open({
    name: 'bench-panel',
    prepare: (folder) => layWaiting(folder, waiting(count), stock),
  });
  try {
    // the extension is there and has read the journal for its tree, as in a window that was open before
    await workbench.openContainer('Image Inbox');
    await workbench.treeRow(/^Waiting for Review/).waitFor({ timeout: 120_000 });
    const before = renderersMb();
    const [panel, cold] = await open(workbench);
    await panel.getByText(`${count.toLocaleString('en')} waiting`).waitFor({ timeout: 60_000 });
    const inPage = Number(await panel.evaluate("document.querySelectorAll('.card').length"));
    const moves = await keyTimes(workbench, panel, 'ArrowRight', 40);
    await workbench.pressUntil(
      's',
      'the panel has the keys',
      async () => (await panel.getByText(/1 skipped/).count()) > 0,
    );
    const decisions = await keyTimes(workbench, panel, 's', 40);
    const scrolled = await panel.evaluate<{
      frames: number;
      longestBlank: number;
      longestFrame: number;
      end: number;
    }>(SCROLL);
    const pictures = Number(await panel.evaluate(PICTURES_THERE));
    const after = renderersMb();
    await workbench.runCommand('View: Close Editor');
    const [, warm] = await open(workbench);
    return [
      ['images that wait', count.toLocaleString('en')],
      ['command to first thumbnail on the screen, none made yet', `${cold.toFixed(0)} ms`],
      ['the same, thumbnails made before', `${warm.toFixed(0)} ms`],
      ['cards in the page', String(inPage)],
      ['arrow key to the next image shown, median / worst of 40', spread(moves)],
      ['decision by VS Code’s key to the next image shown, the same', spread(decisions)],
      [
        `scrolling ${scrolled.end.toFixed(0)} px in ${scrolled.frames} frames: longest time with a blank row`,
        `${scrolled.longestBlank.toFixed(0)} ms`,
      ],
      ['longest frame in that', `${scrolled.longestFrame.toFixed(0)} ms`],
      ['after it: all pictures on the screen there in', `${pictures.toFixed(0)} ms`],
      ['memory of the browser’s pages, more than before the panel', `${(after - before).toFixed(0)} MB`],
    ];
  } finally {
    await workbench.close();
  }
}

/** @returns the panel's page, and the milliseconds from the press of the mouse on the command to the first picture */
async function open(workbench: Workbench): Promise<readonly [Frame, number]> {
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
  const seen = Number(
    await panel.evaluate(`new Promise((resolve) => {
      const look = () => [...document.querySelectorAll('.card img')].some((i) => i.complete && i.naturalWidth > 0)
        ? resolve(Date.now()) : requestAnimationFrame(look);
      look();
    })`),
  );
  return [panel, seen - Number(await workbench.page.evaluate('globalThis.pressedAt'))];
}

/** Milliseconds from the key's event in the page to the frame that shows another image. */
async function keyTimes(workbench: Workbench, panel: Frame, key: string, times: number): Promise<readonly number[]> {
  const measured: number[] = [];
  for (let i = 0; i < times; i++) {
    const shown = panel.evaluate(`new Promise((resolve) => {
      const title = document.querySelector('.detail-pane h2');
      let pressed;
      addEventListener('keydown', ({ timeStamp }) => { pressed = timeStamp; }, { capture: true, once: true });
      const observer = new MutationObserver(() => {
        observer.disconnect();
        requestAnimationFrame(() => resolve(performance.now() - pressed));
      });
      observer.observe(title, { childList: true, characterData: true, subtree: true });
    })`);
    await workbench.page.waitForTimeout(60);
    await workbench.page.keyboard.press(key);
    measured.push(Number(await shown));
  }
  return measured.sort((a, b) => a - b);
}

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

const spread = (sorted: readonly number[]): string =>
  `${(sorted[Math.floor(sorted.length / 2)] ?? NaN).toFixed(0)} / ${(sorted.at(-1) ?? NaN).toFixed(0)} ms`;

/** Resident memory of all pages' processes of the browsers that this process has started (Linux). */
function renderersMb(): number {
  const parents = new Map<number, number>();
  const renderers: { pid: number; mb: number }[] = [];
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const status = readFileSync(join('/proc', entry, 'status'), 'utf8');
      const field = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
      parents.set(Number(entry), field('PPid'));
      const command = readFileSync(join('/proc', entry, 'cmdline'), 'utf8');
      if (command.includes('--type=renderer')) renderers.push({ pid: Number(entry), mb: field('VmRSS') / 1024 });
    } catch {
      // it has ended in the meantime
    }
  }
  const isOurs = (pid: number): boolean => pid === process.pid || (pid > 1 && isOurs(parents.get(pid) ?? 0));
  return renderers.filter(({ pid }) => isOurs(pid)).reduce((sum, { mb }) => sum + mb, 0);
}
