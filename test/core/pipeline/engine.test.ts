import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { NodeFiles } from '../../../src/adapters/files/nodeFiles.ts';
import { NodeManifests } from '../../../src/adapters/files/nodeManifests.ts';
import type { JournalEvent } from '../../../src/core/journal/events.ts';
import { FatalError, ImageError } from '../../../src/core/model/failure.ts';
import type { ImageId } from '../../../src/core/model/ids.ts';
import type { FileOperation } from '../../../src/core/model/operation.ts';
import type { RunRequest } from '../../../src/core/pipeline/planRun.ts';
import { Progress } from '../../../src/core/pipeline/progress.ts';
import type { Hold } from '../../../src/core/pipeline/runner.ts';
import { isUnfinished, readStatus } from '../../../src/core/pipeline/status.ts';
import { LockHeld, type JournalFile } from '../../../src/core/ports/journalFile.ts';
import { resolveSettings, SettingsError } from '../../../src/core/settings/resolveSettings.ts';
import { planUndo } from '../../../src/core/undo/planUndo.ts';
import { ManifestInvalid, readManifest } from '../../../src/core/undo/runManifest.ts';
import { RunUndo } from '../../../src/core/undo/runUndo.ts';
import type { Undoer } from '../../../src/core/undo/undoer.ts';
import { onDrive } from './onDrive.ts';
import { APPROVED, SmallEngine, type Script } from './smallEngine.ts';

const BROKEN = new FatalError('no-space', 'the disk is full');
const WITHOUT_PEOPLE: Script = () => Promise.resolve({ kind: 'skipped', why: 'nothing to ask' });
const QUOTA: Script = () => Promise.resolve({ kind: 'waiting', why: 'quota', detail: 'tomorrow' });
const names = (images: readonly { readonly source: string }[]): readonly string[] =>
  images.map(({ source }) => basename(source)).sort();

/** A review at which somebody may be. */
function review(): { readonly request: RunRequest; readonly closed: AbortController; readonly letGo: AbortController } {
  const [closed, letGo] = [new AbortController(), new AbortController()];
  const hold: Hold = { idleMs: 1000, closed: closed.signal, letGo: letGo.signal };
  return { request: { command: 'review', hold }, closed, letGo };
}

/** Has the run die as if it had been killed: at this stage of this image. */
function dieAt(scene: SmallEngine, name: string): () => void {
  const { scan } = scene.script;
  assert.ok(scan);
  scene.script.scan = (state, context) =>
    basename(state.image.path) === name ? Promise.reject(BROKEN) : scan(state, context);
  return () => {
    scene.script.scan = scan;
  };
}

const TO_ANOTHER_FOLDER = { 'directories.sorted': 'Sorted 2' };

/** A run that took a.jpg from the inbox into the sorted folder, and was killed before it had a manifest. */
async function cutOffBeforeItsEnd(): Promise<SmallEngine> {
  const scene = await SmallEngine.create('a.jpg');
  await scene.put('Other/notes.txt');
  scene.parts = {
    configure: (overrides, inbox = scene.path('Inbox')) => {
      const settings = resolveSettings(overrides);
      const sorted = scene.path(overrides['directories.sorted'] === undefined ? 'Sorted' : 'Sorted 2');
      return { settings, folders: { inbox, sorted, working: scene.path('working') } };
    },
  };
  scene.script.review = WITHOUT_PEOPLE;
  scene.finish = () => Promise.reject(BROKEN);
  await assert.rejects(scene.run({ command: 'process', overrides: { 'workflow.batchSize': 7 } }), BROKEN);
  assert.equal(existsSync(scene.path('Sorted/Cats/a.jpg')), true);
  scene.finish = () => Promise.resolve();
  return scene;
}

/** Takes away the last lines of the journal, as if the run had been killed before they were written. */
async function loseEnd(scene: SmallEngine): Promise<void> {
  const reader = await scene.journals().readLatest();
  assert.ok(reader);
  const text = await readFile(reader.path, 'utf8');
  const lines = text.split('\n').filter(Boolean);
  assert.match(lines.at(-1) ?? '', /"run-ended"/);
  await writeFile(reader.path, `${lines.slice(0, -1).join('\n')}\n`);
}

