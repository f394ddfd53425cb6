import assert from 'node:assert/strict';
import { goneHere, planDeletion } from '../../../src/core/sync/planDeletion.ts';
import type { There } from '../../../src/core/sync/syncEngine.ts';
import type { SyncRecord } from '../../../src/core/sync/syncRecords.ts';

const FACTS = { size: 5, mtimeMs: 1_600_000_000_000 };
const record = (place: string, change: Partial<SyncRecord> = {}): SyncRecord => ({
  place,
  state: 'held',
  ours: true,
  here: FACTS,
  there: FACTS,
  ...change,
});
const names = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, i) => `${from + i}.jpg`);
const there = (places: readonly string[]): ReadonlyMap<string, There> =>
  new Map(places.map((place) => [place, { kind: 'file', ...FACTS }]));

describe('The plan of what is removed from the NAS', () => {
  it('has what we put there and is gone here, with its bytes', () => {
    const records = names(0, 10).map((place) => record(place));
    const here = new Set(names(2, 10));
    const decision = planDeletion({ records, here, problems: 0, there: there(names(0, 2)) });
    const plan = { places: ['0.jpg', '1.jpg'], bytes: 10, kept: [], vanished: [] };
    assert.deepEqual(decision, { kind: 'planned', plan });
    assert.deepEqual(goneHere(records.reverse(), here), plan.places, 'in their order');
  });

  it('never has what we found there, or may not have put there', () => {
    const records = [
      ...names(0, 10).map((place) => record(place)),
      record('found.jpg', { ours: false }),
      record('begun.jpg', { state: 'intended' }),
    ];
    assert.deepEqual(goneHere(records, new Set(names(0, 10))), []);
  });

  it('keeps what was changed there, and forgets what is gone there, too', () => {
    const records = names(0, 10).map((place) => record(place));
    const now = new Map<string, There>([['0.jpg', { kind: 'file', size: 9, mtimeMs: FACTS.mtimeMs }]]);
    const decision = planDeletion({ records, here: new Set(names(2, 10)), problems: 0, there: now });
    assert.deepEqual(decision, {
      kind: 'planned',
      plan: { places: [], bytes: 0, kept: ['0.jpg'], vanished: ['1.jpg'] },
    });
  });

  it('keeps what is no file there by now, and what it does not know as it was left', () => {
    const unknown: SyncRecord = { place: '1.jpg', state: 'held', ours: true, here: FACTS };
    const records = [record('0.jpg'), unknown, ...names(2, 20).map((place) => record(place))];
    const now = new Map<string, There>([['0.jpg', { kind: 'other' }], ...there(['1.jpg'])]);
    const decision = planDeletion({ records, here: new Set(names(2, 20)), problems: 0, there: now });
    assert.deepEqual(decision, {
      kind: 'planned',
      plan: { places: [], bytes: 0, kept: ['0.jpg', '1.jpg'], vanished: [] },
    });
  });

  it('neither has nor forgets what can’t be looked at there', () => {
    const records = names(0, 10).map((place) => record(place));
    const now = new Map<string, There>([['0.jpg', { kind: 'unseen', why: 'it is locked' }]]);
    const decision = planDeletion({ records, here: new Set(names(1, 10)), problems: 0, there: now });
    assert.deepEqual(decision, { kind: 'planned', plan: { places: [], bytes: 0, kept: [], vanished: [] } });
  });

  it('does not take a name in other letters for another file', () => {
    const records = [record('É/A.JPG'), ...names(0, 10).map((place) => record(place))];
    const here = new Set(['E\u0301/a.jpg', ...names(0, 10)]);
    assert.deepEqual(goneHere(records, here), []);
  });

  it('refuses to remove more than a fifth at once', () => {
    const records = names(0, 100).map((place) => record(place));
    const ask = (gone: number) =>
      planDeletion({ records, here: new Set(names(gone, 100)), problems: 0, there: there(names(0, gone)) });
    assert.equal(ask(20).kind, 'planned');
    const refused = ask(21);
    assert.deepEqual(refused, {
      kind: 'refused',
      why: '21 of the 100 files that were put on the NAS would go, more than 20 % of them',
    });
  });

  it('counts for that only what we put there', () => {
    const others = names(10, 100).flatMap((place) => [
      record(place, { ours: false }),
      record(`begun ${place}`, { state: 'intended' }),
    ]);
    const records = [...names(0, 10).map((place) => record(place)), ...others];
    const ask = (gone: number) =>
      planDeletion({ records, here: new Set(names(gone, 100)), problems: 0, there: there(names(0, gone)) });
    assert.equal(ask(2).kind, 'planned');
    assert.equal(ask(3).kind, 'refused');
  });

  it('refuses nothing when nothing would go', () => {
    const records = names(0, 10).map((place) => record(place));
    const nothing = { kind: 'planned', plan: { places: [], bytes: 0, kept: [], vanished: [] } };
    assert.deepEqual(planDeletion({ records, here: new Set(names(0, 10)), problems: 3, there: new Map() }), nothing);
    assert.deepEqual(planDeletion({ records: [], here: new Set(), problems: 0, there: new Map() }), nothing);
  });

  it('refuses when the sorted folder is empty, or could not be seen as a whole', () => {
    const records = names(0, 100).map((place) => record(place));
    const empty = planDeletion({ records, here: new Set(), problems: 0, there: there(names(0, 100)) });
    assert.ok(empty.kind === 'refused' && empty.why.includes('mounted'));
    const partly = planDeletion({ records, here: new Set(names(1, 100)), problems: 1, there: there(names(0, 1)) });
    assert.ok(partly.kind === 'refused' && partly.why.startsWith('1 of the files'));
  });
});
