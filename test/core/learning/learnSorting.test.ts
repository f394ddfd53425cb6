import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { SqljsStore } from '../../../src/adapters/sqljs/sqljsStore.ts';
import { Learner } from '../../../src/core/learning/learner.ts';
import { forgetSorting, learnSorting } from '../../../src/core/learning/learnSorting.ts';
import type { Analysis } from '../../../src/core/model/analysis.ts';
import type { ImageState } from '../../../src/core/model/imageState.ts';
import type { CategorizeResult } from '../../../src/core/model/stageResults.ts';
import { BACKGROUND } from '../../../src/core/learning/counts.ts';
import { CollectedLog } from '../../adapters/support/collectedLog.ts';
import { temporaryFolder } from '../../adapters/support/temporaryFolder.ts';
import { AT, moved, storyOf } from '../journal/story.ts';

const wasm = createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm');
const { image, sha256 } = storyOf('a 猫.jpg');
const state: ImageState = {
  image,
  stages: { scan: { outcome: { kind: 'done', result: { sha256, md5: '', format: 'jpeg' } }, ms: 1 } },
  operations: [moved(image.path, '/out/Cats/a.jpg')],
};
const byRule: CategorizeResult = {
  suggested: 'Cats',
  learned: false,
  final: 'Cats',
  because: 'a rule',
  destination: '/out/Cats/a.jpg',
};
const chosen: CategorizeResult = { ...byRule, suggested: 'Photos', chosen: true, because: 'you chose it' };

describe('an image that was sorted', () => {
  let store: SqljsStore;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeEach(async () => {
    folder = await temporaryFolder();
    store = await SqljsStore.open({ file: join(folder.path, 'db'), wasm, log: new CollectedLog() });
  });
  afterEach(async () => {
    store.close();
    await folder[Symbol.asyncDispose]();
  });

  const seen = (): number => store.preferences.categories().find((c) => c.category === BACKGROUND)?.images ?? 0;

  it('is known by where it is, where it came from and what it looked like, and no correction', () => {
    learnSorting(state, byRule, store);
    assert.deepEqual(store.sortedFiles(sha256), [
      { sha256, path: byRule.destination, source: image.path, at: image.mtimeMs },
    ]);
    assert.deepEqual(store.sortedFeatures(sha256), ['site:none']);
    assert.deepEqual([...store.preferences.corrections()], []);
    assert.equal(store.preferences.placement(sha256), undefined);
  });

  it('counts once, however often it is told', () => {
    const learned = { ...byRule, learned: true, confidence: 0.9 };
    new Learner(store.preferences, { now: () => Date.parse(AT) }).correct({ image: storyOf('b').sha256, at: 1e12, by: 'tree', name: '', to: 'Cats', features: ['site:none'] }); // prettier-ignore
    learnSorting(state, learned, store);
    assert.equal(seen(), 1);
    const losses = [...store.preferences.losses()];
    learnSorting(state, learned, store);
    assert.equal(seen(), 1);
    assert.deepEqual(store.preferences.losses(), losses);
    const { at, category, confidence } = store.preferences.placement(sha256) ?? {};
    assert.deepEqual([at, category, confidence], [Date.parse(AT), 'Cats', 0.9]);
    const learner = new Learner(store.preferences, { now: () => Date.parse(AT) + 1000 });
    learner.correct({ image: sha256, at: Date.parse(AT) + 1000, by: 'tree', name: '', to: 'Dogs', features: [] });
    learnSorting(state, learned, store);
    assert.ok(store.preferences.placement(sha256)?.wrong, 'the person has objected since');
  });

  it('counts once also where its sorting is taken back and it is sorted again, to try other rules', () => {
    for (let time = 0; time < 3; time++) {
      learnSorting(state, byRule, store);
      if (time === 1) forgetSorting(state, byRule, store);
      // as the undo of a whole run does
      else store.forgetSorted(sha256, byRule.destination);
      assert.deepEqual([...store.sortedFiles(sha256), ...store.allSorted(), ...store.sortedPaths()], []);
    }
    learnSorting(state, byRule, store);
    assert.equal(seen(), 1);
    assert.deepEqual([...store.sortedPaths()], [byRule.destination]);
  });

  it('is no placement of the learner where that was not sure enough', () => {
    learnSorting(state, { ...byRule, confidence: 0.4 }, store);
    assert.equal(store.preferences.placement(sha256), undefined);
  });

  it('counts by all that is known of it', () => {
    const analysis = { style: 'drawing', persons: [] } as unknown as Analysis;
    const analyze = { outcome: { kind: 'done', result: analysis }, ms: 1 } as const;
    learnSorting({ ...state, stages: { ...state.stages, analyze } }, byRule, store);
    assert.deepEqual(store.sortedFeatures(sha256), ['style:drawing', 'persons:0', 'site:none']);
  });

  it('is a correction where a person chose its category, until the sorting is taken back', () => {
    learnSorting(state, chosen, store);
    const { by, from, to, name, at } = store.preferences.correction(sha256) ?? {};
    assert.deepEqual([by, from, to, name, at], ['review', 'Photos', 'Cats', 'a 猫.jpg', Date.parse(AT)]);
    forgetSorting(state, chosen, store);
    assert.deepEqual(store.sortedFiles(sha256), []);
    assert.equal(store.preferences.correction(sha256), undefined);
    assert.ok(!store.preferences.categories().some(({ category }) => category === 'Cats'));
  });

  it('stays a correction, when its sorting is taken back, where the person has said another thing since', () => {
    learnSorting(state, chosen, store);
    const learner = new Learner(store.preferences, { now: () => Date.parse(AT) + 1000 });
    learner.correct({
      image: sha256,
      at: Date.parse(AT) + 1000,
      by: 'explorer',
      name: 'a.jpg',
      to: 'Dogs',
      features: [],
    });
    forgetSorting(state, chosen, store);
    assert.equal(store.preferences.correction(sha256)?.to, 'Dogs');
    forgetSorting(state, { ...chosen, final: 'Dogs' }, store);
    assert.equal(store.preferences.correction(sha256)?.to, 'Dogs', 'it was moved by hand');
    learnSorting(
      { ...state, operations: [{ ...moved('/in', '/out'), at: '2026-01-03T00:00:00.000Z' }] },
      chosen,
      store,
    );
    forgetSorting(state, { ...chosen, final: 'Birds' }, store);
    assert.equal(store.preferences.correction(sha256)?.to, 'Cats', 'what is taken back is an older choice');
  });

  it('is nothing to learn from where its bytes or the time are not known', () => {
    learnSorting({ ...state, stages: {} }, chosen, store);
    learnSorting({ ...state, operations: [] }, chosen, store);
    forgetSorting({ ...state, stages: {} }, chosen, store);
    assert.deepEqual([...store.allSorted()], []);
    assert.deepEqual([...store.preferences.corrections()], []);
  });
});