describe('A run', () => {
  it('that ends before what an image waits for leaves it waiting, whether for a person, for quota or for another try', async () => {
    await using scene = await SmallEngine.create('person.jpg', 'quota.jpg', 'trouble.jpg');
    const script: Script = (state, context) => {
      const name = basename(state.image.path);
      if (name === 'quota.jpg') return QUOTA(state, context);
      if (name === 'person.jpg') return Promise.resolve({ kind: 'done', result: { verdict: 'no-match' } });
      return Promise.reject(new ImageError('network', 'no answer'));
    };
    scene.script.search = script;
    await scene.run('process');
    const before = scene.fates();
    assert.deepEqual(before, {
      'person.jpg': 'awaiting-review',
      'quota.jpg': 'awaiting-quota',
      'trouble.jpg': 'failed',
    });
    await scene.run({ command: 'process', to: 'scan' });
    assert.deepEqual(scene.fates(), {});
    const [, manifest] = await scene.manifests();
    const { total, awaitingReview, awaitingQuota, failed } = manifest?.statistics ?? {};
    assert.deepEqual([total, awaitingReview, awaitingQuota, failed], [3, 1, 1, 1]);
    await scene.run('resume');
    assert.deepEqual(scene.fates(), before);
  });

  it('forgets an image that was decided on and is gone', async () => {
    await using scene = await SmallEngine.create('a.jpg');
    await scene.run('process');
    await scene.decide('a.jpg');
    await rename(scene.path('Inbox/a.jpg'), scene.path('mine.jpg'));
    await writeFile(scene.path('Inbox/notes.txt'), 'what else is there');
    await scene.run('resume');
    assert.equal(scene.fates()['a.jpg'], 'skipped');
    assert.equal(await scene.run('resume'), undefined, 'nothing is left to go on with');
  });

  it('lets its images wait, with what was decided, while their drive is not mounted', async () => {
    await using scene = await SmallEngine.create('a.jpg', 'b.jpg');
    await scene.run('process');
    await rename(scene.path('Inbox'), scene.path('drive'));
    await scene.decide('a.jpg');
    for (const command of ['resume', 'process', 'resume'] as const) {
      scene.fates();
      await scene.run(command);
      const text = `${scene.path('Inbox')} is not there, or empty: 2 unfinished images of it wait. If it is on a drive, mount that, and run again.`;
      assert.ok(scene.events.some((event) => event.kind === 'warning' && event.text === text));
      for (const fate of Object.values(scene.fates())) assert.equal(fate, 'awaiting-review');
      // the folder in which the drive is mounted
      await mkdir(scene.path('Inbox'), { recursive: true });
    }
    await rmdir(scene.path('Inbox'));
    await rename(scene.path('drive'), scene.path('Inbox'));
    await scene.run('resume');
    assert.deepEqual(scene.fates(), { 'a.jpg': 'processed', 'b.jpg': 'awaiting-review' });
    assert.equal(existsSync(scene.path('Sorted/Cats/a.jpg')), true);
  });

  it('that ends before the review keeps what was decided for the next one', async () => {
    await using scene = await SmallEngine.create('a.jpg');
    await scene.run('process');
    await scene.decide('a.jpg');
    scene.fates();
    await scene.run({ command: 'process', to: 'search' });
    await scene.run('resume');
    assert.equal(scene.fates()['a.jpg'], 'processed');
    assert.equal(existsSync(scene.path('Sorted/Cats/a.jpg')), true);
  });

  it('takes the images of the inbox as far as they go, and leaves a manifest and a journal with an end', async () => {
    await using scene = await SmallEngine.create('a.jpg', 'b.jpg');
    const report = await scene.run('process');
    assert.equal(report?.outcome, 'completed');
    assert.equal(report.statistics.awaitingReview, 2);
    assert.deepEqual(scene.events[0], { kind: 'run-started', runId: 'run 1', resumed: false });
    assert.deepEqual(scene.fates(), { 'a.jpg': 'awaiting-review', 'b.jpg': 'awaiting-review' });
    const [manifest, ...others] = await scene.manifests();
    assert.deepEqual(names(manifest?.images ?? []), ['a.jpg', 'b.jpg']);
    assert.equal(others.length, 0);
    assert.equal((await scene.told()).at(-1)?.kind, 'run-ended');
  });

  it('holds the lock for as long as anything is open', async () => {
    await using scene = await SmallEngine.create('a.jpg');
    await scene.run('process');
    assert.deepEqual(scene.noted, [
      'lock for process',
      'database opened',
      'catch up',
      'equip',
      'finish',
      'equipment closed',
      'database closed',
      'unlock',
    ]);
  });

  it('opens nothing while another one holds the lock', async () => {
    await using scene = await SmallEngine.create('a.jpg');
    scene.isHeld = true;
    await assert.rejects(scene.run('process'), LockHeld);
    assert.deepEqual(scene.noted, []);
  });

  it('gives everything back when the database can’t be opened, or the journal', async () => {
    await using scene = await SmallEngine.create('a.jpg');
    await scene.run('process');
    scene.noted.length = 0;
    let isClosed = false;
    const journals = scene.journals();
    const openLatest = journals.openLatest.bind(journals);
    journals.openLatest = async () => {
      const file = await openLatest();
      assert.ok(file);
      const close = file.close.bind(file);
      file.close = () => {
        isClosed = true;
        return close();
      };
      return file;
    };
    scene.parts = { journals, openStore: () => Promise.reject(BROKEN) };
    await assert.rejects(scene.run('process'), BROKEN);
    assert.equal(isClosed, true);
    assert.deepEqual(scene.noted, ['lock for process', 'unlock']);
    scene.noted.length = 0;
    journals.openLatest = () => Promise.reject(BROKEN);
    scene.parts = { journals };
    await assert.rejects(scene.run('process'), BROKEN);
    assert.deepEqual(scene.noted, ['lock for process', 'database opened', 'database closed', 'unlock']);
  });

  it('gives everything back when it is asked for what can’t be', async () => {
    await using scene = await SmallEngine.create('a.jpg');
    await assert.rejects(scene.run({ command: 'process', from: 'sync', to: 'scan' }), SettingsError);
    assert.equal(scene.isHeld, false);
    assert.deepEqual(await scene.told(), [], 'no run was begun');
  });

  it('lends its runner for as long as it is at work', async () => {
    await using scene = await SmallEngine.create('a.jpg');
    const engine = scene.engine();
    let during: unknown;
    scene.script.review = () => {
      during = engine.active;
      return Promise.resolve({ kind: 'skipped', why: 'nothing to ask' });
    };
    assert.equal(engine.active, undefined);
    await engine.run({ command: 'process' }, new AbortController().signal);
    assert.ok(during);
    assert.equal(engine.active, undefined);
    scene.ready = () => Promise.reject(BROKEN);
    await assert.rejects(engine.run({ command: 'process' }, new AbortController().signal), BROKEN);
    assert.equal(engine.active, undefined);
  });

  it('begins with no image when a stage can’t do its work, and asks none that is off', async () => {
    await using scene = await SmallEngine.create('a.jpg');
    const asked: string[] = [];
    scene.ready = (stage) => {
      asked.push(stage);
      return stage === 'categorize' ? Promise.reject(BROKEN) : Promise.resolve();
    };
    await assert.rejects(scene.run('process'), BROKEN);
    assert.equal(
      scene.events.some(({ kind }) => kind === 'image-found'),
      false,
    );
    assert.equal(scene.noted.includes('equipment closed'), true);
    assert.equal(scene.box.watched, 0);
    asked.length = 0;
    const report = await scene.run({ command: 'process', skip: ['categorize'] });
    assert.equal(report?.outcome, 'completed');
    assert.deepEqual(asked, ['scan', 'search', 'review']);
  });

  it('tells the stages what they have to go by', async () => {
    await using scene = await SmallEngine.create('a.jpg');
    await scene.run('process');
    await scene.run({ command: 'process', from: 'xmp', offline: true, skip: ['analyze'] });
    const told = scene.materials.map(({ offline, analyzes, dryRun, unsearched, underWay }) => ({
      offline,
      analyzes,
      dryRun,
      unsearched,
      underWay: underWay.map(({ image }) => basename(image.path)),
    }));
    assert.deepEqual(told, [
      { offline: false, analyzes: true, dryRun: false, unsearched: undefined, underWay: [] },
      { offline: true, analyzes: false, dryRun: false, unsearched: 'offline', underWay: ['a.jpg'] },
    ]);
  });

  it('takes nothing again that is in the sorted folder, where that is in the inbox', async () => {
    await using scene = await SmallEngine.create('a.jpg');
    scene.script.review = WITHOUT_PEOPLE;
    scene.parts = {
      configure: () => ({
        settings: resolveSettings({}),
        folders: { inbox: scene.root, sorted: scene.path('Sorted'), working: scene.path('working') },
      }),
    };
    await scene.run('process');
    await scene.put('working/thumbnail.jpg');
    assert.deepEqual(scene.fates(), { 'a.jpg': 'processed' });
    const report = await scene.run('process');
    assert.equal(report?.statistics.total, 0);
  });

  it('tells of each image once, and comes to its end with them, also when they are decided on meanwhile', async () => {
    await using scene = await SmallEngine.create('a.jpg');
    await scene.run('process');
    for (const name of ['b.jpg', 'c.jpg']) await scene.put(`Inbox/${name}`);
    scene.events.length = 0;
    const { review: ask } = scene.script;
    assert.ok(ask);
    let isFirst = true;
    scene.script.review = async (state, context) => {
      if (basename(state.image.path) !== 'c.jpg' || !isFirst) return ask(state, context);
      isFirst = false;
      while (scene.settled().length < 2) await setImmediate();
      for (const name of ['a.jpg', 'b.jpg']) await scene.decide(name);
      while (scene.settled().length < 4) await setImmediate();
      return ask(state, context);
    };
    await scene.run({ command: 'process', overrides: { 'workflow.batchSize': 4 } });
    const found = scene.events.flatMap((event) => (event.kind === 'image-found' ? [basename(event.image.path)] : []));
    assert.deepEqual(found.sort(), ['a.jpg', 'b.jpg', 'c.jpg']);
    const progress = new Progress(scene.clock);
    for (const event of scene.events) progress.on(event);
    assert.deepEqual([progress.overall().done, progress.overall().total], [3, 3]);
  });

  it('looks at the images alone that were asked for', async () => {
    await using scene = await SmallEngine.create('a.jpg', 'b.jpg', 'c.jpg');
    await scene.run({ command: 'process', only: [scene.path('Inbox/a.jpg'), scene.path('Inbox/b.jpg')] });
    assert.deepEqual(Object.keys(scene.fates()), ['a.jpg', 'b.jpg']);
    // a.jpg and b.jpg are parked by now
    const report = await scene.run({ command: 'process', only: [scene.path('Inbox/b.jpg')] });
    assert.deepEqual(Object.keys(scene.fates()), ['b.jpg']);
    assert.equal(report?.statistics.awaitingReview, 2, 'and forgets none');
  });

  it('passes over an image that has a sidecar', async () => {
    await using scene = await SmallEngine.create('a.jpg');
    await scene.put('Inbox/a.jpg.xmp', 'mine');
    await scene.run('process');
    assert.deepEqual(scene.fates(), { 'a.jpg': 'skipped' });
  });

  it('writes the database before the searches by picture begin', async () => {
    await using scene = await SmallEngine.create('a.jpg');
    const written: string[] = [];
    const openStore = scene.openStore.bind(scene);
    scene.parts = {
      openStore: async () => {
        const store = await openStore();
        const checkpoint = store.checkpoint.bind(store);
        store.checkpoint = (position) => {
          written.push(scene.events.at(-1)?.kind ?? 'before');
          return checkpoint(position);
        };
        return store;
      },
      equip: () => ({
        stages: [
          {
            id: 'scan',
            needs: [],
            concurrency: 1,
            run: (_, { lastCall }) =>
              Promise.resolve(lastCall ? { kind: 'skipped', why: '' } : { kind: 'put-off', detail: '' }),
            plan: (images) =>
              Promise.resolve({ images: images.length, byMd5: 0, byTrace: 0, byCache: 0, copies: 0, toSearch: 1 }),
          },
        ],
        close: () => Promise.resolve(),
      }),
    };
    await scene.run('process');
    assert.equal(written.includes('search-planned'), true, written.join(', '));
  });

  it('writes the database now and then, so that a kill takes little from it', async () => {
    await using scene = await SmallEngine.create('a.jpg', 'b.jpg', 'c.jpg');
    const overrides = { 'workflow.batchSize': 1 };
    const timesWritten = async (msEach: number): Promise<number> => {
      let written = 0;
      const openStore = scene.openStore.bind(scene);
      scene.parts = {
        openStore: async () => {
          const store = await openStore();
          const checkpoint = store.checkpoint.bind(store);
          store.checkpoint = (position) => {
            written++;
            return checkpoint(position);
          };
          return store;
        },
      };
      scene.script.review = () => {
        scene.clock.time += msEach;
        return Promise.resolve({ kind: 'skipped', why: 'nothing to ask' });
      };
      scene.script.categorize = () => Promise.resolve({ kind: 'skipped', why: 'stays' });
      await scene.run({ command: 'process', overrides });
      return written;
    };
    assert.equal(await timesWritten(0), 1, 'at the end');
    const often = await timesWritten(60_000);
    assert.ok(often >= 3, `${often} times`);
  });

  it('has no more images under way at once than is set', async () => {
    await using scene = await SmallEngine.create('a.jpg', 'b.jpg', 'c.jpg');
    await scene.run('process');
    let [now, most] = [0, 0];
    scene.script.review = async () => {
      most = Math.max(most, ++now);
      for (let turn = 0; turn < 100; turn++) await setImmediate();
      now--;
      return { kind: 'waiting', why: 'review', detail: 'a person decides' };
    };
    await scene.run({ command: 'resume', overrides: { 'workflow.batchSize': 1 } });
    assert.equal(most, 1);
    await scene.run({ command: 'resume', overrides: { 'workflow.batchSize': 3 } });
    assert.equal(most, 2, 'of which the stage takes two');
  });

  it('closes every journal that it has opened', async () => {
    await using scene = await SmallEngine.create('a.jpg');
    await scene.run('process');
    const journals = scene.journals();
    const open = new Set<object>();
    const follow = <T extends JournalFile | undefined>(file: T): T => {
      if (!file) return file;
      open.add(file);
      const close = file.close.bind(file);
      file.close = () => {
        open.delete(file);
        return close();
      };
      return file;
    };
    const [openLatest, create] = [journals.openLatest.bind(journals), journals.create.bind(journals)];
    journals.openLatest = async () => follow(await openLatest());
    journals.create = async (lines) => follow(await create(lines));
    scene.parts = { journals };
    await scene.run('process');
    assert.equal(open.size, 0);
    scene.ready = () => Promise.reject(BROKEN);
    await assert.rejects(scene.run('process'), BROKEN);
    assert.equal(open.size, 0);
  });

  it('begins anew behind a journal in which nothing was begun', async () => {
    await using scene = await SmallEngine.create('a.jpg');
    await (await scene.journals().create([])).close();
    assert.equal((await scene.run('process'))?.statistics.total, 1);
  });

  it('is followed by what is done for all of its images, unless it was stopped', async () => {
    await using scene = await SmallEngine.create('a.jpg');
    assert.equal((await scene.run('process', AbortSignal.abort(new Error('stopped'))))?.outcome, 'interrupted');
    assert.equal(scene.noted.includes('finish'), false);
    scene.finish = () => Promise.reject(BROKEN);
    await assert.rejects(scene.run('process'), BROKEN);
    assert.equal(scene.noted.at(-3), 'equipment closed');
  });

  it('is completed also when it is stopped behind its last image', async () => {
    await using scene = await SmallEngine.create('a.jpg');
    const stop = new AbortController();
    scene.finish = () => {
      stop.abort(new Error('stopped'));
      return Promise.reject(new Error('stopped'));
    };
    assert.equal((await scene.run('process', stop.signal))?.outcome, 'completed');
  });

  it('learns from nothing when it is stopped before it begins', async () => {
    await using scene = await SmallEngine.create('a.jpg');
    await scene.run('process', AbortSignal.abort(new Error('stopped')));
    assert.equal(scene.noted.includes('catch up'), false);
  });
});

