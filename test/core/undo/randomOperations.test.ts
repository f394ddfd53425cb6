import { CategoryChooser } from '../../../src/core/learning/categoryChooser.ts';
import assert from 'node:assert/strict';
import { appendFile, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { NodeDecisionBox } from '../../../src/adapters/files/nodeDecisionBox.ts';
import { NodeFiles } from '../../../src/adapters/files/nodeFiles.ts';
import { NodeImageFolder } from '../../../src/adapters/files/nodeImageFolder.ts';
import { NodeJournalFolder } from '../../../src/adapters/files/nodeJournal.ts';
import { NodeManifests } from '../../../src/adapters/files/nodeManifests.ts';
import { NodeRunLocks } from '../../../src/adapters/files/runLock.ts';
import { SqljsStore } from '../../../src/adapters/sqljs/sqljsStore.ts';
import type { RunId } from '../../../src/core/model/ids.ts';
import type { StageId } from '../../../src/core/model/stageId.ts';
import { Engine } from '../../../src/core/pipeline/engine.ts';
import type { Configuration } from '../../../src/core/pipeline/planRun.ts';
import type { AnyStage } from '../../../src/core/pipeline/stage.ts';
import type { Clock } from '../../../src/core/ports/clock.ts';
import type { UndoFiles } from '../../../src/core/ports/files.ts';
import type { MetadataWriter } from '../../../src/core/ports/metadataWriter.ts';
import { resolveSettings } from '../../../src/core/settings/resolveSettings.ts';
import { CategorizeStage } from '../../../src/core/stages/categorize.ts';
import { ScanStage } from '../../../src/core/stages/scan.ts';
import { XmpStage } from '../../../src/core/stages/xmp.ts';
import { Undoer } from '../../../src/core/undo/undoer.ts';
import { RunUndo } from '../../../src/core/undo/runUndo.ts';
import { SidecarHistory } from '../../../src/core/undo/sidecarHistory.ts';
import { CollectedLog } from '../../adapters/support/collectedLog.ts';
import { randomFrom } from '../learning/random.ts';

const wasm = createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm');
const never = new AbortController().signal;
const CATEGORIES = ['Cats', 'Dogs/Small', '猫 🐈', '../../etc', 'CON', 'a/b/../..', 'x'.repeat(300), '...'];
const CHANGING: readonly string[] = [
  'move',
  'copy',
  'linkOrCopy',
  'removeDouble',
  'removeOneName',
  'removeIfSame',
  'replaceIfSame',
  'removeFolder',
  'makeFolder',
];
const OURS = '\nsays Image Inbox';

class Killed extends Error {}

/** Kills everything that works on files at one of its changes, right before or right after it, and counts the changes. */
class Reaper {
  changes = 0;
  private left = Infinity;
  private after = false;
  private dead = false;

  /** @param changes that are still done; Infinity: all */
  arm(changes: number, after: boolean): void {
    [this.left, this.after, this.dead] = [changes, after, false];
  }

  async change<T>(work: () => Promise<T>): Promise<T> {
    this.live();
    this.dead = this.left-- <= 0;
    if (this.dead && !this.after) throw new Killed();
    this.changes++;
    const result = await work();
    this.live();
    return result;
  }

  live(): void {
    if (this.dead) throw new Killed();
  }
}

/** What a sidecar says is kept, and one sentence of ours added once. */
class TextWriter implements MetadataWriter {
  probe(): Promise<string> {
    return Promise.resolve('plain text');
  }

  private readonly reaper: Reaper;
  constructor(reaper: Reaper) {
    this.reaper = reaper;
  }

  async write(path: string): ReturnType<MetadataWriter['write']> {
    const text = await readFile(path, 'utf8').catch(() => '');
    const written = !text.includes(OURS);
    if (written) await this.reaper.change(() => writeFile(path, text + OURS));
    return { written, conflicts: [], notes: [] };
  }

  close = (): Promise<void> => Promise.resolve();
}

const absent = (id: StageId): AnyStage => {
  const needs = id === 'review' ? (['scan'] as const) : [];
  return { id, needs, concurrency: 4, run: () => Promise.resolve({ kind: 'skipped', why: 'not there' }) };
};

/** A workspace in a temporary folder with the real engine, whose runs can be killed. */
class World {
  readonly root: string;
  readonly reaper = new Reaper();
  private time = Date.UTC(2026, 0, 1);
  private readonly files: UndoFiles;

  private constructor(root: string) {
    this.root = root;
    const { reaper } = this;
    this.files = new Proxy(new NodeFiles(), {
      get(target, name: keyof NodeFiles) {
        const method = target[name].bind(target) as (...args: unknown[]) => Promise<unknown>;
        return async (...args: unknown[]) => {
          reaper.live();
          return CHANGING.includes(name) ? reaper.change(() => method(...args)) : method(...args);
        };
      },
    });
  }

  static async make(): Promise<World> {
    const world = new World(await mkdtemp(join(tmpdir(), 'random "it" 猫 🐈 ')));
    await mkdir(world.path('Inbox'));
    return world;
  }

  readonly path = (...parts: readonly string[]): string => join(this.root, ...parts);

  /** Every file of these folders with its bytes, reports left out. */
  async tree(...folders: readonly string[]): Promise<Record<string, string>> {
    const tree: [string, string][] = [];
    for (const folder of folders) {
      const entries = await readdir(this.path(folder), { recursive: true, withFileTypes: true }).catch(() => []);
      for (const entry of entries) {
        const path = join(entry.parentPath, entry.name);
        if (entry.isFile() && !/^(manifest|errors)_/.test(entry.name)) {
          tree.push([relative(this.root, path), await readFile(path, 'utf8')]);
        }
      }
    }
    return Object.fromEntries(tree.sort());
  }

  /** @returns whether it came to its end */
  run(command: 'process' | 'resume', transfer: 'move' | 'copy', category: string): Promise<boolean> {
    return survived(() => this.engine(transfer, category).run({ command, reprocess: true }, never));
  }

  async manifests(): Promise<readonly string[]> {
    const names = await readdir(this.path('Sorted')).catch(() => []);
    return names.filter((name) => name.startsWith('manifest_')).sort().reverse().map((name) => this.path('Sorted', name)); // prettier-ignore
  }

  async undo(manifest: string): Promise<boolean> {
    const working = this.path('.image-inbox');
    const undo = new RunUndo({
      files: this.files,
      clock: this.clock,
      manifests: new NodeManifests(this.path('Sorted')),
      locks: new NodeRunLocks(working),
      journals: new NodeJournalFolder(working),
      undoJournals: new NodeJournalFolder(join(working, 'undo')),
      openStore: () => this.openStore(),
    });
    return survived(async () => undo.undo(await undo.plan(manifest), never));
  }

  remove(): Promise<void> {
    return rm(this.root, { recursive: true, force: true });
  }

  private readonly clock: Clock = { now: () => (this.time += 1000), sleep: () => Promise.resolve() };

  private openStore(): Promise<SqljsStore> {
    return SqljsStore.open({ file: this.path('.image-inbox', 'image-inbox.db'), wasm, log: new CollectedLog() });
  }

  private engine(transfer: 'move' | 'copy', category: string): Engine {
    const { files, clock } = this;
    const working = this.path('.image-inbox');
    const folders = { inbox: this.path('Inbox'), sorted: this.path('Sorted'), working };
    const xmp = new XmpStage({
      writer: new TextWriter(this.reaper),
      files,
      history: new SidecarHistory(files, join(working, 'before')),
      clock,
      content: { includeRating: false, tagCase: 'lower', hierarchy: 'flat', creatorTool: 'test' },
      maxGeneralTags: 0,
      concurrency: 2,
    });
    return new Engine({
      version: '1',
      clock,
      files,
      // an hour later, when nothing is still being written
      walk: new NodeImageFolder(() => Date.now() + 3_600_000),
      locks: new NodeRunLocks(working),
      isOurSidecar: () => Promise.resolve(false),
      journals: new NodeJournalFolder(working),
      decisions: new NodeDecisionBox(join(working, 'decisions'), new CollectedLog()),
      undoer: new Undoer({ files, clock, journals: new NodeJournalFolder(join(working, 'undo')) }),
      manifestsIn: (sorted) => new NodeManifests(sorted),
      openStore: () => this.openStore(),
      meter: { take: () => ({}) },
      observer: { on: () => undefined },
      newRunId: (at) => at.toISOString() as RunId,
      configure: (): Configuration => ({ settings: resolveSettings({}), folders }),
      catchUp: () => Promise.resolve(),
      equip: (_, { store, sorted, underWay }) => ({
        stages: [
          new ScanStage({ files, store, clock, duplicates: 'trash', trash: join(working, 'trash'), underWay }),
          ...(['search', 'review', 'analyze'] as const).map(absent),
          xmp,
          new CategorizeStage({
            files, clock, chooser: new CategoryChooser({ rules: [{ category }], maxGeneralTags: 0 }), sorted, transfer, underWay,
            sidecars: xmp, dryRun: false,
          }),
          absent('sync'),
        ],
        close: () => Promise.resolve(),
      }),
    }); // prettier-ignore
  }
}

async function survived(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (error instanceof Killed) return false;
    throw error;
  }
}

