import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { NodeFiles } from '../../../src/adapters/files/nodeFiles.ts';
import { NodeJournalFolder } from '../../../src/adapters/files/nodeJournal.ts';
import { NodeManifests } from '../../../src/adapters/files/nodeManifests.ts';
import type { JournalEvent, RunPlan } from '../../../src/core/journal/events.ts';
import { Journal } from '../../../src/core/journal/journal.ts';
import { replay } from '../../../src/core/journal/replay.ts';
import { ImageError } from '../../../src/core/model/failure.ts';
import { finishRun, type RunReport } from '../../../src/core/pipeline/finishRun.ts';
import type { Store } from '../../../src/core/ports/store.ts';
import { reportName } from '../../../src/core/report/manifest.ts';
import { resolveSettings } from '../../../src/core/settings/resolveSettings.ts';
import { readManifest } from '../../../src/core/undo/runManifest.ts';
import { collect } from '../../adapters/support/collect.ts';
import { SimulatedClock } from '../../adapters/support/simulatedClock.ts';
import { temporaryFolder } from '../../adapters/support/temporaryFolder.ts';
import { started, storyOf } from '../journal/story.ts';
import { PLAN } from './found.ts';

const [a, b] = [storyOf('a.jpg'), storyOf('b.jpg')];
const timeAt = (...time: readonly [number, number, number]): number => new Date(2026, 2, 4, ...time).getTime();
const nameAt = (...time: readonly [number, number, number]): string =>
  reportName('manifest', new Date(timeAt(...time)));
const NOON = timeAt(12, 0, 0);

