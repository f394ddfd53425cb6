import assert from 'node:assert/strict';
import { DIFFERENT_BYTES } from '../../../src/core/sync/decideTransfer.ts';
import { cargoOf, Scales, type Located, type Sight } from '../../../src/core/sync/scales.ts';
import { Spellings } from '../../../src/core/sync/spellings.ts';
import type { SyncRecord } from '../../../src/core/sync/syncRecords.ts';
import { LATER, MemoryLibrary, never, ROOT, TIME } from './memoryNas.ts';

const HERE = { size: 5, mtimeMs: TIME };
const HOUR = 3_600_000;

const recordOf = (place: string, more: Partial<SyncRecord> = {}): SyncRecord => ({
  place, state: 'held', ours: true, here: HERE, there: HERE, ...more,
}); // prettier-ignore
const intendedOf = (place: string): SyncRecord => ({ place, state: 'intended', ours: true, here: HERE });

/** A folder with files of five bytes each at these places. */
function scene(...places: readonly string[]) {
  const l = new MemoryLibrary();
  for (const place of places) l.sorted.put(place, 'image');
  const located = (place: string): Located => {
    const { content, mtimeMs } = l.sorted.files.get(place)!;
    return { place, file: { path: `${ROOT}/${place}`, size: Buffer.byteLength(content), mtimeMs } };
  };
  const scales = () => new Scales(l.nas, l.records, l.verify, l.clock, l.changes);
  const weigh = (units: readonly (readonly string[])[], seen?: Sight) => {
    const spellings = new Spellings();
    spellings.add(units.flat());
    return scales().weigh(units.map((unit) => unit.map(located)), spellings, never, seen); // prettier-ignore
  };
  return Object.assign(l, {
    look: (...at: readonly string[]) => scales().look(at, never),
    weigh,
    /** what becomes of each of the places */
    verdicts: async (...at: readonly string[]): Promise<readonly string[]> =>
      (await weigh(at.map((place) => [place]))).flat().map(({ verdict }) => verdict.kind),
  });
}

describe('What is to be done for a file', () => {
  it('is told unit by unit, in their order', async () => {
    const s = scene('a.png', 'a.png.xmp', 'b.png', 'c.png');
    s.nas.put('a.png', 'image');
    s.nas.put('b.png', 'another size');
    const weighed = await s.weigh([['a.png.xmp', 'a.png'], [], ['b.png'], ['c.png']]);
    const told = weighed.map((unit) => unit.map(({ place, verdict }) => `${place} ${verdict.kind}`));
    assert.deepEqual(told, [['a.png.xmp copy', 'a.png unchanged'], [], ['b.png conflict'], ['c.png copy']]);
  });

  it('is known from an earlier look, and only what that did not see is looked at', async () => {
    const s = scene('a.png', 'b.png', 'c.png');
    s.nas.put('a.png', 'image');
    s.nas.put('c.png', 'image');
    const seen = await s.look('a.png', 'b.png', 'gone.png');
    const weighed = await s.weigh([['a.png', 'b.png'], ['c.png']], seen);
    assert.deepEqual(weighed.flat().map(({ verdict }) => verdict.kind), ['unchanged', 'copy', 'unchanged']); // prettier-ignore
    assert.deepEqual(s.nas.askedFor('look'), ['a.png b.png gone.png', 'c.png']);
    await s.weigh([['a.png']], seen);
    assert.equal(s.nas.askedFor('look').length, 2, 'nothing was left to look at');
    assert.deepEqual(await s.look(), { places: [], there: new Map() });
    assert.equal(s.nas.askedFor('look').length, 2);
  });

  it('depends on whether the NAS keeps times, which only its first answer tells', async () => {
    const s = scene('a.png');
    s.nas.put('a.png', 'other', LATER);
    const look = s.nas.look.bind(s.nas);
    s.nas.look = (places) => {
      s.nas.keepsTimes = false;
      return look(places);
    };
    assert.deepEqual(await s.verdicts('a.png'), ['conflict']);
    assert.deepEqual(s.nas.askedFor('same'), ['a.png']);
  });

  it('is found out by the bytes where only the time differs, and what differs is never replaced', async () => {
    const s = scene('equal.png', 'other.png', 'c.png');
    s.nas.put('equal.png', 'image', TIME + HOUR);
    s.nas.put('other.png', 'other', TIME + HOUR);
    const weighed = await s.weigh([['equal.png'], ['other.png'], ['c.png']]);
    assert.deepEqual(s.nas.askedFor('same'), ['equal.png other.png']);
    const verdicts = weighed.flat().map(({ verdict }) => verdict);
    assert.deepEqual(verdicts[0], { kind: 'unchanged', there: { kind: 'file', size: 5, mtimeMs: TIME + HOUR } });
    assert.deepEqual(verdicts[1], { kind: 'conflict', why: DIFFERENT_BYTES });
    assert.deepEqual(verdicts[2], { kind: 'copy' });
  });

  it('is found out by the bytes where times tell nothing: a size alone is no proof, and a library that is there already no conflict', async () => {
    const s = scene('equal.png', 'other.png');
    s.nas.keepsTimes = false;
    s.nas.put('equal.png', 'image', LATER);
    s.nas.put('other.png', 'other', LATER);
    assert.deepEqual(await s.verdicts('equal.png', 'other.png'), ['unchanged', 'conflict']);
    assert.deepEqual([s.records.of('equal.png')?.state, s.records.of('other.png')], ['held', undefined]);
    await s.verdicts('equal.png');
    assert.deepEqual(s.nas.askedFor('same'), ['equal.png other.png'], 'and is not read again');
  });

  it('is remembered portion by portion where much has to be compared, so that a kill takes little of it', async () => {
    const places = Array.from({ length: 2100 }, (_, i) => `${i}.png`);
    const s = scene(...places);
    s.nas.keepsTimes = false;
    for (const place of places) s.nas.put(place, 'image', LATER);
    const same = s.nas.same.bind(s.nas);
    s.nas.same = async (files) => {
      if (s.records.written.length > 0) throw new Error('killed');
      return same(files);
    };
    await assert.rejects(s.verdicts(...places), /killed/);
    assert.ok(s.records.written.length > 100);
  });

  it('says of two names that may be one on the NAS that the bytes may be those of the other', async () => {
    const s = scene('A.png', 'a.png');
    s.nas.folds = true;
    s.nas.put('a.png', 'other');
    for (const { verdict } of (await s.weigh([['A.png'], ['a.png']])).flat()) {
      assert.ok(verdict.kind === 'conflict');
      assert.match(verdict.why, /differs only by case or accents/);
    }
    assert.deepEqual(s.records.written, []);
  });

  it('is nothing after a kill when size and time are right, unless checksums are asked for', async () => {
    const s = scene('a.png', 'b.png');
    s.nas.put('a.png', 'image');
    s.nas.put('b.png', 'brokn');
    await s.records.write([intendedOf('a.png'), intendedOf('b.png')]);
    s.verify = 'checksum';
    const weighed = await s.weigh([['a.png'], ['b.png']]);
    assert.deepEqual(weighed.flat().map(({ verdict }) => verdict.kind), ['unchanged', 'update']); // prettier-ignore
    const cargo = cargoOf(weighed[1]![0]!);
    assert.deepEqual(cargo?.replaces, { kind: 'file', ...HERE });
    s.verify = 'size';
    await s.records.write([intendedOf('a.png')]);
    s.nas.asked.length = 0;
    assert.deepEqual(await s.verdicts('a.png', 'b.png'), ['unchanged', 'unchanged']);
    assert.deepEqual(s.nas.askedFor('same'), []);
  });
});

