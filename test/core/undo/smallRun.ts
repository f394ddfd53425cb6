import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, extname, join, relative } from 'node:path';
import { NodeFiles } from '../../../src/adapters/files/nodeFiles.ts';
import { NodeJournalFolder } from '../../../src/adapters/files/nodeJournal.ts';
import type { ContentHash } from '../../../src/core/model/ids.ts';
import { planUndo } from '../../../src/core/undo/planUndo.ts';
import { readManifest } from '../../../src/core/undo/runManifest.ts';
import { Undoer, type UndoReport } from '../../../src/core/undo/undoer.ts';
import type { UndoFiles } from '../../../src/core/ports/files.ts';
import type { JournalFolder } from '../../../src/core/ports/journalFile.ts';
import { HandClock } from '../learning/handClock.ts';

const signal = new AbortController().signal;
export const hashOf = (text: string): ContentHash => createHash('sha256').update(text).digest('hex') as ContentHash;

export interface RunOptions {
  readonly transfer?: 'move' | 'copy';
  /** what the sidecar says afterwards; absent: none is written */
  readonly sidecar?: string;
  readonly category?: string;
  /** as the first manifests: without hashes and kept sidecars */
  readonly legacy?: boolean;
}

/**
 * A workspace in a temporary folder, and the file operations of a run in it, by the parts that runs use, with the manifest that
 * tells of them.
 */
export class SmallRun {
  readonly root: string;
  readonly images: object[] = [];
  readonly files = new NodeFiles();

  private constructor(root: string) {
    this.root = root;
  }

  static async make(): Promise<SmallRun> {
    const run = new SmallRun(await mkdtemp(join(tmpdir(), 'undo "it" 猫 🐈 ')));
    await mkdir(run.path('Inbox'));
    return run;
  }

  readonly path = (...parts: readonly string[]): string => join(this.root, ...parts);

  async put(place: string, text: string): Promise<string> {
    const path = this.path(place);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
    return path;
  }

  /** Every file of inbox and sorted folder with its bytes. */
  async tree(): Promise<Readonly<Record<string, string>>> {
    const tree: Record<string, string> = {};
    for (const top of ['Inbox', 'Sorted']) {
      const entries = await readdir(this.path(top), { recursive: true, withFileTypes: true }).catch(() => []);
      for (const entry of entries) {
        if (!entry.isFile()) continue;
        const path = join(entry.parentPath, entry.name);
        tree[relative(this.root, path)] = await readFile(path, 'utf8');
      }
    }
    return Object.fromEntries(Object.entries(tree).sort());
  }

  /** Sorts one image as a run does. @returns where it went */
  async sort(place: string, options: RunOptions = {}): Promise<string> {
    const { transfer = 'move', sidecar, category = 'Cats', legacy = false } = options;
    const from = this.path(place);
    const sha256 = hashOf(await readFile(from, 'utf8'));
    const operations: object[] = [];
    const note = (op: string, paths: object, more: object = {}): number =>
      operations.push({ at: '2026-01-01T00:00:00.000Z', op, ...paths, ...(!legacy && more) });
    if (sidecar !== undefined) {
      const old = await readFile(`${from}.xmp`, 'utf8').catch(() => undefined);
      const kept = old === undefined ? undefined : await this.put(`.image-inbox/before/${hashOf(old)}.xmp`, old);
      await writeFile(`${from}.xmp`, sidecar);
      const before = kept !== undefined && old !== undefined && { before: { kept, sha256: hashOf(old) } };
      note('write', { to: `${from}.xmp` }, { sha256: hashOf(sidecar), ...before });
    }
    const folder = this.path('Sorted', category);
    for (const made of await this.files.makeFolder(folder)) note('mkdir', { to: made });
    const to = await this.free(join(folder, basename(from)));
    const beside = await this.files.hash(`${from}.xmp`, signal);
    if (beside) {
      await this.files[transfer](`${from}.xmp`, `${to}.xmp`, beside, signal);
      note(transfer, { from: `${from}.xmp`, to: `${to}.xmp` }, { sha256: beside });
    }
    await this.files[transfer](from, to, sha256, signal);
    note(transfer, { from, to }, { sha256 });
    this.images.push({ source: from, sha256, destination: to, stages: {}, operations });
    return to;
  }

  manifest(): string {
    return JSON.stringify({
      version: 1,
      runId: '20260101_000000_abcd',
      startedAt: '2026-01-01T00:00:00.000Z',
      endedAt: '2026-01-01T00:01:00.000Z',
      outcome: 'completed',
      configuration: {
        folders: { inbox: this.path('Inbox'), sorted: this.path('Sorted'), working: this.path('.image-inbox') },
      },
      statistics: {},
      images: this.images,
    });
  }

  undoer(
    files: UndoFiles = this.files,
    journals: JournalFolder = new NodeJournalFolder(this.path('.image-inbox', 'undo')),
  ): Undoer {
    return new Undoer({ files, clock: new HandClock(0), journals });
  }

  async undo(selection?: readonly string[], files: UndoFiles = this.files): Promise<UndoReport> {
    await mkdir(this.path('.image-inbox', 'undo'), { recursive: true });
    return this.undoer(files).undo(planUndo(readManifest(this.manifest()), selection), signal);
  }

  async remove(): Promise<void> {
    await rm(this.root, { recursive: true, force: true });
  }

  private async free(path: string): Promise<string> {
    const extension = extname(path);
    for (let n = 1; ; n++) {
      const candidate = n === 1 ? path : `${path.slice(0, -extension.length)} (${n})${extension}`;
      if (!(await isThere(candidate)) && !(await isThere(`${candidate}.xmp`))) return candidate;
    }
  }
}

const isThere = async (path: string): Promise<boolean> => (await stat(path).catch(() => undefined)) !== undefined;
