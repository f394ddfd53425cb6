import assert from 'node:assert/strict';
import { FatalError, ImageError } from '../../../src/core/model/failure.ts';
import type { DeletionPlan } from '../../../src/core/sync/planDeletion.ts';
import { NasUnreachable } from '../../../src/core/sync/syncEngine.ts';
import type { SyncEvent } from '../../../src/core/sync/syncOrder.ts';
import { counts, fates, LATER, MemoryLibrary, ROOT, TIME, whyOf } from './memoryNas.ts';

const NOTHING = { copied: 0, updated: 0, unchanged: 0, conflict: 0, failed: 0, deleted: 0, bytes: 0 };
const DAY = 86_400_000;

const eventsOf = <K extends SyncEvent['kind']>({ events }: { readonly events: readonly SyncEvent[] }, kind: K) =>
  events.filter((event): event is SyncEvent & { kind: K } => event.kind === kind);

/** So many pictures `0.png`, `1.png` … that are on both sides. */
async function synced(count: number): Promise<MemoryLibrary> {
  const l = new MemoryLibrary();
  for (let i = 0; i < count; i++) l.sorted.put(`${i}.png`, `image ${i}`);
  await l.everything();
  l.nas.asked.length = 0;
  l.changes.list = [];
  return l;
}

describe('A sync of everything', () => {
  it('brings what is missing, and tells the plan, each file and how far it is', async () => {
    const l = new MemoryLibrary();
    l.nas.free = 1000;
    l.sorted.put('a.png', 'image');
    l.sorted.put('a.png.xmp', '<tags>');
    l.sorted.put('Cats/b.png', 'another');
    const all = await l.everything();
    assert.deepEqual(counts(all), { ...NOTHING, copied: 3, bytes: 18 });
    assert.deepEqual(l.nas.contents(), { 'Cats/b.png': 'another', 'a.png': 'image', 'a.png.xmp': '<tags>' });
    assert.deepEqual(eventsOf(all, 'planned'), [{ kind: 'planned', files: 3, bytes: 18, freeBytes: 1000 }]);
    assert.deepEqual([...fates(all)].sort(), ['Cats/b.png copied', 'a.png copied', 'a.png.xmp copied']);
    const { progress } = eventsOf(all, 'progress').at(-1)!;
    assert.deepEqual([progress.files, progress.totalFiles, progress.bytes, progress.totalBytes], [3, 3, 18, 18]);
  });

  it('finds out with one look what there is, and asks for nothing where all is equal', async () => {
    const l = await synced(3);
    const all = await l.everything();
    assert.deepEqual(counts(all), { ...NOTHING, unchanged: 3 });
    assert.deepEqual(l.nas.asked, ['look 0.png 1.png 2.png', 'clean']);
    assert.deepEqual(eventsOf(all, 'planned'), [{ kind: 'planned', files: 0, bytes: 0 }]);
    l.sorted.put('3.png', 'new');
    l.nas.asked.length = 0;
    await l.everything();
    assert.deepEqual(l.nas.askedFor('look'), ['0.png 1.png 2.png', '3.png']);
  });

  it('brings what was changed here, under the name of an update', async () => {
    const l = await synced(2);
    l.sorted.put('1.png', 'retouched', LATER);
    const all = await l.everything();
    assert.deepEqual(counts(all), { ...NOTHING, updated: 1, unchanged: 1, bytes: 9 });
    assert.deepEqual(l.nas.contents(), { '0.png': 'image 0', '1.png': 'retouched' });
  });

  it('brings a sidecar that was written again within two seconds, with as many bytes', async () => {
    const l = new MemoryLibrary();
    l.sorted.put('a.png', 'image');
    l.sorted.put('a.png.xmp', 'rating 4');
    await l.everything();
    l.sorted.put('a.png.xmp', 'rating 5', TIME + 1500);
    assert.equal((await l.everything()).updated, 1);
    assert.equal(l.nas.contents()['a.png.xmp'], 'rating 5');
    assert.equal((await l.everything()).updated, 0);
  });

  it('never takes somebody else’s file for its own where the NAS keeps no times, however large both are', async () => {
    const l = new MemoryLibrary();
    l.nas.keepsTimes = false;
    l.sorted.put('scan0001.tif', 'mine!');
    l.nas.put('scan0001.tif', 'yours', LATER);
    const first = await l.everything();
    assert.deepEqual(counts(first), { ...NOTHING, conflict: 1 });
    l.sorted.put('scan0001.tif', 'mine, rotated', LATER);
    assert.equal((await l.everything()).conflict, 1);
    assert.equal(l.nas.contents()['scan0001.tif'], 'yours');
  });

  it('leaves a picture alone with its sidecar when one of the two was changed on the NAS, and says which', async () => {
    const l = await synced(1);
    l.sorted.put('a.png', 'image');
    l.sorted.put('a.png.xmp', '<tags>');
    await l.everything();
    l.nas.put('a.png.xmp', '<tags of somebody else>', LATER);
    l.sorted.put('a.png', 'retouched', LATER);
    const all = await l.everything();
    assert.deepEqual(counts(all), { ...NOTHING, conflict: 2, unchanged: 1 });
    assert.match(whyOf(all, 'a.png.xmp')!, /changed on the NAS/);
    assert.equal(whyOf(all, 'a.png'), 'it waits for a.png.xmp');
    assert.deepEqual(l.nas.contents(), {
      '0.png': 'image 0',
      'a.png': 'image',
      'a.png.xmp': '<tags of somebody else>',
    });
  });

  it('tells of each file that failed why, and counts none of its bytes', async () => {
    const l = new MemoryLibrary();
    l.sorted.put('a.png', 'image');
    l.sorted.put('b.png', 'image');
    l.nas.troubles.set('a.png', [new ImageError('not-writable', 'the folder is locked')]);
    const all = await l.everything();
    assert.deepEqual(counts(all), { ...NOTHING, copied: 1, failed: 1, bytes: 5 });
    assert.equal(whyOf(all, 'a.png'), 'the folder is locked');
    assert.equal((await l.everything()).copied, 1, 'the next time');
  });

  it('leaves out what is excluded, in any folder, and what is our own', async () => {
    const l = new MemoryLibrary();
    for (const place of ['@eadir/a.png', 'Cats/@EADIR/b.png', '.image-inbox-trash/c.png', 'd.png']) {
      l.sorted.put(place, 'image');
    }
    assert.deepEqual(fates(await l.everything()), ['d.png copied']);
    l.exclude = ['secret.png'];
    await l.restart();
    l.sorted.put('secret.png', 'image');
    l.sorted.put('secret.png.xmp', '<tags>');
    assert.deepEqual(
      fates(await l.everything()).filter((one) => one.startsWith('secret')),
      [],
      'nor the sidecar of what is excluded',
    );
  });

  it('only tells in a dry run: nothing is brought, removed, asked about or cleared up', async () => {
    const l = await synced(10);
    l.sorted.files.delete('0.png');
    l.sorted.put('1.png', 'retouched', LATER);
    l.sorted.put('new.png', 'image');
    const before = l.nas.contents();
    const all = await l.everything({ dryRun: true, delete: true, confirm: () => assert.fail('asked') });
    assert.deepEqual(counts(all), { ...NOTHING, copied: 1, updated: 1, unchanged: 8, deleted: 1 });
    assert.deepEqual(
      fates(all).filter((one) => !one.endsWith('unchanged')),
      ['1.png updated', 'new.png copied', '0.png deleted'],
    );
    assert.deepEqual(l.nas.contents(), before);
    for (const what of ['bring', 'put', 'clean', 'remove']) assert.deepEqual(l.nas.askedFor(what), [], what);
    assert.ok(l.records.of('0.png'), 'it is still remembered');
  });

  it('tells what it could not look at, and goes on', async () => {
    const l = new MemoryLibrary();
    l.sorted.put('a.png', 'image');
    l.sorted.put('b.png', 'image');
    l.sorted.closed.add('a.png');
    const all = await l.everything();
    assert.deepEqual(eventsOf(all, 'problem'), [{ kind: 'problem', path: `${ROOT}/a.png`, why: 'it can’t be read' }]);
    assert.equal(all.copied, 1);
  });

  it('ends at a sorted folder that can’t be read, also while the NAS is away', async () => {
    const l = await synced(1);
    await l.restart();
    const walk = l.sorted.walk.bind(l.sorted);
    l.sorted.walk = async function* (root) {
      yield* walk(root);
      await new Promise((resolve) => setImmediate(resolve));
      throw new FatalError('inbox-unreadable', 'the folder can’t be read');
    };
    const look = l.nas.look.bind(l.nas);
    l.nas.look = (places) => {
      l.nas.away = 'nobody answers';
      return look(places);
    };
    await assert.rejects(l.everything({ delete: true }), /the folder can’t be read/);
  });

  it('says when the NAS goes away in the middle, with what had become of the files until then', async () => {
    const l = await synced(1);
    await l.restart();
    l.nas.asked.length = 0;
    for (const name of ['a', 'b']) l.sorted.put(`${name}.png`, 'x'.repeat(40_000_000));
    l.nas.onBring = ([one]) => {
      if (one?.place === 'b.png') l.nas.away = 'the cable was pulled';
      if (l.nas.away !== undefined) return l.nas.look([]).then(() => undefined);
    };
    const all = await l.everything({ delete: true });
    assert.deepEqual(counts(all), {
      ...NOTHING, copied: 1, unchanged: 1, bytes: 40_000_000, unreachable: 'the cable was pulled',
    }); // prettier-ignore
    assert.deepEqual(l.nas.askedFor('folders'), [], 'and nothing is removed');
    await l.mirror.close();
    assert.deepEqual(l.nas.askedFor('clean'), [], 'what is half-copied is gone on with');
  });

  it('ends with the reason for which it was stopped, and with any other trouble as it is', async () => {
    const l = new MemoryLibrary();
    l.sorted.put('a.png', 'image');
    const stop = new AbortController();
    l.nas.onBring = () => stop.abort(new Error('stopped'));
    await assert.rejects(l.everything({}, stop.signal), /stopped/);
    await l.mirror.close();
    assert.deepEqual(l.nas.askedFor('clean'), [], 'what is half-copied is gone on with');
    const broken = new AbortController();
    l.nas.onBring = () => {
      broken.abort(new Error('broken off'));
      throw new NasUnreachable('a program of ours was ended');
    };
    await assert.rejects(l.everything({}, broken.signal), /broken off/, 'not as if the NAS were away');
    l.nas.onBring = () => Promise.reject(new Error('a mistake of ours'));
    await l.restart();
    await assert.rejects(l.everything(), /a mistake of ours/);
  });
});

