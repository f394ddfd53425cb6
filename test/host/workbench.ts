import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Browser, Frame, Locator, Page } from 'playwright-core';
import { findChromium, launchBrowser } from './browser.ts';
import { CodeServer, type CodeServerOptions } from './codeServer.ts';
import { repoRoot, resultsDir } from './paths.ts';
import { until } from './until.ts';

/** Milliseconds until an action or a wait gives up: a machine that is busy with much else takes long for everything. */
const actionTimeout = 180_000;

/** VS Code's own themes: the label in its list, and the class that the workbench has under it. */
const themes = {
  dark: { label: 'Dark Modern', css: 'vs-dark' },
  light: { label: 'Light Modern', css: 'vs' },
  'high-contrast': { label: 'Dark High Contrast', css: 'hc-black' },
  'high-contrast-light': { label: 'Light High Contrast', css: 'hc-light' },
} as const;

export type Theme = keyof typeof themes;

export interface WorkbenchOptions extends Omit<CodeServerOptions, 'testDriver'> {
  /** Called with the workspace before it is opened. */
  readonly prepare?: (folder: string) => void | Promise<void>;
}

/**
 * VS Code as a person sees it, with the extension installed. What is found by role and label here is what a screen reader
 * finds; where VS Code swallows input that comes early, the input is repeated.
 *
 * Starting one takes about ten seconds: share it over the tests of a file.
 */
export class Workbench {
  static readonly #open = new Set<Workbench>();

  readonly page: Page;
  readonly server: CodeServer;
  readonly #browser: Browser;

  static async open({ prepare, ...options }: WorkbenchOptions): Promise<Workbench> {
    const chromium = findChromium();
    if (chromium === undefined) throw new Error('No Chromium on the PATH; CHROMIUM can name one.');
    const server = await CodeServer.start({ installed: repoRoot, ...options });
    let browser: Browser | undefined;
    try {
      await prepare?.(server.folder);
      browser = await launchBrowser(chromium);
      const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
      const workbench = new Workbench(page, server, browser);
      await page.goto(server.url());
      await workbench.#ready();
      Workbench.#open.add(workbench);
      return workbench;
    } catch (error) {
      await browser?.close();
      await server.stop();
      throw error;
    }
  }

  private constructor(page: Page, server: CodeServer, browser: Browser) {
    page.setDefaultTimeout(actionTimeout);
    this.page = page;
    this.server = server;
    this.#browser = browser;
  }