/** A user who adds images, sorts, undoes, edits, and pulls the plug. */
class Story {
  readonly world: World;
  /** the bytes of each image that was ever there, and where it was put */
  readonly images = new Map<string, string>();
  /** everything that the user has put into the inbox */
  readonly given: Record<string, string> = {};
  private readonly random: () => number;
  private n = 0;

  constructor(world: World, seed: number) {
    this.world = world;
    this.random = randomFrom(seed);
  }

  below(n: number): number {
    return Math.floor(this.random() * n);
  }

  async add(): Promise<void> {
    const folder = ['', 'sub', 'sub/猫 "x"'][this.below(3)] ?? '';
    // the same names in all folders, so that they collide when they are sorted; at times the same bytes
    const id = this.n++;
    const place = join('Inbox', folder, String(Math.floor(id / 6)), `${id % 3}.gif`);
    if (place in this.given) return;
    const isTwin = this.random() < 0.1;
    const bytes = isTwin ? ([...this.images.keys()][0] ?? 'GIF89a first') : `GIF89a ${id}`;
    await mkdir(dirname(this.world.path(place)), { recursive: true });
    await writeFile(this.world.path(place), bytes);
    this.given[place] = bytes;
    this.images.set(bytes, place);
    if (this.random() < 0.3) {
      await writeFile(this.world.path(`${place}.xmp`), `mine ${id}`);
      this.given[`${place}.xmp`] = `mine ${id}`;
    }
  }

