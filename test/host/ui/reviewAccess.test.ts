import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Frame } from 'playwright-core';
import { NO_TAGS } from '../../../src/core/model/tag.ts';
import { layWaiting, matchOf, type WaitingImage } from '../reviewLibrary.ts';
import { until } from '../until.ts';
import { Workbench, type Theme } from '../workbench.ts';

const axe = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');

const images = Array.from({ length: 30 }, (_, n): WaitingImage => {
  const tags = {
    general: ['1girl', 'blue_eyes'],
    character: [`girl_${n % 4}`],
    copyright: ['a_series'],
    artist: [`artist_${n % 6}`],
    meta: ['highres'],
  };
  const more = { title: 'A picture', artist: 'Somebody' };
  return {
    name: `downloads/picture ${String(n).padStart(2, '0')}.jpg`,
    picture: n,
    match: matchOf(1000 + n, 60 + n, tags, more),
    taggerTags: { ...NO_TAGS, general: ['1girl', 'sky'] },
    tagScores: { '1girl': 0.9, sky: 0.4 },
  };
});

interface Finding {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary: string }[];
}

describe('The review panel, for those who see little or not at all', () => {
  let workbench: Workbench;
  let panel: Frame;
  const stock = mkdtempSync(join(tmpdir(), 'image-inbox-stock-'));

  before(async () => {
    workbench = await Workbench.open({ name: 'ui-access', prepare: (folder) => layWaiting(folder, images, stock) });
    await workbench.runCommand('Image Inbox: Review Tags');
    panel = await workbench.webview('Review Tags');
    await panel.getByRole('option').first().waitFor();
    // one of each status
    await workbench.pressUntil('s', 'one is skipped', async () => (await panel.getByText(/skipped/).count()) > 0);
    await panel.locator('.tags.general li').first().waitFor();
  });

  after(async () => {
    await workbench.close();
    rmSync(stock, { recursive: true, force: true });
  });

  const press = async (key: string): Promise<void> => workbench.page.keyboard.press(key);
  const opens = (key: string, name: string): Promise<void> =>
    workbench.pressUntil(key, `${name} is open`, () => panel.getByRole('dialog', { name }).isVisible());

  const typesTag = (): Promise<void> =>
    workbench.pressUntil('e', 'a tag is typed', () =>
      panel.evaluate<boolean>('document.activeElement?.labels?.[0]?.textContent === "Add a tag"'),
    );

  /** What axe holds to be wrong for people, as lines. */
  const findings = async (): Promise<readonly string[]> => {
    await panel.evaluate(axe);
    const { violations } = await panel.evaluate<{ violations: readonly Finding[] }>(
      `axe.run(document, { resultTypes: ['violations'] })`,
    );
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, impact, nodes }) => {
        const [first] = nodes;
        return `${id} (${impact}) in ${nodes.length} places, ${first?.target.join(' ')}: ${first?.failureSummary}`;
      });
  };

  /** The panel and every dialog of it. */
  const surfaces: readonly (readonly [string, () => Promise<void>])[] = [
    ['the panel', async () => undefined],
    [
      'several selected',
      async () => {
        await press('Home');
        await press('Shift+ArrowRight');
      },
    ],
    ['the keys', () => opens('h', 'Keys')],
    ['approve above', () => opens('t', 'Approve Above a Threshold')],
    [
      'a list of completions',
      async () => {
        await typesTag();
        await workbench.page.keyboard.type('gi');
        await panel.getByRole('option', { name: /girl_1/ }).waitFor();
        await press('ArrowDown');
      },
    ],
  ];

  for (const theme of ['dark', 'light', 'high-contrast', 'high-contrast-light'] satisfies Theme[]) {
    it(`has no serious fault in ${theme}`, async () => {
      await workbench.setTheme(theme);
      panel = await workbench.webview('Review Tags');
      await panel.locator('.card.current').click();
      const found: string[] = [];
      for (const [name, show] of surfaces) {
        await show();
        found.push(...(await findings()).map((finding) => `${name}: ${finding}`));
        await press('Escape');
        await press('Escape');
        await panel.getByRole('dialog').waitFor({ state: 'hidden' });
      }
      assert.deepEqual(found, []);
    });
  }

  it('is used as well at 200 %: nothing is cut off, and nothing has to be scrolled sideways', async () => {
    // what 200 % zoom is to a page: half of the points
    await workbench.page.setViewportSize({ width: 700, height: 450 });
    await workbench.runCommand('View: Close Primary Side Bar');
    await panel.locator('.card.current').click();
    await typesTag();
    const field = panel.getByRole('combobox', { name: 'Add a tag' });
    await until('the field is on the screen', () =>
      panel.evaluate<boolean>(`(() => {
        const box = document.activeElement.getBoundingClientRect();
        return document.activeElement.role === 'combobox' && box.top >= 0 && box.bottom <= innerHeight;
      })()`),
    );
    await field.fill('large letters');
    await press('Enter');
    await panel.locator('.tags.general').getByText('large letters').waitFor();
    const cut = await panel.evaluate(`(() => {
      const page = document.scrollingElement;
      const outside = [...document.querySelectorAll('button, input, vscode-button, vscode-dropdown, vscode-text-field, h2, .tags li')]
        .filter((e) => e.checkVisibility())
        .filter((e) => { const { left, right } = e.getBoundingClientRect(); return left < -1 || right > innerWidth + 1; })
        .map((e) => e.outerHTML.slice(0, 80));
      return { sideways: page.scrollWidth - page.clientWidth, outside };
    })()`);
    assert.deepEqual(cut, { sideways: 0, outside: [] });
    await press('Escape');
    await panel.locator('.card.current').waitFor();
    for (const [key, name] of [
      ['h', 'Keys'],
      ['t', 'Approve Above a Threshold'],
    ] as const) {
      const dialog = panel.getByRole('dialog', { name });
      await workbench.pressUntil(key, `the dialog ${name}`, () => dialog.isVisible());
      const button = dialog.getByRole('button').first();
      await button.scrollIntoViewIfNeeded();
      const box = await button.boundingBox();
      assert.ok(box && box.y >= 0 && box.y + box.height <= 450, `${name}: its buttons can be reached`);
      await press('Escape');
      await dialog.waitFor({ state: 'detached' });
    }
    await workbench.screenshot('review twice as large');
    await workbench.page.setViewportSize({ width: 1400, height: 900 });
  });

  it('moves nothing where people have asked for less motion', async () => {
    await panel.locator('.card.current').click();
    const moving = await panel.evaluate(
      `({ asked: document.body.classList.contains('vscode-reduce-motion'),
          moving: document.getAnimations().filter((a) => a.playState === 'running').length })`,
    );
    assert.deepEqual(moving, { asked: true, moving: 0 });
  });
});
