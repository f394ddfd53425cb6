import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { SqljsStore } from '../../../src/adapters/sqljs/sqljsStore.ts';
import type { Correction } from '../../../src/core/learning/correction.ts';
import { Learner } from '../../../src/core/learning/learner.ts';
import { HandClock } from '../../core/learning/handClock.ts';
import { MemoryPreferences } from '../../core/learning/memoryPreferences.ts';
import { randomFrom } from '../../core/learning/random.ts';
import { CollectedLog } from '../support/collectedLog.ts';
import { hashOfNumber } from '../support/hashOfNumber.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const wasm = createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm');
const openStore = (folder: string): Promise<SqljsStore> =>
  SqljsStore.open({ file: join(folder, 'image-inbox.db'), wasm, log: new CollectedLog() });

const DAY = 86_400_000;
const ALLOWED = new Set(['A', 'B', 'A/sub', 'Ünïcode 猫']);
const CATEGORIES = [...ALLOWED];

/** Whatever may be done to preferences, done to two at once. */
class Twins {
  private readonly clock = new HandClock(Date.UTC(2026, 0, 1));
  readonly memory = new MemoryPreferences();
  private readonly random = randomFrom(5);
  private learners: readonly Learner[] = [];

  use(store: SqljsStore): void {
    this.learners = [this.memory, store.preferences].map((preferences) => new Learner(preferences, this.clock));
  }

  act(): void {
    const below = (n: number): number => Math.floor(this.random() * n);
    this.clock.time += below(40) * DAY;
    const features = [...new Set(Array.from({ length: 6 }, () => `tag:"t${below(40)}" 猫`))];
    const image = hashOfNumber(below(80));
    const to = CATEGORIES[below(4)] ?? 'A';
    const kind = this.random();
    const others: Correction[] = [1, 2, 3].map((n) => ({
      image: hashOfNumber(n * 7),
      at: this.clock.time - n,
      revised: this.clock.time,
      by: 'tree',
      name: 'x.jpg',
      from: 'B',
      to,
      features,
      losses: [1, 2, 3, 4, 5, 6],
    }));
    for (const learner of this.learners) {
      if (kind < 0.5) learner.correct({ image, at: this.clock.time, by: 'explorer', name: 'a "b".jpg', to, features });
      else if (kind < 0.6) learner.see(features);
      else if (kind < 0.7) {
        const prediction = learner.predict(features, ALLOWED);
        if (prediction) learner.placed(image, features, prediction);
      } else if (kind < 0.8) learner.switchCorrection(image, kind < 0.75);
      else if (kind < 0.9) learner.forget(image);
      else if (kind < 0.94) learner.rename('A', 'B');
      else if (kind < 0.98) learner.merge(others);
      else if (kind < 0.99) learner.replace(others);
      else learner.reset();
    }
  }
}

function snapshot(of: MemoryPreferences | SqljsStore['preferences']): unknown {
  const features = Array.from({ length: 40 }, (_, n) => `tag:"t${n}" 猫`);
  return {
    rows: [...of.categories(), ...of.weights(features)].map((row) => JSON.stringify(row)).sort(),
    seen: of.seen(),
    losses: of.losses().map((n) => n || 0),
    corrections: [...of.corrections()].map((c) => JSON.stringify(Object.entries(c).sort())).sort(),
    placements: of.placements(1000).map((p) => JSON.stringify(p)).sort(),
  }; // prettier-ignore
}

describe('the preferences in the database', () => {
  it('are what preferences in memory are, after whatever was done, also when the database was closed in between', async () => {
    await using folder = await temporaryFolder();
    const twins = new Twins();
    let store = await openStore(folder.path);
    for (let round = 0; round < 6; round++) {
      twins.use(store);
      for (let i = 0; i < 80; i++) twins.act();
      assert.deepEqual(snapshot(store.preferences), snapshot(twins.memory), `round ${round}`);
      await store.checkpoint({ journal: 1, offset: round });
      store.close();
      store = await openStore(folder.path);
    }
    assert.deepEqual(snapshot(store.preferences), snapshot(twins.memory));
    store.close();
  });

  it('keep weights of far-off years exact', async () => {
    await using folder = await temporaryFolder();
    const store = await openStore(folder.path);
    const at = Date.UTC(2060, 0, 1);
    const learner = new Learner(store.preferences, new HandClock(at));
    const given = { at, by: 'tree', name: 'a.jpg', to: 'A', features: ['tag:x'] } as const;
    for (let n = 0; n < 50; n++) learner.correct({ ...given, image: hashOfNumber(n) });
    const [category] = store.preferences.categories();
    assert.ok(category && category.weight > 2 ** 32 && Number.isSafeInteger(category.weight));
    for (let n = 0; n < 50; n++) learner.forget(hashOfNumber(n));
    assert.deepEqual([...store.preferences.categories(), ...store.preferences.weights(['tag:x'])], []);
    store.close();
  });

  it('are as they were when a change fails half-way', async () => {
    await using folder = await temporaryFolder();
    const store = await openStore(folder.path);
    const learner = new Learner(store.preferences, new HandClock(0));
    learner.correct({ image: hashOfNumber(1), at: 1, by: 'tree', name: 'a', to: 'A', features: ['tag:x'] });
    const before = snapshot(store.preferences);
    const good: Correction = {
      image: hashOfNumber(2), at: 2, revised: 2, by: 'tree', name: 'b', to: 'B', features: ['tag:y'],
    }; // prettier-ignore
    // what no table takes
    const bad = { ...good, image: hashOfNumber(3), to: null as unknown as string };
    assert.throws(() => store.preferences.change({ clear: true, put: [good, bad] }), { name: 'FatalError' });
    assert.deepEqual(snapshot(store.preferences as never), before);

    store.preferences.change({ put: [good] });
    store.preferences.change({ put: [{ ...good, image: hashOfNumber(3), features: ['tag:z'] }] });
    await store.checkpoint({ journal: 1, offset: 1 });
    store.close();
    const again = await openStore(folder.path);
    assert.deepEqual(again.preferences.correction(hashOfNumber(2))?.features, ['tag:y']);
    assert.deepEqual(again.preferences.correction(hashOfNumber(3))?.features, ['tag:z']);
    again.close();
  });
});

describe('the files that were sorted', () => {
  it('are found by their bytes with what was known of them, wherever the user moves them', async () => {
    await using folder = await temporaryFolder();
    const store = await openStore(folder.path);
    const sha256 = hashOfNumber(1);
    const file = { sha256, path: '/s/A/猫 "1".jpg', source: '/i/猫 "1".jpg', at: 12.5 };
    const features = Array.from({ length: 300 }, (_, n) => `tag:${n}`);
    store.rememberSorted(file, features);
    store.rememberSorted({ ...file, sha256: hashOfNumber(2), path: '/s/B/2.jpg' });
    store.moveSorted(sha256, file.path, '/s/B/猫.jpg');
    assert.deepEqual(store.sortedFiles(sha256), [{ ...file, path: '/s/B/猫.jpg' }]);
    assert.deepEqual(store.sortedFeatures(sha256), features);
    assert.equal(store.sortedFeatures(hashOfNumber(2)), undefined, 'what an older version sorted');
    assert.equal([...store.allSorted()].length, 2);
    store.forgetSorted(sha256, '/s/B/猫.jpg');
    assert.deepEqual(store.sortedFiles(sha256), []);
    store.close();
  });
});
