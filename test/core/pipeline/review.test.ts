import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { NodeRunLocks } from '../../../src/adapters/files/runLock.ts';
import type { ImageState } from '../../../src/core/model/imageState.ts';
import { sampleInbox } from '../../services/samplePosts.ts';
import { assertAddsUp, contents, filesBelow, Workspace } from '../../cli/commandLine.ts';
import { Sitting } from './sitting.ts';

const manifests = (workspace: Workspace): string[] =>
  filesBelow(workspace.sorted).filter((name) => name.startsWith('manifest_'));

/** What is known of an image, but for how long each stage took. */
const untimed = ({ stages, ...state }: ImageState): object => ({
  ...state,
  stages: Object.fromEntries(Object.entries(stages).map(([stage, { outcome }]) => [stage, outcome])),
});

describe('A review', () => {
  let workspace: Workspace;
  let originals: Map<string, number>;
  let sitting: Sitting;
  beforeEach(async () => {
    workspace = await Workspace.create({
      samples: false,
      settings: {
        'imageInbox.stages.analyze': false,
        'imageInbox.search.providers': ['iqdb'],
        'imageInbox.directories.nas': '',
      },
    });
    for (const name of ['downloads/mika_rooftop.png', 'downloads/2024 夏/librarian.webp'])
      copyFileSync(join(sampleInbox, name), join(workspace.inbox, basename(name)));
    originals = contents(workspace.inbox);
    sitting = await Sitting.begin(workspace);
    const report = await sitting.composition.engine.run({ command: 'process' }, new AbortController().signal);
    assert.equal(
      report?.statistics.awaitingReview,
      2,
      JSON.stringify(workspace.manifest().images.map((i) => i.stages)),
    );
    sitting.events.length = 0;
  });
  afterEach(async () => {
    await sitting.session.abort();
    await workspace[Symbol.asyncDispose]();
  });

  it('carries out each decision at once, and makes one run and one manifest of all of them', async () => {
    const [mika, moon] = [await sitting.image('mika_rooftop.png'), await sitting.image('librarian.webp')];
    await sitting.approve(mika);
    await sitting.settled(mika.image.id);
    assert.ok(
      existsSync(join(workspace.sorted, 'Anime/Characters/mika_rooftop.png.xmp')),
      'sorted before the next one',
    );
    assert.equal(manifests(workspace).length, 1, 'of the run before');
    await sitting.session.decide(new Map([[moon.image.id, { decision: 'rejected', tags: { general: [], character: [], copyright: [], artist: [], meta: [] } }]])); // prettier-ignore
    await sitting.settled(moon.image.id);
    const report = await sitting.session.close();
    assert.equal(report?.outcome, 'completed');
    assert.equal(manifests(workspace).length, 2);
    const manifest = workspace.manifest();
    assertAddsUp(manifest);
    assert.equal(manifest.statistics['processed'], 2);
    assert.equal(sitting.events.filter((e) => e.kind === 'run-started').length, 1);
    assert.deepEqual(contents(workspace.inbox, workspace.sorted), originals);
  });

  it('gives the lock back when it is asked to, and goes on with the same run', async () => {
    const [mika, moon] = [await sitting.image('mika_rooftop.png'), await sitting.image('librarian.webp')];
    await sitting.approve(mika);
    await sitting.session.yieldLock();
    assert.deepEqual(sitting.fates(mika.image.id), ['processed']);
    const lock = await new NodeRunLocks(join(workspace.dir, '.image-inbox')).acquire('test');
    await lock.release();
    await sitting.approve(moon);
    await sitting.settled(moon.image.id);
    await sitting.session.close();
    const runs = sitting.events.flatMap((e) => (e.kind === 'run-started' ? [e.runId] : []));
    assert.equal(runs.length, 2);
    assert.equal(runs[0], runs[1]);
    assert.equal(manifests(workspace).length, 2);
    assert.equal(workspace.manifest().statistics['processed'], 2);
  });

  it('takes a decision back that was carried out: the image is in the inbox again, without a sidecar, and waits', async () => {
    const mika = await sitting.image('mika_rooftop.png');
    const chosen = { decision: 'edited', tags: { general: ['typed'], character: [], copyright: [], artist: [], meta: [] }, category: 'Chosen/Here' } as const; // prettier-ignore
    await sitting.session.decide(new Map([[mika.image.id, chosen]]));
    await sitting.settled(mika.image.id);
    assert.ok(existsSync(join(workspace.sorted, 'Chosen/Here/mika_rooftop.png')));
    await sitting.session.takeBack([mika.image.id]);
    await sitting.settled(mika.image.id, 2);
    assert.ok(existsSync(mika.image.path));
    assert.ok(!existsSync(`${mika.image.path}.xmp`));
    assert.ok(!existsSync(join(workspace.sorted, 'Chosen')), 'the folder that the run made is gone');
    assert.deepEqual(
      untimed(await sitting.image('mika_rooftop.png')),
      untimed(mika),
      'it waits as it did before, however long it took to find that out again',
    );

    await sitting.approve(mika);
    await sitting.settled(mika.image.id, 3);
    await sitting.session.close();
    // while a run is on the database lags behind it
    assert.equal((await sitting.composition.preferences.stats(1)).corrections, 0, 'what was chosen is not learned');
    const manifest = workspace.manifest();
    assertAddsUp(manifest);
    assert.equal(manifest.statistics['processed'], 1);
    assert.equal(manifest.images.filter(({ source }) => source === mika.image.path).length, 1);
    assert.deepEqual(contents(workspace.inbox, workspace.sorted), originals);
  });

  it('says so when a decision can’t be taken back', async () => {
    const mika = await sitting.image('mika_rooftop.png');
    await sitting.approve(mika);
    await sitting.settled(mika.image.id);
    const sidecar = join(workspace.sorted, 'Anime/Characters/mika_rooftop.png.xmp');
    writeFileSync(sidecar, `${readFileSync(sidecar, 'utf8')}\n<!-- mine -->`);
    await sitting.session.takeBack([mika.image.id]);
    await sitting.until(() => sitting.events.some((e) => e.kind === 'decision-stays'));
    assert.match(readFileSync(sidecar, 'utf8'), /<!-- mine -->/);
    assert.ok(!existsSync(mika.image.path));
  });

  it('keeps what is decided while another process holds the lock, tells who holds it, and carries it out afterwards', async () => {
    const mika = await sitting.image('mika_rooftop.png');
    const lock = await new NodeRunLocks(join(workspace.dir, '.image-inbox')).acquire('sync');
    await sitting.approve(mika);
    await sitting.until(() => sitting.states.some((s) => s.kind === 'held'));
    const held = sitting.states.find((s) => s.kind === 'held');
    assert.match(held?.by.message ?? '', /sync, process \d+/);
    const left = await sitting.composition.waiting();
    assert.ok(!left.some(({ image }) => image.id === mika.image.id), 'it is not asked about again');
    assert.equal(await sitting.session.close(), undefined);
    await lock.release();

    const report = await sitting.composition.engine.run({ command: 'resume' }, new AbortController().signal);
    assert.equal(report?.statistics.processed, 1);
    assert.ok(existsSync(join(workspace.sorted, 'Anime/Characters/mika_rooftop.png.xmp')));
    assert.deepEqual(readdirSync(join(workspace.dir, '.image-inbox/decisions')), []);
  });

  it('is gone on with by the next run when it was killed after a decision was kept', async () => {
    const mika = await sitting.image('mika_rooftop.png');
    // a decision, and nobody there any more to carry it out
    await sitting.composition.decisions.post([{ image: mika.image.id, decision: { decision: 'approved', tags: { general: ['kept'], character: [], copyright: [], artist: [], meta: [] } } }]); // prettier-ignore
    const again = await Sitting.begin(workspace);
    again.session.deliver();
    await again.settled(mika.image.id);
    await again.session.close();
    assert.equal(workspace.manifest().statistics['processed'], 1);
  });

  it('goes into a run that is on elsewhere, and both know', async () => {
    const [mika, librarian] = [await sitting.image('mika_rooftop.png'), await sitting.image('librarian.webp')];
    await sitting.approve(mika);
    await sitting.until(() => sitting.events.some((e) => e.kind === 'review-idle'));
    // the first one holds the lock now, and waits for more
    const other = await Sitting.begin(workspace);
    await other.approve(librarian);
    await sitting.settled(librarian.image.id);
    assert.deepEqual(sitting.fates(librarian.image.id), ['processed']);
    assert.deepEqual(other.events, []);
    assert.equal(await other.session.close(), undefined);
    await sitting.session.close();
    assert.equal(workspace.manifest().statistics['processed'], 2);
  });

  it('leaves an interrupted run to be resumed, and its walk with it', async () => {
    copyFileSync(join(sampleInbox, 'blink.gif'), join(workspace.inbox, 'blink.gif'));
    const stopped = AbortSignal.abort(new Error('stopped'));
    const run = await sitting.composition.engine.run({ command: 'process' }, stopped);
    assert.equal(run?.outcome, 'interrupted');
    const mika = await sitting.image('mika_rooftop.png');
    await sitting.approve(mika);
    await sitting.settled(mika.image.id);
    const report = await sitting.session.close();
    assert.equal(report?.outcome, 'interrupted', 'the run is what it was');
    const resumed = await sitting.composition.engine.run({ command: 'resume' }, new AbortController().signal);
    assert.equal(resumed?.outcome, 'completed');
    assert.equal(resumed.statistics.total, 3);
    assert.equal(resumed.statistics.awaitingReview, 2);
  });
});