describe('The run after', () => {
  it('carries what waits, under a new name, and finds none of it a second time', async () => {
    await using scene = await SmallEngine.create('a.jpg');
    await scene.run('process');
    await scene.put('Inbox/b.jpg');
    scene.events.length = 0;
    const report = await scene.run('process');
    assert.deepEqual(scene.events[0], { kind: 'run-started', runId: 'run 2', resumed: true });
    assert.equal(scene.events.filter(({ kind }) => kind === 'image-found').length, 2);
    assert.equal(report?.statistics.total, 2);
    assert.deepEqual(
      (await scene.manifests()).map(({ images }) => names(images)),
      [['a.jpg'], ['a.jpg', 'b.jpg']],
    );
  });

  it('is none when there is nothing to go on with', async () => {
    await using scene = await SmallEngine.create('a.jpg');
    assert.equal(await scene.run('resume'), undefined);
    scene.script.review = WITHOUT_PEOPLE;
    await scene.run('process');
    const told = await scene.told();
    await scene.put('Inbox/b.jpg');
    assert.equal(await scene.run('resume'), undefined);
    assert.equal(await scene.run('review'), undefined);
    assert.deepEqual(await scene.told(), told, 'no line is added');
    assert.equal((await scene.manifests()).length, 1);
    assert.deepEqual(scene.warnings(), []);
  });

  it('takes up what was parked, and walks nowhere', async () => {
    await using scene = await SmallEngine.create('a.jpg');
    await scene.run('process');
    await scene.put('Inbox/b.jpg');
    await scene.decide('a.jpg');
    scene.events.length = 0;
    const report = await scene.run('resume');
    assert.equal(report?.outcome, 'completed');
    assert.deepEqual(scene.fates(), { 'a.jpg': 'processed' });
    assert.equal(existsSync(scene.path('Sorted/Cats/a.jpg')), true);
    assert.equal(scene.box.size, 0);
  });

  it('says that decisions are left out whose images no longer wait', async () => {
    await using scene = await SmallEngine.create('a.jpg');
    scene.script.review = WITHOUT_PEOPLE;
    await scene.run('process');
    await scene.decide('a.jpg');
    await scene.decide('a.jpg');
    await scene.box.post([{ image: 'of another run' as ImageId }]);
    assert.equal(await scene.run('resume'), undefined);
    assert.equal(scene.box.size, 0);
    assert.equal(scene.events.filter(({ kind }) => kind === 'decision-stays').length, 1);
    assert.equal(scene.warnings().length, 1);
    assert.match(scene.warnings()[0] ?? '', /no longer wait/);
  });

  it('adds to the database what it has missed, before the journal that tells of it is left behind', async () => {
    await using scene = await SmallEngine.create('a.jpg');
    scene.script.review = WITHOUT_PEOPLE;
    const openStore = scene.openStore.bind(scene);
    scene.parts = {
      openStore: async () => {
        const store = await openStore();
        store.checkpoint = () => Promise.resolve();
        return store;
      },
    };
    await scene.run('process');
    scene.parts = {};
    assert.equal(await scene.run('resume'), undefined);
    const store = await scene.openStore();
    assert.deepEqual(
      [...store.allSorted()].map(({ path }) => path),
      [scene.path('Sorted/Cats/a.jpg')],
    );
    assert.notEqual(store.position.offset, 0);
    store.close();
  });
});