  /** Pictures of all that are open, for whoever looks for the cause of a failure: `test-results/screenshots/NAME.png`. */
  static async screenshotAll(name: string): Promise<void> {
    for (const workbench of Workbench.#open) await workbench.screenshot(name);
  }

  async close(): Promise<void> {
    Workbench.#open.delete(this);
    try {
      await this.#browser.close();
    } finally {
      await this.server.stop();
    }
  }

  /** The workspace folder. */
  get folder(): string {
    return this.server.folder;
  }

  /**
   * Loads the window anew: another extension host, the same stored state. By VS Code's command, which writes out what
   * extensions have just stored; a plain navigation loses the last seconds of it.
   */
  async reload(): Promise<void> {
    await Promise.all([this.page.waitForEvent('load'), this.runCommand('Developer: Reload Window')]);
    await this.#ready();
  }

  /** Another window on the same workspace, with an extension host of its own. */
  async otherWindow(): Promise<Page> {
    const page = await this.#browser.newPage();
    page.setDefaultTimeout(actionTimeout);
    await page.goto(this.server.url());
    return page;
  }

  /** Runs a command from the palette by its full title ("Category: Title"). */
  async runCommand(title: string): Promise<void> {
    const row = this.#quickInputRow(title);
    // The list is a snapshot of the moment at which the text changed: a command that is registered later is not in it.
    await until(`the palette offers "${title}"`, async () => {
      await this.page.keyboard.press('F1');
      await this.#quickInputField().fill(`>${title}`, { timeout: 10_000 });
      if (await appears(row)) return true;
      await this.page.keyboard.press('Escape');
      return false;
    });
    await row.click();
  }

  /** Closes the editor in front. The next one has the keys then: a VS Code that is slow leaves them nowhere. */
  async closeEditor(): Promise<void> {
    await this.runCommand('View: Close Editor');
    await this.runCommand('View: Focus Active Editor Group');
  }

  /** Chooses the row with this label in the quick pick that is open. */
  async pick(label: string): Promise<void> {
    await this.#quickInputRow(label).click();
  }

  /** Fills in the input box with this title and presses Enter. */
  async answer(title: string, text: string): Promise<void> {
    await this.quickInput().locator('.quick-input-title', { hasText: title }).waitFor();
    await this.#quickInputField().fill(text);
    await this.page.keyboard.press('Enter');
  }

  /** The palette, quick pick, input box or file dialog that is open. */
  quickInput(): Locator {
    return this.page.locator('.quick-input-widget:not([style*="display: none"])');
  }

  /** Gives a path to VS Code's file dialog and presses the button with the label `ok`. A folder's path ends in a slash. */
  async chooseFile(path: string, ok: string): Promise<void> {
    const field = this.#quickInputField();
    const button = this.quickInput().getByRole('button', { name: ok, exact: true });
    await button.waitFor();
    await this.quickInput().locator('.monaco-list-row').first().waitFor();
    await until(`the file dialog takes ${path}`, async () => {
      // The dialog writes its start folder over what was typed once it has listed it.
      await field.fill(path);
      await this.page.waitForTimeout(300);
      if ((await field.inputValue()) !== path) return false;
      await button.click();
      return disappears(button);
    });
  }

  /** Opens a view container of the activity bar. */
  async openContainer(title: string): Promise<void> {
    const tab = this.page.locator('.activitybar').getByRole('tab', { name: title });
    // A click on the open one would close it.
    if ((await tab.getAttribute('aria-expanded')) !== 'true') await tab.click();
    await this.page.locator('.sidebar .composite.title', { hasText: title }).waitFor();
  }

  /** A row of the Explorer or of a contributed tree. Its name is "label description", with hints of VS Code behind it. */
  treeRow(name: string | RegExp): Locator {
    return this.page.locator('.sidebar').getByRole('treeitem', { name }).first();
  }

  /** Presses an inline action of a tree row. */
  async rowAction(row: Locator, action: string): Promise<void> {
    await row.hover();
    await row.locator('.actions').getByLabel(action, { exact: true }).click();
  }

  /** Rests the pointer on a row until its tooltip says this: VS Code drops a tooltip when it draws the row again. */
  async tooltip(row: Locator, text: string | RegExp): Promise<Locator> {
    const tooltip = this.page.locator('.monaco-hover:visible').filter({ hasText: text }).first();
    await until(`a tooltip that says ${text}`, async () => {
      await this.page.mouse.move(0, 0);
      await row.hover();
      return appears(tooltip);
    });
    return tooltip;
  }

  /** Presses an action in the title of a view of the side bar. */
  async viewAction(action: string): Promise<void> {
    await this.page.locator('.sidebar').hover();
    await this.page.locator('.sidebar').getByRole('button', { name: action }).first().click();
  }

  /** Right-clicks and chooses an item. */
  async contextMenu(target: Locator, item: string): Promise<void> {
    const menu = this.page.locator('.monaco-menu');
    const entry = menu.getByRole('menuitem', { name: item }).first();
    await target.click({ button: 'right' });
    await entry.waitFor();
    // A menu ignores clicks in its first 100 ms: click until it closes.
    await until(`the menu takes "${item}"`, async () => {
      await entry.click({ timeout: 2000 }).catch(() => undefined);
      return disappears(menu.first());
    });
  }

  /** The document of the webview (panel or view) with this title. It is another one after a reload or after being hidden. */
  async webview(title: string): Promise<Frame> {
    return until(`a webview "${title}"`, async () => {
      for (const frame of this.page.frames()) {
        if (!frame.url().includes('fake.html')) continue;
        const element = await frame.frameElement();
        if ((await element.getAttribute('title')) === title && (await element.isVisible())) return frame;
      }
      return undefined;
    });
  }

  /**
   * Presses the key of a webview's command until it has had its effect: VS Code hears some moments late that the webview has got
   * the focus, and passes over keys before that.
   */
  pressUntil(key: string, what: string, look: () => Promise<boolean>): Promise<void> {
    return this.#repeatUntil(what, () => this.page.keyboard.press(key), look);
  }

  /** Drags until it has had its effect: a drag is lost when the tree draws its rows anew just when one is taken hold of. */
  dragUntil(drag: () => Promise<void>, what: string, look: () => Promise<boolean>): Promise<void> {
    const dragged = async () => {
      // the tooltip of the row that the mouse was left on may lie over those that are to be taken hold of
      await this.page.mouse.move(0, 0);
      await drag().catch(async (error: unknown) => {
        await this.page.mouse.up(); // what had been taken hold of
        throw error;
      });
    };
    return this.#repeatUntil(what, dragged, look);
  }

  async #repeatUntil(what: string, act: () => Promise<void>, look: () => Promise<boolean>): Promise<void> {
    await until(what, async () => {
      // Asked before each: where the effect of the last came late, there is nothing left to act on.
      if (await look()) return true;
      this.page.setDefaultTimeout(20_000); // it may come just now
      await act().finally(() => this.page.setDefaultTimeout(actionTimeout));
      // what is only late must not be done twice
      const lostAfter = Date.now() + 10_000;
      while (Date.now() < lostAfter) {
        if (await look()) return true;
        await this.page.waitForTimeout(100);
      }
      return false;
    });
  }