describe('Names that differ only by case, in a sync of everything', () => {
  it('go to the NAS one after the other, and the second only if nothing is in its place', async () => {
    for (const folds of [true, false]) {
      const l = new MemoryLibrary();
      l.nas.folds = folds;
      l.sorted.put('A.png', 'upper');
      l.sorted.put('a.png', 'lower');
      const all = await l.everything();
      assert.deepEqual([all.copied, all.conflict], folds ? [1, 1] : [2, 0]);
      assert.deepEqual(l.nas.contents(), folds ? { 'a.png': 'upper' } : { 'A.png': 'upper', 'a.png': 'lower' });
      assert.deepEqual(eventsOf(all, 'problem'), []);
      const { progress } = eventsOf(all, 'progress').at(-1)!;
      assert.equal(progress.files, 2);
    }
  });

  it('are told when the one that was brought has taken the place of the other', async () => {
    const l = new MemoryLibrary();
    l.sorted.put('A.png', 'upper case');
    await l.everything();
    l.sorted.put('a.png', 'lower');
    // names are told apart by the server, and not by its disk
    l.nas.onBring = () => void l.nas.files.delete('A.png');
    const all = await l.everything();
    const [problem, ...more] = eventsOf(all, 'problem');
    assert.deepEqual(more, []);
    assert.equal(problem?.path, `${ROOT}/A.png`);
    assert.match(problem.why, /^\/nas\/A\.png is no longer there since \/nas\/a\.png is, .* Rename one of the two/);
  });

  it('are told also when the one took the place of the other as it was changed', async () => {
    const l = new MemoryLibrary();
    l.sorted.put('A.png', 'upper case');
    l.sorted.put('a.png', 'lower');
    await l.everything();
    l.sorted.put('a.png', 'retouched', LATER);
    l.nas.onBring = () => void l.nas.files.delete('A.png');
    const all = await l.everything();
    assert.deepEqual(eventsOf(all, 'problem').map(({ path }) => path), [`${ROOT}/A.png`]); // prettier-ignore
  });

  it('are not taken for that when the one that is not there could not be brought', async () => {
    const l = new MemoryLibrary();
    l.sorted.put('A.png', 'upper case');
    l.sorted.put('a.png', 'lower');
    l.nas.troubles.set('A.png', [new ImageError('not-writable', 'locked')]);
    const all = await l.everything();
    assert.deepEqual([all.copied, all.failed, eventsOf(all, 'problem')], [1, 1, []]);
  });

  it('are told by what stands there now, where the server shows the other one under both names', async () => {
    const told = async (now: string, mtimeMs = TIME): Promise<number> => {
      const l = new MemoryLibrary();
      l.sorted.put('A.png', 'upper case');
      await l.everything();
      l.sorted.put('a.png', 'lower');
      l.nas.onBring = () => l.nas.put('A.png', now, mtimeMs);
      return eventsOf(await l.everything(), 'problem').length;
    };
    assert.equal(await told('lower'), 1);
    assert.equal(await told('upper case'), 0);
    assert.equal(await told('somebody else’s', LATER), 0);
  });
});