describe('A run that was cut off', () => {
  it('is gone on with under its own name, and one manifest tells all of it', async () => {
    await using scene = await SmallEngine.create('a.jpg', 'b.jpg', 'c.jpg');
    const mend = dieAt(scene, 'c.jpg');
    await assert.rejects(scene.run('process'), BROKEN);
    assert.deepEqual([scene.isHeld, scene.noted.at(-1), scene.box.watched], [false, 'unlock', 0]);
    assert.equal(existsSync(scene.path('Sorted')), false, 'no manifest yet');
    mend();
    scene.events.length = 0;
    const report = await scene.run('process');
    assert.deepEqual(scene.events[0], { kind: 'run-started', runId: 'run 1', resumed: true });
    assert.equal(report?.statistics.total, 3);
    const [manifest, ...others] = await scene.manifests();
    assert.deepEqual([names(manifest?.images ?? []), others.length], [['a.jpg', 'b.jpg', 'c.jpg'], 0]);
    assert.deepEqual(
      (await scene.told()).filter(({ kind }) => kind.startsWith('run-')).map(({ kind }) => kind),
      ['run-started', 'run-resumed', 'run-ended'],
    );
  });

  it('is gone on with by a resumption, with the walk that it had not ended', async () => {
    await using scene = await SmallEngine.create('a.jpg');
    const stop = new AbortController();
    scene.script.review = () => {
      stop.abort(new Error('stopped'));
      return Promise.resolve({ kind: 'skipped', why: 'nothing to ask' });
    };
    const stopped = await scene.run('process', stop.signal);
    assert.equal(stopped?.outcome, 'interrupted');
    await scene.put('Inbox/b.jpg');
    scene.script.review = WITHOUT_PEOPLE;
    const report = await scene.run('resume');
    assert.equal(report?.outcome, 'completed');
    assert.deepEqual([report.statistics.total, report.statistics.processed], [2, 2]);
    const manifests = await scene.manifests();
    assert.deepEqual(
      manifests.map(({ runId, outcome }) => [runId, outcome]),
      [
        ['run 1', 'interrupted'],
        ['run 1', 'completed'],
      ],
    );
  });

  it('does not take an image twice that it had done with', async () => {
    await using scene = await SmallEngine.create('a.jpg', 'b.jpg');
    scene.script.categorize = () => Promise.resolve({ kind: 'skipped', why: 'stays' });
    scene.script.review = WITHOUT_PEOPLE;
    await scene.run('process');
    await loseEnd(scene);
    scene.events.length = 0;
    const report = await scene.run('process');
    assert.deepEqual(scene.events[0], { kind: 'run-started', runId: 'run 1', resumed: true });
    assert.deepEqual(scene.fates(), {});
    assert.equal(report?.statistics.total, 2);
  });

  it('gets its manifest before a run that is not its continuation, which takes over what it left', async () => {
    await using scene = await SmallEngine.create('a.jpg', 'b.jpg');
    await scene.put('Other/c.jpg');
    const mend = dieAt(scene, 'b.jpg');
    await assert.rejects(scene.run('process'), BROKEN);
    mend();
    scene.events.length = 0;
    const report = await scene.run({ command: 'process', inbox: scene.path('Other') });
    assert.deepEqual(scene.events[0], { kind: 'run-started', runId: 'run 2', resumed: true });
    const [old, fresh, ...others] = await scene.manifests();
    assert.equal(others.length, 0);
    assert.deepEqual([old?.runId, old?.outcome], ['run 1', 'interrupted']);
    assert.deepEqual(names(old?.images ?? []), ['a.jpg', 'b.jpg']);
    assert.deepEqual([fresh?.runId, fresh?.outcome], ['run 2', 'completed']);
    assert.deepEqual(names(fresh?.images ?? []), ['a.jpg', 'b.jpg', 'c.jpg']);
    assert.equal(report?.statistics.awaitingReview, 3);
    const { folders } = fresh?.configuration as { folders: { inbox: string; inboxes: readonly string[] } };
    assert.deepEqual([folders.inbox, folders.inboxes], [scene.path('Other'), [scene.path('Inbox')]]);
  });

  it('can be undone as a whole, images of another folder included, when it was killed behind its last image', async () => {
    await using scene = await SmallEngine.create('a.jpg');
    await scene.put('Other/b.jpg');
    await scene.run('process');
    await scene.decide('a.jpg');
    scene.finish = () => Promise.reject(BROKEN);
    scene.script.review = ({ decision }) =>
      Promise.resolve(decision ? { kind: 'done', result: decision } : { kind: 'skipped', why: 'nothing to ask' });
    await assert.rejects(scene.run({ command: 'process', inbox: scene.path('Other') }), BROKEN);
    scene.finish = () => Promise.resolve();
    const report = await scene.run('resume');
    assert.equal(report?.statistics.processed, 2);
    const undo = planUndo(readManifest(await readFile(report.manifest, 'utf8')));
    assert.deepEqual([names(undo.units), undo.refused], [['a.jpg', 'b.jpg'], []]);
  });

  it('gets that manifest where its images are, with the folders and settings that it had, and can be undone by it', async () => {
    await using scene = await cutOffBeforeItsEnd();
    await scene.run({ command: 'process', inbox: scene.path('Other'), overrides: TO_ANOTHER_FOLDER });
    const [old, ...others] = await scene.manifests();
    assert.deepEqual([old?.runId, others.length], ['run 1', 0]);
    assert.deepEqual(old?.configuration.folders, {
      inbox: scene.path('Inbox'),
      sorted: scene.path('Sorted'),
      working: scene.path('working'),
    });
    const settings = old.configuration as unknown as Readonly<Record<string, unknown>>;
    assert.equal(settings['workflow.batchSize'], 7);
    assert.equal(settings['directories.sorted'], resolveSettings({})['directories.sorted']);
    const undo = planUndo(readManifest(JSON.stringify(old)));
    assert.deepEqual([names(undo.units), undo.refused], [['a.jpg'], []]);
    const fresh = await scene.manifests(scene.path('Sorted 2'));
    assert.deepEqual(
      fresh.map(({ runId }) => runId),
      ['run 2'],
    );
    assert.deepEqual(scene.warnings(), []);
  });

  it('gets it also when the folders that it had could be chosen no more', async () => {
    await using scene = await cutOffBeforeItsEnd();
    const { configure } = scene.parts;
    assert.ok(configure);
    scene.parts = {
      configure: (overrides, inbox) => {
        if (inbox === scene.path('Inbox')) throw new SettingsError('The folder to process is in the sorted folder.');
        return configure(overrides, inbox);
      },
    };
    await scene.run({ command: 'process', inbox: scene.path('Other'), overrides: TO_ANOTHER_FOLDER });
    const [old] = await scene.manifests();
    assert.deepEqual(planUndo(readManifest(JSON.stringify(old))).refused, []);
  });

  it('is not what is undone while it has none, and neither is the run before it', async () => {
    await using scene = await cutOffBeforeItsEnd();
    const { files, clock } = scene;
    const undo = new RunUndo({
      files,
      clock,
      manifests: new NodeManifests(scene.path('Sorted')),
      locks: { acquire: () => Promise.reject(new LockHeld(1, 'none')), holder: () => Promise.resolve(undefined) },
      journals: scene.journals(),
      undoJournals: scene.journals(),
      openStore: () => scene.openStore(),
    });
    await assert.rejects(
      undo.lastManifest(),
      (error) => error instanceof ManifestInvalid && error.message.includes('resume'),
    );
    await scene.run('resume');
    const last = await undo.lastManifest();
    assert.deepEqual(names((await undo.plan(last ?? '')).units), ['a.jpg']);
  });

  const TAKES_NONE: readonly (readonly [string, (scene: SmallEngine) => Promise<void>])[] = [
    ['is away', (scene) => rename(scene.path('Sorted'), scene.path('away'))],
    [
      'is full',
      (scene) => {
        const files = new NodeFiles();
        const write = files.writeText.bind(files);
        files.writeText = (path, chunks) =>
          dirname(path) === scene.path('Sorted') ? Promise.reject(BROKEN) : write(path, chunks);
        scene.parts = { ...scene.parts, files };
        return Promise.resolve();
      },
    ],
  ];
  for (const [how, happens] of TAKES_NONE) {
    it(`gets it beside that of the new run, with its own folders in it, when its sorted folder ${how}`, async () => {
      await using scene = await cutOffBeforeItsEnd();
      const before = existsSync(scene.path('Sorted'));
      await happens(scene);
      const report = await scene.run({ command: 'process', inbox: scene.path('Other'), overrides: TO_ANOTHER_FOLDER });
      assert.equal(report?.outcome, 'completed');
      assert.deepEqual([before, existsSync(scene.path('Sorted'))], [true, how !== 'is away'], 'it is not made anew');
      const [old, fresh] = await scene.manifests(scene.path('Sorted 2'));
      assert.deepEqual([old?.runId, fresh?.runId], ['run 1', 'run 2']);
      const undo = planUndo(readManifest(JSON.stringify(old)));
      assert.deepEqual([names(undo.units), undo.refused], [['a.jpg'], []]);
      assert.match(
        scene.warnings()[0] ?? '',
        /manifest of the run before is .*Sorted 2.*could not be written into .*Sorted\.$/,
      );
    });
  }
});

