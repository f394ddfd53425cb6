import assert from 'node:assert/strict';
import { ImageError } from '../../../src/core/model/failure.ts';
import { Loader, type Brought } from '../../../src/core/sync/loader.ts';
import type { Cargo, Delivery } from '../../../src/core/sync/syncEngine.ts';
import { collect } from '../../adapters/support/collect.ts';
import { MemoryLibrary, never, ROOT, TIME } from './memoryNas.ts';

function scene(...places: readonly string[]) {
  const l = new MemoryLibrary();
  for (const place of places) l.sorted.put(place, `bytes of ${place}`);
  const loader = new Loader(l.nas, l.records, l.clock, l.changes);
  return Object.assign(l, {
    cargo: (place: string, more: Partial<Cargo> = {}): Cargo => {
      const size = Buffer.byteLength(l.sorted.files.get(place)?.content ?? '');
      return { place, source: `${ROOT}/${place}`, size, mtimeMs: TIME, replaces: undefined, resume: false, ...more };
    },
    bring: async (...loads: readonly (readonly Cargo[])[]): Promise<readonly Brought[]> =>
      collect(loader.bring(loads, { signal: never })),
  });
}

const outcomeOf = (brought: readonly Brought[], place: string): string | undefined => {
  const delivery = brought.flatMap(({ deliveries }): Delivery[] => [deliveries.get(place) ?? []].flat())[0];
  return delivery?.kind === 'failed' ? delivery.error.reason : delivery?.kind;
};
const unsteady = (): ImageError => new ImageError('verify-failed', 'it came out different', { transient: true });

describe('What is copied to the NAS', () => {
  it('is written down before and after, the sidecars of all before any image', async () => {
    const s = scene('a.png.xmp', 'a.png', 'b.png', 'c.png.xmp', 'c.png');
    const known: (readonly string[])[] = [];
    s.nas.onBring = () => void known.push([...s.records.written]);
    const brought = await s.bring(
      [s.cargo('a.png.xmp'), s.cargo('a.png')],
      [s.cargo('b.png')],
      [s.cargo('c.png.xmp'), s.cargo('c.png')],
    );
    assert.deepEqual(s.nas.askedFor('bring'), ['a.png.xmp b.png c.png.xmp', 'a.png c.png']);
    const begun = ['a.png.xmp intended', 'b.png intended', 'c.png.xmp intended'];
    const held = ['a.png.xmp held', 'b.png held', 'c.png.xmp held'];
    assert.deepEqual(known, [begun, [...begun, ...held, 'a.png intended', 'c.png intended']]);
    assert.deepEqual(brought.map(({ cargo }) => cargo.length), [5]); // prettier-ignore
    const facts = { size: 14, mtimeMs: TIME };
    assert.deepEqual(s.records.of('b.png'), { place: 'b.png', state: 'held', ours: true, here: facts, there: facts });
  });

  it('is told to the photo server once for an image with its sidecar, and when the sidecar is all that changed', async () => {
    const s = scene('a.png.xmp', 'a.png', 'b.png.xmp', 'c.png.xmp', 'd.png');
    s.nas.put('c.png.xmp', 'old');
    s.nas.troubles.set('d.png', [new ImageError('not-writable', 'locked')]);
    await s.bring(
      [s.cargo('a.png.xmp'), s.cargo('a.png')],
      [s.cargo('b.png.xmp')],
      [s.cargo('c.png.xmp', { replaces: { size: 3, mtimeMs: TIME } })],
      [s.cargo('d.png')],
    );
    assert.deepEqual(s.changes.list, [
      { place: 'b.png', kind: 'sidecar-new' },
      { place: 'c.png', kind: 'sidecar-changed' },
      { place: 'a.png', kind: 'image' },
    ]);
  });

  it('is told to the photo server before it is written down, so that a kill in between loses no word', async () => {
    const s = scene('a.png');
    s.changes.add = () => Promise.reject(new Error('killed'));
    await assert.rejects(s.bring([s.cargo('a.png')]), /killed/);
    assert.equal(s.records.of('a.png')?.state, 'intended');
  });

  it('is tried once more when another try may help, and no third time', async () => {
    const s = scene('once.png', 'twice.png', 'hopeless.png');
    s.nas.troubles.set('once.png', [unsteady()]);
    s.nas.troubles.set('twice.png', [unsteady(), unsteady(), unsteady()]);
    s.nas.troubles.set('hopeless.png', [new ImageError('not-writable', 'locked')]);
    const places = ['once.png', 'twice.png', 'hopeless.png'];
    const brought = await s.bring(...places.map((place) => [s.cargo(place)]));
    assert.deepEqual(s.nas.askedFor('bring'), ['once.png twice.png hopeless.png', 'once.png twice.png']);
    assert.deepEqual(places.map((place) => outcomeOf(brought, place)), ['arrived', 'verify-failed', 'not-writable']); // prettier-ignore
    assert.deepEqual(places.map((place) => s.records.of(place)?.state), ['held', 'intended', 'intended']); // prettier-ignore
  });

  it('is an image only when its sidecar has arrived: otherwise it fails for the same reason, and its path is named', async () => {
    const s = scene('a.png.xmp', 'a.png', 'b.png');
    s.nas.troubles.set('a.png.xmp', [new ImageError('not-writable', 'The folder is locked.')]);
    const [brought] = await s.bring([s.cargo('a.png.xmp'), s.cargo('a.png')], [s.cargo('b.png')]);
    const delivery = brought?.deliveries.get('a.png');
    assert.ok(delivery?.kind === 'failed');
    assert.equal(delivery.error.reason, 'not-writable');
    assert.equal(
      delivery.error.message,
      `${ROOT}/a.png was not synced: what goes before it was not. The folder is locked.`,
    );
    assert.deepEqual(s.nas.contents(), { 'b.png': 'bytes of b.png' });
    assert.equal(s.records.of('a.png'), undefined, 'it was never intended');
  });

  it('keeps in mind what stood there before the first of several tries', async () => {
    const s = scene('a.png');
    const before = { size: 3, mtimeMs: TIME - 60_000 };
    s.nas.troubles.set('a.png', [new ImageError('not-writable', 'locked'), new ImageError('not-writable', 'locked')]);
    await s.bring([s.cargo('a.png', { replaces: before })]);
    assert.deepEqual(s.records.of('a.png')?.there, before);
    await s.bring([s.cargo('a.png')]);
    assert.deepEqual(s.records.of('a.png')?.there, before, 'it may still be there');
    const after = { size: 4, mtimeMs: TIME };
    s.nas.troubles.set('a.png', [new ImageError('not-writable', 'locked')]);
    await s.bring([s.cargo('a.png', { replaces: after })]);
    assert.deepEqual(s.records.of('a.png')?.there, after);
  });

  it('does not take what was there once for what is there where nothing is', async () => {
    const s = scene('a.png');
    await s.bring([s.cargo('a.png')]);
    s.nas.files.clear();
    s.nas.troubles.set('a.png', [new ImageError('not-writable', 'locked')]);
    await s.bring([s.cargo('a.png')]);
    assert.deepEqual(s.records.of('a.png'), {
      place: 'a.png', state: 'intended', ours: true, here: { size: 14, mtimeMs: TIME },
    }); // prettier-ignore
  });

  it('is told portion by portion, so that a kill loses little', async () => {
    const s = scene('a.png', 'b.png');
    const large = { size: 50 * 1024 ** 2 };
    const brought = await s.bring([s.cargo('a.png', large)], [s.cargo('b.png', large)]);
    assert.deepEqual(brought.map(({ cargo }) => cargo.map(({ place }) => place)), [['a.png'], ['b.png']]); // prettier-ignore
  });

  it('is a mistake of the engine when it says nothing of a file', async () => {
    const s = scene('a.png');
    s.nas.bring = () => Promise.resolve(new Map());
    await assert.rejects(s.bring([s.cargo('a.png')]), /says nothing of a\.png/);
  });
});