describe('What is gone here, in a sync of everything', () => {
  it('stays on the NAS unless it is to be removed', async () => {
    const l = await synced(10);
    l.sorted.files.delete('0.png');
    assert.equal((await l.everything()).deleted, 0);
    assert.equal(l.nas.contents()['0.png'], 'image 0');
  });

  it('is moved into the trash of that day once the plan was shown, and forgotten', async () => {
    const l = await synced(10);
    l.sorted.files.delete('3.png');
    const shown: DeletionPlan[] = [];
    const confirm = async (plan: DeletionPlan) => shown.push(plan) > 0;
    const all = await l.everything({ delete: true, confirm });
    assert.deepEqual(shown, [{ places: ['3.png'], bytes: 7, kept: [], vanished: [] }]);
    assert.deepEqual(eventsOf(all, 'deletion-planned'), [{ kind: 'deletion-planned', plan: shown[0] }]);
    assert.deepEqual(counts(all), { ...NOTHING, unchanged: 9, deleted: 1 });
    assert.equal(l.nas.contents()['.image-inbox-trash/2026-01-31_142500/3.png'], 'image 3');
    assert.equal(l.nas.contents()['3.png'], undefined);
    assert.equal(l.records.of('3.png'), undefined);
    assert.deepEqual(l.changes.list, [{ place: '3.png', kind: 'image' }]);
  });

  it('stays when the person says no, and is asked about again', async () => {
    const l = await synced(10);
    l.sorted.files.delete('3.png');
    let asked = 0;
    const confirm = async () => ++asked < 0;
    for (let i = 0; i < 2; i++) assert.equal((await l.everything({ delete: true, confirm })).deleted, 0);
    assert.equal(asked, 2);
    assert.equal(l.nas.contents()['3.png'], 'image 3');
  });

  it('stays when it came back while the plan was shown, or something stands there that can’t be read', async () => {
    const l = await synced(20);
    for (const name of ['1.png', '2.png', '3.png']) l.sorted.files.delete(name);
    const confirm = async () => {
      l.sorted.put('1.png', 'image 1');
      l.sorted.closed.add('2.png');
      return true;
    };
    const all = await l.everything({ delete: true, confirm });
    assert.deepEqual(
      fates(all).filter((one) => !one.endsWith('unchanged')),
      ['3.png deleted'],
    );
    assert.deepEqual([l.nas.contents()['1.png'], l.nas.contents()['2.png']], ['image 1', 'image 2']);
    assert.ok(l.records.of('1.png') && l.records.of('2.png'));
  });

  it('stays when it was changed on the NAS while the plan was shown, and is no longer ours the next time', async () => {
    const l = await synced(20);
    for (const name of ['1.png', '2.png', '3.png']) l.sorted.files.delete(name);
    const confirm = async () => {
      l.nas.put('1.png', 'retouched there', LATER);
      l.nas.files.delete('2.png');
      return true;
    };
    const all = await l.everything({ delete: true, confirm });
    assert.deepEqual([all.deleted, all.failed], [1, 0]);
    assert.equal(l.nas.contents()['1.png'], 'retouched there');
    await l.everything({ delete: true, confirm: () => assert.fail('asked') });
    assert.deepEqual([l.records.of('1.png'), l.records.of('2.png')], [undefined, undefined]);
  });

  it('is looked at just before it goes, also where many go', async () => {
    const l = await synced(6000);
    const back = l.sorted.files.get('998.png');
    assert.ok(back);
    for (let i = 0; i < 1050; i++) l.sorted.files.delete(`${i}.png`);
    const putAway = l.nas.putAway.bind(l.nas);
    l.nas.putAway = (places, folder) => {
      l.nas.put('999.png', 'retouched there', LATER);
      l.sorted.files.set('998.png', back);
      return putAway(places, folder);
    };
    const all = await l.everything({ delete: true });
    assert.equal(all.deleted, 1048);
    assert.equal(l.nas.contents()['999.png'], 'retouched there');
    assert.equal(l.nas.contents()['998.png'], 'image 998');
  });

  it('stays as long as the picture has not arrived where it was moved to, by its bytes or its name, with its sidecar', async () => {
    const l = await synced(20);
    const pictures = { 'a.png': 'picture a', 'b.png': 'picture b, which', 'c.png': 'picture c, which is another' };
    for (const [name, content] of Object.entries(pictures)) {
      l.sorted.put(name, content);
      l.sorted.put(`${name}.xmp`, `<tags ${name}>`);
    }
    await l.everything();
    for (const place of ['0.png', 'a.png', 'a.png.xmp', 'b.png', 'b.png.xmp', 'c.png', 'c.png.xmp']) {
      l.sorted.files.delete(place);
    }
    l.sorted.put('Cats/a (2).png', 'picture a');
    l.sorted.put('Cats/a (2).png.xmp', '<tags a.png, cats>');
    l.sorted.put('Cats/b.png', 'picture b, which has metadata by now');
    l.sorted.put('Cats/c.png', 'picture that has arrived');
    l.nas.troubles.set('Cats/a (2).png', [new ImageError('no-space', 'full')]);
    l.nas.put('Cats/b.png', 'somebody else’s', LATER);
    const first = await l.everything({ delete: true });
    assert.deepEqual(
      fates(first).filter((one) => one.endsWith('deleted')),
      ['0.png deleted', 'c.png deleted', 'c.png.xmp deleted'],
    );
    l.nas.files.delete('Cats/b.png');
    const next = await l.everything({ delete: true });
    assert.deepEqual([next.copied, next.deleted], [2, 4], 'and goes once it has');
  });

  it('is not a sidecar that is still here, although its image went: nobody is asked about it', async () => {
    const l = await synced(10);
    l.sorted.put('3.png.xmp', '<tags>');
    await l.everything();
    l.sorted.files.delete('3.png');
    const asked: (readonly string[])[] = [];
    const confirm = async ({ places }: DeletionPlan) => asked.push(places) > 0;
    const dry = await l.everything({ delete: true, dryRun: true });
    assert.equal(dry.deleted, 1);
    for (let i = 0; i < 2; i++) await l.everything({ delete: true, confirm });
    assert.deepEqual(asked, [['3.png']]);
    assert.equal(l.nas.contents()['3.png.xmp'], '<tags>');
  });

  it('stays when something of ours is wrong in that moment', async () => {
    const l = await synced(10);
    l.sorted.files.delete('1.png');
    l.sorted.facts = () => Promise.reject(new Error('a mistake of ours'));
    await assert.rejects(l.everything({ delete: true }), /a mistake of ours/);
    assert.equal(l.nas.contents()['1.png'], 'image 1');
  });

  it('is tried again the next time when it could not be moved, and the others go', async () => {
    const l = await synced(20);
    for (const name of ['1.png', '2.png']) l.sorted.files.delete(name);
    l.nas.stuck.add('1.png');
    const all = await l.everything({ delete: true });
    assert.deepEqual([all.failed, all.deleted], [1, 1]);
    assert.equal(whyOf(all, '1.png'), '1.png is stuck.');
    assert.deepEqual(l.changes.list, [{ place: '2.png', kind: 'image' }]);
    l.nas.stuck.clear();
    assert.deepEqual(fates(await l.everything({ delete: true })).at(-1), '1.png deleted');
  });

  it('is no longer ours where it was changed on the NAS, and forgotten where it is gone there too, asked or not', async () => {
    const l = await synced(20);
    for (const name of ['1.png', '2.png']) l.sorted.files.delete(name);
    l.nas.put('1.png', 'retouched there', LATER);
    l.nas.files.delete('2.png');
    const all = await l.everything({ delete: true, confirm: () => assert.fail('asked') });
    assert.deepEqual(counts(all), { ...NOTHING, unchanged: 18 });
    assert.deepEqual([l.records.of('1.png'), l.records.of('2.png')], [undefined, undefined]);
    assert.equal(l.nas.contents()['1.png'], 'retouched there');
  });

  it('is told to the photo server also when a kill came just after the removal', async () => {
    const l = await synced(10);
    l.sorted.files.delete('0.png');
    const putAway = l.nas.putAway.bind(l.nas);
    l.nas.putAway = async (places, folder) => {
      await putAway(places, folder);
      throw new Error('killed');
    };
    await assert.rejects(l.everything({ delete: true }), /killed/);
    await l.restart();
    await l.everything({ delete: true });
    assert.deepEqual(l.changes.list, [{ place: '0.png', kind: 'image' }]);
  });

  it('stays, all of it, when it is too much at once, or something here could not be looked at', async () => {
    const l = await synced(10);
    for (const name of ['1.png', '2.png', '3.png']) l.sorted.files.delete(name);
    const confirm = () => assert.fail('asked');
    const before = l.nas.contents();
    const many = await l.everything({ delete: true, confirm });
    assert.match(eventsOf(many, 'deletion-refused')[0]?.why ?? '', /^3 of the 10/);
    l.sorted.put('1.png', 'image 1');
    l.sorted.put('2.png', 'image 2');
    l.sorted.closed.add('5.png');
    const unsure = await l.everything({ delete: true, confirm });
    assert.match(eventsOf(unsure, 'deletion-refused')[0]?.why ?? '', /^1 of the files/);
    assert.deepEqual(l.nas.contents(), before);
    assert.equal(l.records.records.size, 10);
  });

  it('is not what the user excludes by now, which is still here', async () => {
    const l = await synced(10);
    const there = { size: 5, mtimeMs: TIME };
    await l.records.write([{ place: '@eaDir/a.png', state: 'held', ours: true, here: there, there }]);
    l.nas.put('@eaDir/a.png', 'image');
    assert.equal((await l.everything({ delete: true, confirm: () => assert.fail('asked') })).deleted, 0);
    assert.ok(l.records.of('@eaDir/a.png'));
  });

  it('is gone for good after thirty days, with nothing else that lies in the trash', async () => {
    const l = await synced(1);
    const stamp = (daysAgo: number): string =>
      new Date(l.clock.now() - daysAgo * DAY).toISOString().replace('T', '_').replaceAll(':', '').slice(0, 17);
    l.nas.folders.set('.image-inbox-trash', [stamp(31), stamp(29), 'keep this']);
    await l.everything();
    assert.deepEqual(l.nas.askedFor('remove'), [], 'what is gone here is not to be removed');
    await l.everything({ delete: true });
    assert.deepEqual(l.nas.askedFor('remove'), [`.image-inbox-trash/${stamp(31)}`]);
  });
});