  /** Notifications (progress too) with this text. */
  toast(text: string | RegExp): Locator {
    return this.page.locator('.notifications-toasts .notification-toast').filter({ hasText: text });
  }

  /** Notifications with this text in the list of all that were not dismissed. "Notifications: Show Notifications" opens it. */
  pastNotification(text: string | RegExp): Locator {
    return this.page.locator('.notifications-center .notification-list-item').filter({ hasText: text });
  }

  /** The modal dialog with this text. */
  dialog(text: string | RegExp): Locator {
    return this.page.locator('.monaco-dialog-box').filter({ hasText: text });
  }

  /** A status bar item by what a screen reader says of it. */
  statusBarItem(name: string | RegExp): Locator {
    return this.page.locator('.statusbar').getByRole('button', { name }).first();
  }

  editorTab(name: string | RegExp): Locator {
    return this.page.locator('.editor-group-container').getByRole('tab', { name }).first();
  }

  /** The lines that the active editor has on screen. */
  async editorText(): Promise<string> {
    const lines = this.page.locator('.editor-group-container.active .view-lines').first().locator('.view-line');
    // The elements are in no order; spaces are shown as U+00A0.
    // all at one moment, in the page
    const placed = await lines.evaluateAll((all: readonly Line[]) =>
      all.map((line) => ({ top: line.getBoundingClientRect().top, text: line.textContent })),
    );
    placed.sort((a, b) => a.top - b.top);
    return placed.map(({ text }) => text.replaceAll('\u00a0', ' ')).join('\n');
  }

  /** All that an output channel has got in this window, from the file that VS Code keeps for it; empty when there is none. */
  outputChannel(name: string): string {
    const files = readdirSync(this.server.logsDir, { recursive: true, encoding: 'utf8' })
      .filter((file) => basename(file).replace(/^\d+-/, '') === `${name}.log`)
      .sort((a, b) => a.localeCompare(b, 'en', { numeric: true })); // .../exthost2/... is the second window's
    const last = files.at(-1);
    return last === undefined ? '' : readFileSync(join(this.server.logsDir, last), 'utf8');
  }

  /** Chosen from VS Code's list, since it does not see a change of the user's settings.json from outside before a reload. */
  async setTheme(theme: Theme): Promise<void> {
    const { label, css } = themes[theme];
    await this.runCommand('Preferences: Color Theme');
    await this.#quickInputField().fill(label);
    await this.pick(label);
    await this.quickInput().waitFor({ state: 'hidden' });
    await this.page.locator(`.monaco-workbench.${css}`).waitFor();
  }

  /** Writes `test-results/screenshots/NAME.png`. */
  async screenshot(name: string): Promise<void> {
    const dir = join(resultsDir, 'screenshots');
    mkdirSync(dir, { recursive: true });
    await this.page.screenshot({ path: join(dir, `${name.replaceAll(/[^\p{L}\p{N}]+/gu, '-')}.png`) });
  }

  /** The same picture in dark, light and high contrast; ends in dark. */
  async screenshotInEveryTheme(name: string): Promise<void> {
    for (const theme of ['light', 'high-contrast', 'high-contrast-light', 'dark'] as const) {
      await this.setTheme(theme);
      await this.screenshot(`${name} ${theme}`);
    }
  }

  async #ready(): Promise<void> {
    // The first mark alone comes seconds before menus and palette know the extension.
    await this.page.waitForFunction(
      "['code/didStartWorkbench', 'code/didLoadExtensions'].every((mark) => performance.getEntriesByName(mark).length > 0)",
      undefined,
      { polling: 100 },
    );
  }

  #quickInputField(): Locator {
    return this.quickInput().locator('input').first();
  }

  #quickInputRow(label: string): Locator {
    return this.quickInput()
      .locator('.monaco-list-row')
      .filter({ has: this.page.getByText(label, { exact: true }) })
      .first();
  }
}

/** What is asked of a line of an editor; the types here know no web page. */
interface Line {
  getBoundingClientRect(): { readonly top: number };
  readonly textContent: string;
}

function appears(locator: Locator): Promise<boolean> {
  return locator.waitFor({ timeout: 5000 }).then(
    () => true,
    () => false,
  );
}

function disappears(locator: Locator): Promise<boolean> {
  return locator.waitFor({ state: 'hidden', timeout: 1000 }).then(
    () => true,
    () => false,
  );
}
