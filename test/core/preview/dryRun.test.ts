import assert from 'node:assert/strict';
import { readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { FatalError, ImageError } from '../../../src/core/model/failure.ts';
import { TO_REVIEW } from '../../../src/core/model/review.ts';
import type { FileOperation } from '../../../src/core/model/operation.ts';
import { NOT_ASKED, type DryRunReport, type PlannedImage } from '../../../src/core/preview/dryRun.ts';
import { untouchedFiles } from '../../../src/core/preview/untouchedFiles.ts';
import { NodeFiles } from '../../../src/adapters/files/nodeFiles.ts';
import { sha256Of } from '../../adapters/support/contentOf.ts';
import { temporaryFolder } from '../../adapters/support/temporaryFolder.ts';
import { storyOf } from '../journal/story.ts';
import { SmallEngine, type Script } from '../pipeline/smallEngine.ts';

const BROKEN = new FatalError('no-space', 'the disk is full');

/** Stages that look and say what they would do, as they are made for a dry run. */
function onlyLook(scene: SmallEngine): SmallEngine {
  scene.script.review = ({ decision }) =>
    Promise.resolve(decision ? { kind: 'done', result: decision } : { kind: 'skipped', why: TO_REVIEW.detail });
  scene.script.categorize = ({ image }) => {
    const destination = scene.path('Sorted/Cats', basename(image.path));
    return Promise.resolve({
      kind: 'done',
      result: { suggested: 'Dogs', learned: true, final: 'Cats', because: 'learned', destination },
    });
  };
  return scene;
}

const create = async (...images: readonly string[]): Promise<SmallEngine> =>
  onlyLook(await SmallEngine.create(...images));

/** Every file of the workspace with its bytes and its time. */
async function everything(scene: SmallEngine): Promise<readonly (readonly [string, string, number])[]> {
  const entries = await readdir(scene.root, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(
    paths.sort().map(async (path) => [path, await readFile(path, 'latin1'), (await stat(path)).mtimeMs] as const),
  );
}

const nameAndKind = ({ images }: DryRunReport): Readonly<Record<string, string>> =>
  Object.fromEntries(images.map(({ source, kind }) => [basename(source), kind]));
const only = ({ images }: DryRunReport): PlannedImage => {
  assert.equal(images.length, 1);
  return images[0]!;
};

describe('A dry run', () => {
  it('tells where each image would go and why, and what may lead it elsewhere yet', async () => {
    await using scene = await create('a.jpg');
    scene.script.search = () => Promise.resolve({ kind: 'skipped', why: scene.materials[0]?.unsearched ?? '' });
    const report = await scene.dryRun({ command: 'process' });
    assert.deepEqual(report, {
      complete: true,
      inbox: scene.path('Inbox'),
      images: [
        {
          kind: 'goes',
          source: scene.path('Inbox/a.jpg'),
          destination: scene.path('Sorted/Cats/a.jpg'),
          category: 'Cats',
          because: 'learned',
          open: ['search', 'review'],
        },
      ],
    });
  });

  it('takes nothing for open that is left out or was answered', async () => {
    await using scene = await create('a.jpg');
    scene.script.review = () => Promise.resolve({ kind: 'skipped', why: 'no suggested tags' });
    const answered = only(await scene.dryRun({ command: 'process' }));
    assert.deepEqual(answered.kind === 'goes' && answered.open, []);
    const leftOut = only(await scene.dryRun({ command: 'process', skip: ['search', 'review'] }));
    assert.deepEqual(leftOut.kind === 'goes' && leftOut.open, []);
  });

  it('changes no file: no journal, no manifest, no database', async () => {
    await using scene = await SmallEngine.create('a.jpg', 'b.jpg');
    await scene.run('process');
    onlyLook(scene);
    await scene.put('Inbox/c.jpg');
    const before = await everything(scene);
    const report = await scene.dryRun({ command: 'process' });
    assert.deepEqual(nameAndKind(report), { 'a.jpg': 'goes', 'b.jpg': 'goes', 'c.jpg': 'goes' });
    assert.deepEqual(await everything(scene), before);
  });

  it('looks while another run holds the lock, and takes none itself', async () => {
    await using scene = await create('a.jpg');
    scene.isHeld = true;
    await scene.dryRun({ command: 'process' });
    assert.deepEqual(scene.noted, ['database opened', 'catch up', 'equip', 'equipment closed', 'database closed']);
  });

  it('has the stages look only, and lets them ask nobody', async () => {
    await using scene = await create('a.jpg');
    await scene.dryRun({ command: 'process' });
    await scene.dryRun({ command: 'process', offline: true, skip: ['analyze'] });
    const told = scene.materials.map(({ dryRun, offline, unsearched, analyzes }) => ({ dryRun, offline, unsearched, analyzes })); // prettier-ignore
    assert.deepEqual(told, [
      { dryRun: true, offline: true, unsearched: NOT_ASKED, analyzes: true },
      { dryRun: true, offline: true, unsearched: 'offline', analyzes: false },
    ]);
  });

  it('neither writes sidecars nor asks for the NAS, though both are on', async () => {
    await using scene = await create('a.jpg');
    const asked: string[] = [];
    scene.ready = (stage) => Promise.resolve(void asked.push(stage));
    const refuse: Script = () => Promise.reject(new Error('it is run'));
    scene.script.xmp = refuse;
    scene.script.sync = refuse;
    const overrides = { 'stages.xmp': true, 'stages.sync': true };
    assert.equal(only(await scene.dryRun({ command: 'process', overrides })).kind, 'goes');
    assert.deepEqual(asked, ['scan', 'search', 'review', 'categorize']);
  });

  it('tells what would be passed over or fail, with why, and what would stay', async () => {
    await using scene = await create('a.jpg', 'b.jpg');
    await scene.put('Inbox/a.jpg.xmp', 'mine');
    const { search } = scene.script;
    scene.script.search = () => Promise.reject(new ImageError('corrupt', 'cut off in the middle'));
    const { images } = await scene.dryRun({ command: 'process' });
    assert.deepEqual(images, [
      { kind: 'skipped', source: scene.path('Inbox/a.jpg'), why: 'it has a sidecar already' },
      { kind: 'failed', source: scene.path('Inbox/b.jpg'), why: 'cut off in the middle' },
    ]);
    assert.ok(search);
    scene.script.search = search;
    await rm(scene.path('Inbox/a.jpg'));
    assert.deepEqual(only(await scene.dryRun({ command: 'process', to: 'review' })), {
      kind: 'stays',
      source: scene.path('Inbox/b.jpg'),
    });
  });

  it('tells what would be searched', async () => {
    await using scene = await create('a.jpg');
    const plan = { images: 1, byMd5: 0, byTrace: 0, byCache: 0, copies: 0, toSearch: 1 };
    const report = await scene.dryRun({ command: 'process' });
    assert.equal('search' in report, false);
    scene.parts = {
      equip: () => ({
        stages: [
          {
            id: 'scan',
            needs: [],
            concurrency: 1,
            run: (_, { lastCall }) =>
              Promise.resolve(lastCall ? { kind: 'skipped', why: NOT_ASKED } : { kind: 'put-off', detail: '' }),
            plan: () => Promise.resolve(plan),
          },
        ],
        close: () => Promise.resolve(),
      }),
    };
    scene.events.length = 0;
    assert.deepEqual((await scene.dryRun({ command: 'process' })).search, plan);
    assert.equal(
      scene.events.some(({ kind }) => kind === 'search-planned'),
      true,
      'whoever watches is told, too',
    );
  });

  it('knows what the run before has left, and does not come upon it twice', async () => {
    await using scene = await SmallEngine.create('a.jpg');
    await scene.run('process');
    onlyLook(scene);
    scene.script.search = () => Promise.reject(new Error('it is searched again'));
    scene.script.scan = () => Promise.reject(new Error('it is read again'));
    const resumed = await scene.dryRun({ command: 'resume' });
    assert.deepEqual(nameAndKind(resumed), { 'a.jpg': 'goes' });
    assert.deepEqual(nameAndKind(await scene.dryRun({ command: 'process' })), { 'a.jpg': 'goes' });
  });

  it('walks nowhere to see what a resumption would do', async () => {
    await using scene = await SmallEngine.create('a.jpg');
    await scene.run('process');
    await scene.put('Inbox/b.jpg');
    onlyLook(scene);
    assert.deepEqual(nameAndKind(await scene.dryRun({ command: 'resume' })), { 'a.jpg': 'goes' });
  });

  it('leaves out what is sorted and only waits for the NAS', async () => {
    await using scene = await SmallEngine.create('a.jpg');
    scene.script.review = () => Promise.resolve({ kind: 'skipped', why: 'nothing to ask' });
    scene.script.sync = () => Promise.resolve({ kind: 'waiting', why: 'retry', detail: 'the NAS is gone' });
    await scene.run({ command: 'process', overrides: { 'stages.sync': true } });
    assert.equal(scene.settled().at(-1)?.stages.sync?.outcome.kind, 'waiting');
    onlyLook(scene);
    assert.deepEqual((await scene.dryRun({ command: 'process' })).images, []);
    assert.deepEqual(scene.materials.at(-1)?.underWay, []);
  });

  it('leaves out what a run that was cut off has done with', async () => {
    await using scene = await SmallEngine.create('a.jpg', 'b.jpg');
    scene.script.categorize = () => Promise.resolve({ kind: 'skipped', why: 'stays' });
    scene.script.review = () => Promise.resolve({ kind: 'skipped', why: 'nothing to ask' });
    scene.finish = () => Promise.reject(BROKEN);
    await assert.rejects(scene.run('process'), BROKEN);
    onlyLook(scene);
    await scene.put('Inbox/c.jpg');
    assert.deepEqual(nameAndKind(await scene.dryRun({ command: 'process' })), { 'c.jpg': 'goes' });
    scene.finish = () => Promise.resolve();
    scene.script.review = () => Promise.resolve({ kind: 'skipped', why: 'nothing to ask' });
    scene.script.categorize = () => Promise.resolve({ kind: 'skipped', why: 'stays' });
    await scene.run('process');
    onlyLook(scene);
    const next = nameAndKind(await scene.dryRun({ command: 'process' }));
    assert.deepEqual(next, { 'a.jpg': 'goes', 'b.jpg': 'goes', 'c.jpg': 'goes' }, 'a new run begins anew');
  });

  it('counts what was decided on and is not carried out yet, and leaves it in the box', async () => {
    await using scene = await SmallEngine.create('a.jpg', 'b.jpg', 'c.jpg');
    await scene.run('process');
    onlyLook(scene);
    for (const name of ['a.jpg', 'b.jpg']) await scene.decide(name);
    const takenBack = scene.settled().find(({ image }) => basename(image.path) === 'b.jpg');
    assert.ok(takenBack);
    await scene.box.post([{ image: takenBack.image.id }]);
    const { images } = await scene.dryRun({ command: 'process' });
    assert.deepEqual(
      Object.fromEntries(images.map((image) => [basename(image.source), image.kind === 'goes' && image.open])),
      { 'a.jpg': [], 'b.jpg': ['review'], 'c.jpg': ['review'] },
    );
    assert.equal(scene.box.size, 3);
  });

  it('leaves parked offline what a run offline leaves parked', async () => {
    await using scene = await SmallEngine.create('a.jpg', 'b.jpg');
    const { search } = scene.script;
    assert.ok(search);
    scene.script.search = (state, context) =>
      basename(state.image.path) === 'a.jpg'
        ? Promise.resolve({ kind: 'waiting', why: 'quota', detail: 'tomorrow' })
        : search(state, context);
    await scene.run('process');
    onlyLook(scene);
    scene.script.search = () => Promise.resolve({ kind: 'skipped', why: 'offline' });
    const offline = await scene.dryRun({ command: 'process', offline: true });
    assert.deepEqual(nameAndKind(offline), { 'a.jpg': 'skipped', 'b.jpg': 'goes' });
    assert.ok(offline.images.some((image) => image.kind === 'skipped' && image.why.includes('waits for quota')));
    assert.deepEqual(nameAndKind(await scene.dryRun({ command: 'process' })), { 'a.jpg': 'goes', 'b.jpg': 'goes' });
  });

  it('looks at the images alone that were asked for, parked or new', async () => {
    await using scene = await SmallEngine.create('a.jpg', 'b.jpg');
    await scene.run('process');
    onlyLook(scene);
    for (const name of ['c.jpg', 'd.jpg']) await scene.put(`Inbox/${name}`);
    const only = ['a.jpg', 'c.jpg'].map((name) => scene.path('Inbox', name));
    const report = await scene.dryRun({ command: 'process', only });
    assert.deepEqual(nameAndKind(report), { 'a.jpg': 'goes', 'c.jpg': 'goes' });
  });

  it('leaves out what is no longer there', async () => {
    await using scene = await SmallEngine.create('a.jpg');
    await scene.run('process');
    await rm(scene.path('Inbox/a.jpg'));
    onlyLook(scene);
    const image = only(await scene.dryRun({ command: 'process' }));
    assert.equal(image.kind, 'skipped');
  });

  it('takes a duplicate that is on its way to the trash for one that is gone, and carries nothing on', async () => {
    await using scene = await SmallEngine.create('a.jpg');
    const from = scene.path('Inbox/a.jpg');
    const trash: FileOperation = {
      at: '2026-03-01T10:00:00.000Z',
      op: 'trash',
      from,
      to: scene.path('working/trash/a.jpg'),
    };
    scene.script.scan = async (_, context) => {
      await context.intend([trash]);
      await rename(from, scene.path('a.jpg'));
      throw BROKEN;
    };
    await assert.rejects(scene.run('process'), BROKEN);
    onlyLook(scene);
    scene.script.scan = () => Promise.reject(new Error('it is carried on'));
    assert.equal(only(await scene.dryRun({ command: 'process' })).kind, 'skipped');
    assert.equal(scene.materials.at(-1)?.underWay[0]?.intent, undefined);
  });

  it('lets one go on that is on its way into the sorted folder', async () => {
    await using scene = await SmallEngine.create('a.jpg');
    const from = scene.path('Inbox/a.jpg');
    const move: FileOperation = {
      at: '2026-03-01T10:00:00.000Z',
      op: 'move',
      from,
      to: scene.path('Sorted/Cats/a.jpg'),
    };
    scene.script.review = () => Promise.resolve({ kind: 'skipped', why: 'nothing to ask' });
    scene.script.categorize = async (_, context) => {
      await context.intend([move]);
      await rename(from, scene.path('a.jpg'));
      throw BROKEN;
    };
    await assert.rejects(scene.run('process'), BROKEN);
    onlyLook(scene);
    assert.equal(only(await scene.dryRun({ command: 'process' })).kind, 'goes');
    assert.deepEqual(scene.materials.at(-1)?.underWay[0]?.intent, { stage: 'categorize', operations: [move] });
  });

  for (const [whose, isTaken] of [
    ['ours', true],
    ['mine', false],
  ] as const) {
    it(`looks at a picture in another one’s place ${isTaken ? 'whose sidecar would be taken back' : 'only where the sidecar would go'}`, async () => {
      await using scene = await SmallEngine.create('a.jpg');
      delete scene.script.review;
      delete scene.script.categorize;
      scene.script.xmp = async ({ image }, context) => {
        await context.intend([{ at: '2026-03-01T10:00:00.000Z', op: 'write', to: `${image.path}.xmp` }]);
        await scene.put('Inbox/a.jpg.xmp', whose);
        throw BROKEN;
      };
      await assert.rejects(scene.run('process'), BROKEN);
      await scene.put('Inbox/a.jpg', 'another picture altogether');
      delete scene.script.xmp;
      onlyLook(scene);
      const { images } = await scene.dryRun({ command: 'process' });
      assert.deepEqual(images.map(({ kind }) => kind).sort(), isTaken ? ['goes', 'skipped'] : ['skipped', 'skipped']);
      assert.equal(await readFile(scene.path('Inbox/a.jpg.xmp'), 'utf8'), whose);
    });
  }

  it('looks into the sorted and the working folder no more than a run', async () => {
    await using scene = await create('a.jpg');
    await scene.put('Inbox/Sorted/b.jpg');
    await scene.put('Inbox/working/c.jpg');
    scene.parts = {
      configure: () => ({
        settings: {
          'workflow.batchSize': 1,
          'stages.search': true,
          'stages.review': true,
          'stages.categorize': true,
        } as never,
        folders: {
          inbox: scene.path('Inbox'),
          sorted: scene.path('Inbox/Sorted'),
          working: scene.path('Inbox/working'),
        },
      }),
    };
    assert.deepEqual(nameAndKind(await scene.dryRun({ command: 'process' })), { 'a.jpg': 'goes' });
  });

  it('tells what it had come to when it is stopped', async () => {
    await using scene = await create('a.jpg', 'b.jpg');
    const stop = new AbortController();
    const { categorize } = scene.script;
    assert.ok(categorize);
    scene.script.categorize = (state, context) => {
      stop.abort(new Error('stopped'));
      return categorize(state, context);
    };
    const report = await scene.dryRun({ command: 'process', overrides: { 'workflow.batchSize': 1 } }, stop.signal);
    assert.equal(report.complete, false);
    assert.deepEqual(nameAndKind(report), { 'a.jpg': 'goes' });
    scene.noted.length = 0;
    assert.deepEqual((await scene.dryRun({ command: 'process' }, stop.signal)).images, []);
    assert.equal(scene.noted.includes('catch up'), false);
  });

  it('has no more images under way at once than is set', async () => {
    await using scene = await SmallEngine.create('a.jpg', 'b.jpg', 'c.jpg');
    await scene.run('process');
    onlyLook(scene);
    let [now, most] = [0, 0];
    scene.script.review = async () => {
      most = Math.max(most, ++now);
      for (let turn = 0; turn < 100; turn++) await setImmediate();
      now--;
      return { kind: 'skipped', why: TO_REVIEW.detail };
    };
    await scene.dryRun({ command: 'resume', overrides: { 'workflow.batchSize': 1 } });
    assert.equal(most, 1);
  });

  it('leaves nothing open when a stage can’t do its work', async () => {
    await using scene = await create('a.jpg');
    scene.ready = () => Promise.reject(BROKEN);
    await assert.rejects(scene.dryRun({ command: 'process' }), BROKEN);
    assert.deepEqual(scene.noted.slice(-2), ['equipment closed', 'database closed']);
    assert.equal(
      scene.events.some(({ kind }) => kind === 'image-found'),
      false,
    );
  });
});

describe('Files for looking only', () => {
  it('can be looked at, and not be changed in any way', async () => {
    await using folder = await temporaryFolder();
    const { signal } = new AbortController();
    const [from, to] = [join(folder.path, 'a.jpg'), join(folder.path, 'b.jpg')];
    const real = new NodeFiles();
    await real.writeText(from, ['picture']);
    const files = untouchedFiles(real);
    const sha256 = sha256Of('picture');
    assert.equal((await files.stat(from))?.size, 7);
    assert.equal(await files.hash(from, signal), sha256);
    assert.equal(await files.isWritable(folder.path), true);
    const image = { ...storyOf('a.jpg').image, path: from, size: 7 };
    await assert.rejects(files.fingerprint(image, signal), ImageError, 'it is read, and is no picture');
    const changes: readonly (() => unknown)[] = [
      () => files.makeFolder(to),
      () => files.move(from, to, sha256, signal),
      () => files.copy(from, to, sha256, signal),
      () => files.linkOrCopy(from, to, sha256, signal),
      () => files.removeDouble(from, to, sha256, signal),
      () => files.removeOneName(from),
      () => files.removeIfSame(from, sha256, signal),
      () => files.writeText(from, ['changed']),
    ];
    for (const change of changes) await assert.rejects(async () => change(), /touches no file/);
    assert.deepEqual(await readdir(folder.path), ['a.jpg']);
    assert.equal(await readFile(from, 'utf8'), 'picture');
  });
});