const isUnmounted = (error: unknown): boolean =>
  error instanceof FatalError && error.reason === 'not-writable' && error.message.includes('Mount it');

describe('A run whose sorted folder is not there, as its drive is not', () => {
  for (const how of ['is gone', 'is empty, as the place of a drive'] as const) {
    it(`does not begin once images were sorted into it, whatever is asked for: it ${how}`, async () => {
      await using scene = await SmallEngine.create('a.jpg');
      scene.script.review = () => Promise.resolve({ kind: 'done', result: APPROVED });
      await scene.run('process');
      await rename(scene.path('Sorted'), scene.path('away'));
      if (how !== 'is gone') await mkdir(scene.path('Sorted'));
      await scene.put('Inbox/b.jpg');
      for (const request of [{}, { to: 'search' }] as const)
        await assert.rejects(scene.run({ command: 'process', ...request }), (error) => isUnmounted(error));
      assert.equal(existsSync(scene.path('Inbox/b.jpg')), true);
      if (how === 'is gone') assert.equal(existsSync(scene.path('Sorted')), false);
      else await rmdir(scene.path('Sorted'));
      await rename(scene.path('away'), scene.path('Sorted'));
      scene.fates();
      await scene.run('process');
      assert.deepEqual(scene.fates(), { 'b.jpg': 'processed' });
      assert.deepEqual((await readdir(scene.path('Sorted/Cats'))).sort(), ['a.jpg', 'b.jpg']);
    });
  }

  it('begins where nothing was sorted into it yet', async () => {
    await using scene = await SmallEngine.create('a.jpg');
    await scene.run('process');
    await rm(scene.path('Sorted'), { recursive: true });
    await scene.decide('a.jpg');
    assert.equal((await scene.run('process'))?.statistics.processed, 1);
    assert.equal(existsSync(scene.path('Sorted/Cats/a.jpg')), true);
  });
});

