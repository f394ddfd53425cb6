/** Prints what 100,000 movements cost: node test/adapters/sqljs/measurePreferences.ts */
import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { SqljsStore } from '../../../src/adapters/sqljs/sqljsStore.ts';
import { featuresOf } from '../../../src/core/learning/features.ts';
import { Learner } from '../../../src/core/learning/learner.ts';
import { CATEGORIES, Collector } from '../../core/learning/collector.ts';
import { HandClock } from '../../core/learning/handClock.ts';
import { CollectedLog } from '../support/collectedLog.ts';
import { hashOfNumber } from '../support/hashOfNumber.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const MOVEMENTS = 100_000;
const ASKED = 1000;
const wasm = createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm');

await using folder = await temporaryFolder();
const file = join(folder.path, 'image-inbox.db');
const open = (): Promise<SqljsStore> => SqljsStore.open({ file, wasm, log: new CollectedLog() });
const show = (what: string, value: string): void => console.log(`${what.padEnd(44)}${value}`);
const allowed = new Set<string>(CATEGORIES);

function timed(work: () => void): number {
  const began = performance.now();
  work();
  return performance.now() - began;
}

function summary(times: number[]): string {
  times.sort((a, b) => a - b);
  const at = (share: number): string => (times[Math.floor(share * (times.length - 1))] ?? 0).toFixed(3);
  return `median ${at(0.5)} ms, 99 of 100 below ${at(0.99)} ms`;
}

const collector = new Collector({ seed: 1 });
const clock = new HandClock(Date.UTC(2026, 0, 1));
const first = await open();
const learner = new Learner(first.preferences, clock);
let n = 0;
/** @returns milliseconds of the learning alone */
const correct = (): number => {
  clock.time += 60_000;
  const { facts, to } = collector.next();
  const features = featuresOf(facts);
  const image = hashOfNumber(n);
  first.rememberSorted({ sha256: image, path: `/sorted/${to}/${n}.jpg`, source: `/inbox/${n}.jpg`, at: n }, features);
  n++;
  return timed(() => learner.correct({ image, at: clock.time, by: 'tree', name: `${randomUUID()}.jpg`, to, features }));
};
while (n < MOVEMENTS) correct();
show('one more correction', summary(Array.from({ length: ASKED }, correct)));
const began = performance.now();
await first.checkpoint({ journal: 1, offset: 1 });
show('a checkpoint', `${(performance.now() - began).toFixed(0)} ms`);
first.close();
show('the database', `${((await stat(file)).size / 1e6).toFixed(1)} MB`);

const starts: number[] = [];
for (let i = 0; i < 5; i++) {
  const start = performance.now();
  (await open()).close();
  starts.push(performance.now() - start);
}
show('start-up', summary(starts));
const store = await open();
const reader = new Learner(store.preferences, clock);
const asked = Array.from({ length: ASKED }, () => featuresOf(collector.next().facts));
show('a suggestion', summary(asked.map((features) => timed(() => void reader.predict(features, allowed)))));
store.close();
