import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type * as vscode from 'vscode';
import { Throttle } from '../throttle.ts';
import type { ReviewMemory } from './reviewModel.ts';

/** Least time between two writes, milliseconds. */
const EVERY = 1000;
const VERSION = 1;

/**
 * Keeps what of the review outlives the window in the extension's storage of this workspace. Not by VS Code's own file system:
 * that answers no more when the window closes, and the last edits would be lost.
 */
export class ReviewStorage implements vscode.Disposable {
  private readonly folder: string | undefined;
  private readonly log: vscode.LogOutputChannel;
  private memory: (() => ReviewMemory) | undefined;
  private readonly soon = new Throttle(EVERY, () => void this.write());
  private writing: Promise<void> = Promise.resolve();

  /** @param folder absent without a workspace: nothing is kept then */
  constructor(folder: vscode.Uri | undefined, log: vscode.LogOutputChannel) {
    this.folder = folder?.fsPath;
    this.log = log;
  }

  async read(): Promise<ReviewMemory | undefined> {
    if (!this.folder) return undefined;
    // a panel that was closed a moment ago
    await this.writing;
    let text: string;
    try {
      text = await readFile(join(this.folder, 'review.json'), 'utf8');
    } catch {
      return undefined; // nothing was kept yet
    }
    try {
      const stored = JSON.parse(text) as { version: number } & ReviewMemory;
      return stored.version === VERSION ? stored : undefined;
    } catch (error) {
      this.log.warn(`What was edited in the review before can’t be read, and is forgotten: ${String(error)}`);
      return undefined;
    }
  }

  /** Asks for it to be written soon; what it is then is what is written. */
  save(memory: () => ReviewMemory): void {
    this.memory = memory;
    this.soon.ask();
  }

  /** Writes what is still to be written, behind what is being written. */
  async flush(): Promise<void> {
    this.soon.dispose();
    if (this.memory) void this.write();
    await this.writing;
  }

  dispose(): void {
    this.soon.dispose();
  }

  private write(): Promise<void> {
    const { folder, memory } = this;
    this.memory = undefined;
    if (folder && memory) this.writing = this.writing.then(() => this.writeAside(folder, memory()));
    return this.writing;
  }

  private async writeAside(folder: string, memory: ReviewMemory): Promise<void> {
    const aside = join(folder, 'review.json.partial');
    try {
      await mkdir(folder, { recursive: true });
      await writeFile(aside, JSON.stringify({ version: VERSION, ...memory }));
      await rename(aside, join(folder, 'review.json'));
    } catch (error) {
      this.log.warn(`What was edited in the review can’t be kept: ${String(error)}`);
    }
  }
}