describe('A run whose sorted folder goes away in the middle, as with its drive', () => {
  it('stops, does not make the folder anew, and is gone on with when it is back', async () => {
    await using scene = await SmallEngine.create('a.jpg', 'b.jpg');
    await scene.put('Sorted/notes.txt');
    scene.parts = { files: onDrive(new NodeFiles(), scene.path('Sorted')) };
    scene.finish = () => rename(scene.path('Sorted'), scene.path('away'));
    await assert.rejects(scene.run('process'), (error) => isUnmounted(error));
    assert.deepEqual([existsSync(scene.path('Sorted')), existsSync(scene.path('Inbox/a.jpg'))], [false, true]);
    await rename(scene.path('away'), scene.path('Sorted'));
    for (const name of ['a.jpg', 'b.jpg']) await scene.decide(name);
    scene.finish = () => Promise.resolve();
    const report = await scene.run('resume');
    assert.deepEqual([report?.outcome, report?.statistics.processed], ['completed', 2]);
    assert.deepEqual((await scene.manifests()).map(({ runId }) => runId), ['run 1']); // prettier-ignore
  });
});

describe('A review', () => {
  const parked = async (...images: readonly string[]): Promise<SmallEngine> => {
    const scene = await SmallEngine.create(...images);
    await scene.run('process');
    return scene;
  };

  it('carries out what was decided and gives the lock back while nobody decides, without an end', async () => {
    await using scene = await parked('a.jpg', 'b.jpg');
    await scene.put('Inbox/new.jpg');
    await scene.decide('a.jpg');
    scene.fates();
    assert.equal(await scene.run(review().request), undefined);
    assert.equal(scene.isHeld, false);
    assert.deepEqual(scene.fates(), { 'a.jpg': 'processed' }, 'neither the other one nor a new one is begun');
    assert.equal(
      (await scene.told()).some(({ kind }) => kind === 'run-ended'),
      false,
    );
    assert.equal((await scene.manifests()).length, 1, 'of the run before');
    const store = await scene.openStore();
    assert.equal([...store.allSorted()].length, 1, 'the database knows');
    store.close();
  });

  it('is one run with one manifest, however often somebody decides', async () => {
    await using scene = await parked('a.jpg', 'b.jpg');
    const { request, closed } = review();
    await scene.decide('a.jpg');
    await scene.run(request);
    await scene.decide('b.jpg');
    await scene.run(request);
    closed.abort();
    const report = await scene.run(request);
    assert.equal(report?.outcome, 'completed');
    assert.deepEqual([report.statistics.total, report.statistics.processed], [2, 2]);
    assert.deepEqual(
      (await scene.manifests()).map(({ runId }) => runId),
      ['run 1', 'run 2'],
    );
  });

  it('takes a decision up at once that comes while its run is open', async () => {
    await using scene = await parked('a.jpg', 'b.jpg');
    const { request, closed } = review();
    await scene.decide('a.jpg');
    scene.clock.sleep = async (_, signal) => {
      // nobody is in a hurry: the second decision comes while the run waits for one
      if (scene.box.size === 0 && !existsSync(scene.path('Sorted/Cats/b.jpg'))) await scene.decide('b.jpg');
      else closed.abort();
      await new Promise((resolve) => {
        if (signal?.aborted) resolve(undefined);
        signal?.addEventListener('abort', resolve);
      });
      throw new Error('woken');
    };
    const report = await scene.run(request);
    assert.equal(report?.statistics.processed, 2);
    assert.equal(scene.box.watched, 0);
  });

  it('makes no run when it is closed and nothing was decided', async () => {
    await using scene = await parked('a.jpg');
    const { request, closed } = review();
    closed.abort();
    const told = await scene.told();
    assert.equal(await scene.run(request), undefined);
    assert.deepEqual(await scene.told(), told);
    await scene.decide('a.jpg');
    assert.equal((await scene.run(request))?.statistics.processed, 1, 'what was decided is carried out first');
  });

  it('leaves a run that was interrupted what it was, and adds to its manifest', async () => {
    await using scene = await parked('a.jpg');
    await scene.put('Inbox/b.jpg');
    await scene.run('process', AbortSignal.abort(new Error('stopped')));
    const { request, closed } = review();
    await scene.decide('a.jpg');
    await scene.run(request);
    closed.abort();
    const report = await scene.run(request);
    assert.equal(report?.outcome, 'interrupted');
    scene.events.length = 0;
    const resumed = await scene.run('resume');
    assert.equal(resumed?.outcome, 'completed');
    assert.deepEqual(scene.events[0], { kind: 'run-started', runId: 'run 2', resumed: true });
    assert.deepEqual([resumed.statistics.processed, resumed.statistics.awaitingReview], [1, 1]);
  });

  it('is given its end by the next run when it was killed, and had carried out what was decided', async () => {
    await using scene = await parked('a.jpg', 'b.jpg');
    await scene.decide('a.jpg');
    await scene.run(review().request);
    const report = await scene.run('process');
    assert.deepEqual(
      (await scene.manifests()).map(({ runId, outcome }) => [runId, outcome]),
      [
        ['run 1', 'completed'],
        ['run 2', 'completed'],
        ['run 3', 'completed'],
      ],
    );
    assert.equal(report?.statistics.awaitingReview, 1);
  });

  it('is unfinished when it was killed with a decision that came before the search', async () => {
    await using scene = await SmallEngine.create('a.jpg');
    scene.script.search = QUOTA;
    await scene.run('process');
    await scene.decide('a.jpg');
    scene.script.search = () => Promise.reject(BROKEN);
    await assert.rejects(scene.run(review().request), BROKEN);
    const status = await readStatus(scene.journals());
    assert.equal(status && isUnfinished(status), true);
  });

  it('is interrupted when it is stopped', async () => {
    await using scene = await parked('a.jpg');
    await scene.decide('a.jpg');
    const { request } = review();
    const report = await scene.run(request, AbortSignal.abort(new Error('stopped')));
    assert.equal(report?.outcome, 'interrupted');
    assert.equal(scene.box.size, 1, 'the decision is kept');
    assert.equal(existsSync(scene.path('Inbox/a.jpg')), true);
  });
});