/** A run in a temporary folder with these events behind it, which is to be ended. */
async function scene(events: readonly JournalEvent[] = [], plan: Partial<RunPlan> = {}) {
  const folder = await temporaryFolder();
  const [working, sorted] = [join(folder.path, 'working'), join(folder.path, 'Sorted')];
  await mkdir(working);
  const journals = new NodeJournalFolder(working);
  const journal = new Journal(await journals.create([]));
  for (const event of [{ ...started, plan: { ...PLAN, sorted, ...plan } } as JournalEvent, ...events])
    await journal.append(event);
  const run = await replay(journal);
  assert.ok(run);
  journal.follow(run.digest);
  const written: object[] = [];
  const store = {
    checkpoint: (position: object) => {
      written.push(position);
      return Promise.resolve();
    },
  } as unknown as Store;
  const configuration = { settings: resolveSettings({}), folders: { inbox: '/in', sorted, working } };
  return {
    sorted,
    working,
    journal,
    written,
    reports: async () => (await readdir(sorted)).sort(),
    finish: (at = NOON, outcome: RunReport['outcome'] = 'completed'): Promise<RunReport> =>
      finishRun(
        { files: new NodeFiles(), clock: new SimulatedClock(at), manifestsIn: (path) => new NodeManifests(path) },
        { journal, store, run, configuration, outcome },
      ),
    events: async () => (await collect(journal.events())).map(({ event }) => event),
    async [Symbol.asyncDispose]() {
      await journal.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}

describe('The end of a run', () => {
  it('leaves a manifest of all that the journal tells, in a sorted folder that need not be there yet', async () => {
    await using s = await scene([a.found, a.scanned, a.settled('processed'), b.found, b.scanned, b.waits('review')]);
    const report = await s.finish(NOON, 'interrupted');
    assert.equal(report.manifest, join(s.sorted, nameAt(12, 0, 0)));
    const manifest = JSON.parse(await readFile(report.manifest, 'utf8')) as Record<string, unknown>;
    const { runId, startedAt, endedAt, outcome, statistics, images } = manifest;
    assert.deepEqual(
      { runId, startedAt, endedAt, outcome },
      {
        runId: 'a run',
        startedAt: '2026-01-01T00:00:00.000Z',
        endedAt: new Date(NOON).toISOString(),
        outcome: 'interrupted',
      },
    );
    assert.deepEqual(statistics, JSON.parse(JSON.stringify(report.statistics)));
    assert.equal(report.statistics.total, 2);
    assert.deepEqual(
      (images as { source: string }[]).map(({ source }) => source),
      ['/in/a.jpg', '/in/b.jpg'],
    );
    assert.equal((manifest['configuration'] as Record<string, unknown>)['workflow.batchSize'], resolveSettings({})['workflow.batchSize']); // prettier-ignore
  });

  it('is in the journal with where the reports are, and then in the database', async () => {
    await using s = await scene();
    const { manifest } = await s.finish();
    assert.deepEqual((await s.events()).at(-1), {
      kind: 'run-ended',
      at: new Date(NOON).toISOString(),
      outcome: 'completed',
      manifest,
    });
    assert.deepEqual(s.written, [s.journal.position]);
  });

  it('is not in the journal when the manifest can’t be written, so that it comes later', async () => {
    await using s = await scene();
    await writeFile(s.sorted, 'no folder');
    await assert.rejects(s.finish(), ImageError);
    assert.equal(
      (await s.events()).some(({ kind }) => kind === 'run-ended'),
      false,
    );
    assert.deepEqual(s.written, []);
  });

  it('leaves an error report where something failed, and none where nothing did', async () => {
    const error = { reason: 'corrupt', message: 'cut off in the middle', attempts: 1 } as const;
    await using s = await scene([
      a.found,
      a.scanned,
      a.ended('analyze', { kind: 'failed', error }),
      a.settled('failed'),
    ]);
    const report = await s.finish();
    assert.ok(report.errorReport);
    const text = await readFile(report.errorReport, 'utf8');
    assert.match(text, /\/in\/a\.jpg/);
    assert.match(text, /cut off in the middle/);
    assert.equal(
      (await s.events()).some((e) => e.kind === 'run-ended' && e.errorReport === report.errorReport),
      true,
    );
    await using clean = await scene([a.found, a.scanned, a.settled('processed')]);
    assert.equal('errorReport' in (await clean.finish()), false);
    assert.deepEqual(await clean.reports(), [nameAt(12, 0, 0)]);
  });

  it('overwrites no error report', async () => {
    const error = { reason: 'corrupt', message: 'cut off', attempts: 1 } as const;
    await using s = await scene([
      a.found,
      a.scanned,
      a.ended('analyze', { kind: 'failed', error }),
      a.settled('failed'),
    ]);
    await mkdir(s.sorted);
    const taken = [0, 1].map((second) => join(s.sorted, reportName('errors', new Date(NOON + second * 1000))));
    for (const path of taken) await writeFile(path, 'mine');
    const { errorReport } = await s.finish();
    assert.equal(errorReport, join(s.sorted, reportName('errors', new Date(NOON + 2000))));
    for (const path of taken) assert.equal(await readFile(path, 'utf8'), 'mine');
  });

  const THERE: readonly (readonly [string, readonly [number, number, number]])[] = [
    ['in the same second', [12, 0, 0]],
    ['at a later time, by a clock that has been set back since', [12, 59, 59]],
  ];
  for (const [what, there] of THERE) {
    it(`gets a manifest that comes behind the last one that was written ${what}`, async () => {
      await using s = await scene();
      await mkdir(s.sorted);
      const last = join(s.sorted, nameAt(...there));
      await writeFile(last, 'before');
      const { manifest } = await s.finish();
      assert.ok(basename(manifest) > basename(last), basename(manifest));
      assert.equal(await new NodeManifests(s.sorted).latest(), manifest);
      assert.equal(await readFile(last, 'utf8'), 'before');
      const next = timeAt(...there) + 1000;
      assert.equal(basename(manifest), reportName('manifest', new Date(next)), 'the next second');
    });
  }

  it('gets its manifest by its own time beside files that only look like one, which are no run’s', async () => {
    await using s = await scene();
    await mkdir(s.sorted);
    const byHand = [
      '99999999_999999',
      '20261301_000000',
      '20260132_000000',
      '20260101_240000',
      '20260101_006000',
      '99991231_235959',
    ];
    for (const stamp of byHand) await writeFile(join(s.sorted, `manifest_${stamp}.json`), 'mine');
    const { manifest } = await s.finish();
    assert.equal(manifest, join(s.sorted, nameAt(12, 0, 0)));
    assert.deepEqual(await new NodeManifests(s.sorted).all(), [manifest]);
    for (const stamp of byHand) assert.equal(await readFile(join(s.sorted, `manifest_${stamp}.json`), 'utf8'), 'mine');
  });

  it('overwrites nothing that has the name of its manifest, whatever it is', async () => {
    await using s = await scene();
    const [taken, last] = ['30000101_000000', '29991231_235959'].map((time) => join(s.sorted, `manifest_${time}.json`));
    assert.ok(taken && last);
    await mkdir(s.sorted);
    for (const path of [taken, last]) await writeFile(path, 'mine');
    const { manifest } = await s.finish();
    assert.equal(basename(manifest), 'manifest_30000101_000001.json');
    for (const path of [taken, last]) assert.equal(await readFile(path, 'utf8'), 'mine');
  });

  it('tells when it was, whatever the manifest’s name is', async () => {
    await using s = await scene();
    await mkdir(s.sorted);
    await writeFile(join(s.sorted, nameAt(13, 0, 0)), 'before');
    const { manifest } = await s.finish();
    const { endedAt } = JSON.parse(await readFile(manifest, 'utf8')) as { endedAt: string };
    assert.equal(endedAt, new Date(NOON).toISOString());
  });

  it('names the other folders that its images came from, without which an undo would not put them back', async () => {
    const inboxesOfManifest = async (plan: Partial<RunPlan>): Promise<readonly string[] | undefined> => {
      await using s = await scene([], plan);
      const { manifest } = await s.finish();
      return readManifest(await readFile(manifest, 'utf8')).configuration.folders.inboxes;
    };
    assert.deepEqual(await inboxesOfManifest({ inboxes: ['/in', '/other', '/third'] }), ['/other', '/third']);
    assert.deepEqual(await inboxesOfManifest({ inbox: '/before' }), ['/before']);
    assert.equal(await inboxesOfManifest({ inboxes: ['/in'] }), undefined);
  });
});