  /** A run, or an undo, that may be killed. @returns whether it was not */
  async act(): Promise<boolean> {
    const { world } = this;
    world.reaper.arm(this.random() < 0.4 ? this.below(20) : Infinity, this.random() < 0.5);
    const kind = this.random();
    const manifests = await world.manifests();
    const manifest = this.random() < 0.7 ? manifests[0] : manifests[this.below(manifests.length)];
    const transfer = this.random() < 0.7 ? 'move' : 'copy';
    const category = CATEGORIES[this.below(CATEGORIES.length)] ?? '';
    let survives: boolean;
    if (kind < 0.3 && manifest !== undefined) survives = await world.undo(manifest);
    else survives = await world.run(kind < 0.5 ? 'resume' : 'process', transfer, category);
    world.reaper.arm(Infinity, false);
    return survives;
  }

  async editSomething(): Promise<void> {
    const { world } = this;
    const sorted = Object.keys(await world.tree('Sorted')).filter((path) => path.endsWith('.gif'));
    const path = sorted[this.below(sorted.length)];
    if (path === undefined) return;
    const kind = this.random();
    if (kind < 0.4) await appendFile(world.path(path), ' edited');
    else if (kind < 0.7) await appendFile(world.path(`${path}.xmp`), ' edited');
    else {
      await mkdir(world.path('Sorted/Mine'), { recursive: true });
      const to = join('Sorted/Mine', `${this.n++}.gif`);
      await rename(world.path(path), world.path(to));
      await rename(world.path(`${path}.xmp`), world.path(`${to}.xmp`)).catch(() => undefined);
    }
  }

  async assertNothingIsLost(when: string): Promise<void> {
    const texts = Object.values(await this.world.tree('Inbox', 'Sorted', '.image-inbox/trash'));
    for (const bytes of this.images.keys()) {
      assert.ok(texts.some((text) => text === bytes || text.startsWith(`${bytes} edited`)), `${bytes} is nowhere, ${when}`); // prettier-ignore
    }
  }

  async assertNoWidows(when: string): Promise<void> {
    const tree = await this.world.tree('Inbox', 'Sorted');
    const widows = Object.keys(tree).filter((path) => path.endsWith('.xmp') && !(path.slice(0, -4) in tree));
    assert.deepEqual(widows, [], when);
  }

  /** What was cut off is finished, and every run is undone, the last one first. */
  async undoAll(): Promise<void> {
    await this.world.run('resume', 'move', 'Cats');
    for (const manifest of await this.world.manifests()) assert.ok(await this.world.undo(manifest));
  }
}

describe('moves, copies, collisions, kills, resumptions and undos, 5,000 in any order', () => {
  let operations = 0;

  for (let seed = 1; seed <= 24; seed++) {
    const edits = seed % 3 === 0;
    it(`lose nothing, part nothing, and can all be taken back${edits ? ', but for what the user edited' : ''} (${seed})`, async () => {
      const world = await World.make();
      const story = new Story(world, seed);
      try {
        for (let step = 0; step < 12; step++) {
          for (let i = story.below(6); i >= 0; i--) await story.add();
          if (edits) await story.editSomething();
          const survives = await story.act();
          const when = `seed ${seed}, step ${step}${survives ? '' : ', killed'}`;
          await story.assertNothingIsLost(when);
        }
        await story.undoAll();
        await story.assertNothingIsLost(`seed ${seed}, undone`);
        await story.assertNoWidows(`seed ${seed}, undone`);
        if (!edits) {
          const first = Object.fromEntries(Object.entries(story.given).sort());
          assert.deepEqual(await world.tree('Inbox', 'Sorted'), first);
        }
        operations += world.reaper.changes;
      } finally {
        await world.remove();
      }
    });
  }

  it('were 5,000', () => assert.ok(operations >= 5000, String(operations)));
});