describe('An image whose search waits for quota', () => {
  it('stays parked offline, and keeps the decision that comes early', async () => {
    await using scene = await SmallEngine.create('a.jpg');
    const { search } = scene.script;
    assert.ok(search);
    scene.script.search = QUOTA;
    await scene.run('process');
    assert.deepEqual(scene.fates(), { 'a.jpg': 'awaiting-quota' });
    scene.script.search = search;
    const offline = await scene.run({ command: 'process', offline: true });
    assert.equal(offline?.statistics.awaitingQuota, 1);
    const [image] = (await scene.told()).flatMap((e: JournalEvent) =>
      e.kind === 'image-carried' ? [e.state.image] : [],
    );
    assert.ok(image);
    await scene.box.post([{ image: image.id, decision: { decision: 'approved', tags: { general: [], character: [], copyright: [], artist: [], meta: [] } } }]); // prettier-ignore
    scene.events.length = 0;
    await scene.run({ command: 'resume', offline: true });
    const told = scene.events.map(({ kind }) => kind).filter((kind) => kind.startsWith('image-'));
    assert.deepEqual(told, ['image-found', 'image-settled']);
    assert.equal(existsSync(scene.path('Inbox/a.jpg')), true);
    assert.equal(scene.box.size, 0);
    const online = await scene.run({ command: 'resume', offline: false });
    assert.equal(online?.statistics.processed, 1);
    assert.equal(existsSync(scene.path('Sorted/Cats/a.jpg')), true);
  });
});

describe('A decision that is taken back', () => {
  const sorted = async (): Promise<SmallEngine> => {
    const scene = await SmallEngine.create('a.jpg', 'b.jpg');
    await scene.run('process');
    await scene.decide('a.jpg');
    await scene.run(review().request);
    assert.equal(existsSync(scene.path('Sorted/Cats/a.jpg')), true);
    return scene;
  };

  it('has the image where it was, with the folder gone that was made for it', async () => {
    await using scene = await sorted();
    const id = scene.settled().at(-1)?.image.id;
    assert.ok(id);
    await scene.box.post([{ image: id }]);
    scene.fates();
    await scene.run(review().request);
    assert.equal(
      scene.events.some((event) => event.kind === 'decision-withdrawn' && event.notes.length === 0),
      true,
    );
    assert.deepEqual(scene.fates(), { 'a.jpg': 'awaiting-review' });
    assert.equal(await readFile(scene.path('Inbox/a.jpg'), 'utf8'), 'picture Inbox/a.jpg');
    assert.equal(existsSync(scene.path('Sorted/Cats')), false);
  });

  it('stays, with why, when the image is another one by now', async () => {
    await using scene = await sorted();
    await writeFile(scene.path('Sorted/Cats/a.jpg'), 'edited');
    const id = scene.settled().at(-1)?.image.id;
    assert.ok(id);
    await scene.box.post([{ image: id }]);
    await scene.run(review().request);
    const stays = scene.events.find((event) => event.kind === 'decision-stays');
    assert.ok(stays?.why.includes(scene.path('Sorted/Cats/a.jpg')), stays?.why);
    assert.equal(await readFile(scene.path('Sorted/Cats/a.jpg'), 'utf8'), 'edited');
  });
});