describe('What is remembered of a file that is equal on both sides', () => {
  it('is that it was there, and not by us, unless we had begun to bring it', async () => {
    const s = scene('found.png', 'begun.png', 'touched.png', 'new.png');
    for (const place of ['found.png', 'begun.png', 'touched.png']) s.nas.put(place, 'image');
    await s.records.write([intendedOf('begun.png'), recordOf('touched.png', { there: { size: 5, mtimeMs: LATER } })]);
    await s.verdicts('found.png', 'begun.png', 'touched.png', 'new.png');
    const ours = ['found.png', 'begun.png', 'touched.png', 'new.png'].map((place) => s.records.of(place)?.ours);
    assert.deepEqual(ours, [false, true, true, undefined]);
    assert.deepEqual(s.records.of('found.png')?.state, 'held');
    assert.deepEqual(s.records.of('touched.png')?.there, { kind: 'file', ...HERE });
  });

  it('is written once: not again where it is known', async () => {
    const s = scene('a.png');
    s.nas.put('a.png', 'image');
    await s.records.write([recordOf('a.png')]);
    s.records.written.length = 0;
    await s.verdicts('a.png');
    assert.deepEqual(s.records.written, []);
  });

  it('is told to the photo server where a kill came before the word to it', async () => {
    const s = scene('begun.png', 'begun.png.xmp', 'old.png.xmp', 'found.png');
    for (const place of ['begun.png', 'begun.png.xmp', 'old.png.xmp', 'found.png']) s.nas.put(place, 'image');
    const replaced = { ...intendedOf('old.png.xmp'), there: { size: 3, mtimeMs: TIME - HOUR } };
    await s.records.write([intendedOf('begun.png'), intendedOf('begun.png.xmp'), replaced]);
    await s.verdicts('begun.png.xmp', 'begun.png', 'old.png.xmp', 'found.png');
    assert.deepEqual(s.changes.list, [
      { place: 'begun.png', kind: 'sidecar-new' },
      { place: 'begun.png', kind: 'image' },
      { place: 'old.png', kind: 'sidecar-changed' },
    ]);
  });

  it('is nothing where it may be there for another file, whose name the NAS does not tell from this one’s', async () => {
    const s = scene('A.png', 'a.png');
    s.nas.folds = true;
    s.nas.put('a.png', 'image');
    assert.deepEqual(await s.verdicts('A.png', 'a.png'), ['unchanged', 'unchanged']);
    assert.deepEqual(s.records.written, []);
  });
});

describe('What is copied of a file', () => {
  it('is gone on with only if an earlier run began with exactly this one', async () => {
    const s = scene('a.png', 'changed.png', 'new.png', 'again.png');
    s.sorted.put('changed.png', 'image', TIME + 1500);
    await s.records.write([intendedOf('a.png'), intendedOf('changed.png'), recordOf('again.png')]);
    const weighed = (await s.weigh([['a.png'], ['changed.png'], ['new.png'], ['again.png']])).flat();
    assert.deepEqual(weighed.map((one) => cargoOf(one)?.resume), [true, false, false, false]); // prettier-ignore
    assert.deepEqual(cargoOf(weighed[2]!), {
      place: 'new.png', source: `${ROOT}/new.png`, ...HERE, resume: false, replaces: undefined,
    }); // prettier-ignore
  });

  it('is nothing of one that is equal, or left alone', async () => {
    const s = scene('a.png', 'b.png');
    s.nas.put('a.png', 'image');
    s.nas.files.set('b.png', 'folder');
    for (const one of (await s.weigh([['a.png'], ['b.png']])).flat()) assert.equal(cargoOf(one), undefined);
  });
});