describe('A NAS that is nearly full', () => {
  it('gets what fits, in the order in which it comes; of the rest it is told how much was missing', async () => {
    const s = scene('a.png', 'b.png', 'c.png', 'empty.png');
    s.nas.free = 100;
    const sizes = { 'a.png': 60, 'b.png': 60, 'c.png': 40, 'empty.png': 0 };
    const [brought] = await s.bring(...Object.entries(sizes).map(([place, size]) => [s.cargo(place, { size })]));
    assert.deepEqual(s.nas.askedFor('bring'), ['a.png c.png empty.png']);
    const delivery = brought?.deliveries.get('b.png');
    assert.ok(delivery?.kind === 'failed');
    assert.equal(delivery.error.reason, 'no-space');
    assert.equal(delivery.error.message, 'The NAS is full: /nas/b.png needs 60 bytes, and 40 are free.');
    assert.deepEqual(s.nas.askedFor('free'), [''], 'asked once');
  });

  it('is asked again when what it said before is used up', async () => {
    const s = scene('a.png', 'b.png', 'c.png');
    s.nas.free = 100;
    await s.bring([s.cargo('a.png', { size: 60 })]);
    await s.bring([s.cargo('b.png', { size: 40 })]);
    assert.equal(s.nas.askedFor('free').length, 1);
    s.nas.free = 10;
    const brought = await s.bring([s.cargo('c.png', { size: 40 })]);
    assert.equal(s.nas.askedFor('free').length, 2);
    assert.equal(outcomeOf(brought, 'c.png'), 'no-space');
  });

  it('is asked again when a file did not fit after all', async () => {
    const s = scene('a.png', 'b.png', 'c.png');
    s.nas.free = 1000;
    s.nas.troubles.set('a.png', [new ImageError('no-space', 'full')]);
    s.nas.troubles.set('b.png', [new ImageError('not-writable', 'locked')]);
    await s.bring([s.cargo('a.png')]);
    await s.bring([s.cargo('b.png')]);
    assert.equal(s.nas.askedFor('free').length, 2);
    await s.bring([s.cargo('c.png')]);
    assert.equal(s.nas.askedFor('free').length, 2, 'other trouble says nothing of the room');
  });

  it('gets all where it does not say how much fits', async () => {
    const s = scene('a.png');
    const brought = await s.bring([s.cargo('a.png', { size: 1e15 })]);
    assert.equal(outcomeOf(brought, 'a.png'), 'arrived');
  });
});