describe('What comes of a decision that is to be taken back', () => {
  const takenBack = async (report: object): Promise<SmallEngine> => {
    const scene = await SmallEngine.create('a.jpg');
    await scene.run('process');
    await scene.decide('a.jpg');
    await scene.run(review().request);
    const id = scene.settled().at(-1)?.image.id;
    assert.ok(id);
    await scene.box.post([{ image: id }]);
    scene.parts = { undoer: { undo: () => Promise.resolve(report) } as unknown as Undoer };
    await scene.run(review().request);
    return scene;
  };
  const source = '/in/a.jpg';

  it('is told with what could not be put back as it was', async () => {
    const result = { kind: 'undone', steps: [], notes: ['a note'] };
    await using scene = await takenBack({ images: [{ source, result }], onNas: ['/nas/a.jpg'] });
    const withdrawn = scene.events.find((event) => event.kind === 'decision-withdrawn');
    assert.deepEqual(withdrawn?.notes, ['a note', '/nas/a.jpg stays on the NAS']);
  });

  it('is told with what it failed with', async () => {
    const result = { kind: 'failed', reason: 'not-writable', message: 'the folder is read-only' };
    await using scene = await takenBack({ images: [{ source, result }], onNas: [] });
    const stays = scene.events.find((event) => event.kind === 'decision-stays');
    assert.equal(stays?.why, 'the folder is read-only');
  });

  it('is nothing where a run may not have been', async () => {
    await using scene = await SmallEngine.create('a.jpg');
    const elsewhere = scene.path('elsewhere.jpg');
    scene.script.categorize = async ({ image: { path: from }, stages }, context) => {
      const sha256 = stages.scan?.outcome.result?.sha256;
      await rename(from, elsewhere);
      await context.operated([
        { at: '2026-03-01T10:00:00.000Z', op: 'move', from, to: elsewhere, ...(sha256 && { sha256 }) },
      ]);
      return { kind: 'skipped', why: 'it is elsewhere' };
    };
    await scene.run('process');
    await scene.decide('a.jpg');
    await scene.run(review().request);
    const id = scene.settled().at(-1)?.image.id;
    assert.ok(id);
    await scene.box.post([{ image: id }]);
    await scene.run(review().request);
    const stays = scene.events.find((event) => event.kind === 'decision-stays');
    assert.match(stays?.why ?? '', /elsewhere\.jpg is not in a folder of the run/);
    assert.equal(existsSync(elsewhere), true);
  });
});

describe('An image in whose place another one is', () => {
  const replaced = async (sidecarNow?: string): Promise<SmallEngine> => {
    const scene = await SmallEngine.create('a.jpg');
    const { review: ask } = scene.script;
    assert.ok(ask);
    delete scene.script.review;
    delete scene.script.categorize;
    scene.script.xmp = async ({ image }, context) => {
      const to = `${image.path}.xmp`;
      const operation: FileOperation = { at: '2026-03-01T10:00:00.000Z', op: 'write', to };
      await context.intend([operation]);
      await scene.files.writeText(to, ['ours']);
      const sha256 = await scene.files.hash(to, context.signal);
      await context.operated([{ ...operation, ...(sha256 && { sha256 }) }]);
      return { kind: 'done', result: { sidecar: to, written: true, tags: 1 } };
    };
    scene.script.review = ask;
    await scene.run('process');
    assert.equal(existsSync(scene.path('Inbox/a.jpg.xmp')), true);
    await rename(scene.path('Inbox/a.jpg'), scene.path('a.jpg'));
    await scene.put('Inbox/a.jpg', 'another picture altogether');
    if (sidecarNow !== undefined) await scene.put('Inbox/a.jpg.xmp', sidecarNow);
    scene.events.length = 0;
    return scene;
  };
  const whySkipped = (scene: SmallEngine): string => {
    const outcome = scene.settled().find(({ fate }) => fate === 'skipped')?.stages.scan?.outcome;
    return outcome?.kind === 'skipped' ? outcome.why : '';
  };

  it('ends with its sidecar taken back, and the other one is taken as it is', async () => {
    await using scene = await replaced();
    const report = await scene.run('process');
    assert.match(whySkipped(scene), /changed since; its sidecar was taken back/);
    assert.equal(report?.statistics.awaitingReview, 1);
    assert.deepEqual(scene.warnings(), []);
    assert.equal(await readFile(scene.path('Inbox/a.jpg'), 'utf8'), 'another picture altogether');
    assert.equal(await readFile(scene.path('Inbox/a.jpg.xmp'), 'utf8'), 'ours', 'of the new one');
  });

  it('leaves a sidecar that was changed by hand, and says so', async () => {
    await using scene = await replaced('ours, and mine');
    await scene.run('process');
    assert.match(whySkipped(scene), /its sidecar stays/);
    assert.equal(scene.warnings().length, 1);
    assert.ok(scene.warnings()[0]?.includes(scene.path('Inbox/a.jpg')));
    assert.equal(await readFile(scene.path('Inbox/a.jpg.xmp'), 'utf8'), 'ours, and mine');
  });

  it('leaves the sidecar where nothing is in the image’s place', async () => {
    await using scene = await replaced();
    await rename(scene.path('Inbox/a.jpg'), scene.path('b.jpg'));
    await scene.run('process');
    assert.match(whySkipped(scene), /changed since$/);
    assert.equal(existsSync(scene.path('Inbox/a.jpg.xmp')), true);
  });
});
