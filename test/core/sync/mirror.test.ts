import assert from 'node:assert/strict';
import { FatalError, ImageError } from '../../../src/core/model/failure.ts';
import type { SyncAnswer } from '../../../src/core/ports/syncTarget.ts';
import { NasUnreachable } from '../../../src/core/sync/syncEngine.ts';
import { counts, LATER, MemoryLibrary, never, ROOT, TIME } from './memoryNas.ts';

const unitOf = (...places: readonly string[]) => ({ files: places.map((place) => `${ROOT}/${place}`), root: ROOT });

/** How it came out, in a word. */
const wordOf = async (answer: Promise<SyncAnswer>): Promise<string> => {
  try {
    return (await answer).kind;
  } catch (error) {
    return error instanceof ImageError ? error.reason : String(error);
  }
};

/** A library with these pictures in it, and nothing on the NAS. */
function libraryOf(...places: readonly string[]): MemoryLibrary {
  const l = new MemoryLibrary();
  for (const place of places) l.sorted.put(place, `bytes of ${place}`);
  return l;
}

/** Lets all go on that waits for nothing but its turn. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('An image on its way to the NAS', () => {
  it('goes after its sidecar, and is answered with where it is and what was copied', async () => {
    const l = new MemoryLibrary();
    l.sorted.put('Cats/a.png', 'image');
    l.sorted.put('Cats/a.png.xmp', '<tags>');
    const answer = await l.put('Cats/a.png.xmp', 'Cats/a.png');
    assert.deepEqual(answer, { kind: 'synced', destination: '/nas/Cats/a.png', copied: 2, unchanged: 0, bytes: 11 });
    assert.deepEqual(l.nas.askedFor('bring'), ['Cats/a.png.xmp', 'Cats/a.png']);
    assert.deepEqual(l.changes.list, [{ place: 'Cats/a.png', kind: 'image' }]);
    l.sorted.put('Cats/a.png.xmp', '<more tags>', LATER);
    assert.deepEqual(await l.put('Cats/a.png.xmp', 'Cats/a.png'), {
      kind: 'synced', destination: '/nas/Cats/a.png', copied: 1, unchanged: 1, bytes: 11,
    }); // prettier-ignore
    assert.deepEqual(l.changes.list.at(-1), { place: 'Cats/a.png', kind: 'sidecar-changed' });
  });

  it('does not go when its sidecar could not, and the error says why', async () => {
    const l = libraryOf('a.png', 'a.png.xmp');
    l.nas.troubles.set('a.png.xmp', [new ImageError('not-writable', 'the folder is locked')]);
    await assert.rejects(l.put('a.png.xmp', 'a.png'), { reason: 'not-writable', message: 'the folder is locked' });
    assert.deepEqual(l.nas.contents(), {});
  });

  it('is an error when it could not be copied itself', async () => {
    const l = libraryOf('a.png', 'a.png.xmp');
    l.nas.troubles.set('a.png', [new ImageError('not-writable', 'the folder is locked')]);
    await assert.rejects(l.put('a.png.xmp', 'a.png'), { reason: 'not-writable' });
  });

  it('goes together with all that come while others are under way', async () => {
    const places = Array.from({ length: 251 }, (_, i) => `${i}.png`);
    const l = libraryOf(...places);
    const all = places.map((place) => l.put(place));
    for (const answer of await Promise.all(all)) assert.equal(answer.kind, 'synced');
    assert.deepEqual(
      l.nas.askedFor('look').map((one) => one.split(' ').length),
      [200, 51],
    );
  });

  it('is not held up by another one that is gone, can’t be read, or is in conflict', async () => {
    const l = libraryOf('a.png', 'closed.png', 'taken.png');
    l.sorted.closed.add('closed.png');
    l.nas.put('taken.png', 'somebody else’s', LATER);
    const all = ['gone.png', 'taken.png', 'closed.png', 'a.png'].map((place) => wordOf(l.put(place)));
    assert.deepEqual(await Promise.all(all), ['vanished', 'exists', 'unreadable', 'synced']);
    assert.deepEqual(l.nas.contents(), { 'a.png': 'bytes of a.png', 'taken.png': 'somebody else’s' });
  });

  it('is left with its sidecar when the NAS has another file in the place of one of them: both are named', async () => {
    const l = libraryOf('a.png', 'a.png.xmp');
    l.nas.put('a.png', 'somebody else’s', LATER);
    await assert.rejects(l.put('a.png.xmp', 'a.png'), (error: Error) => {
      assert.ok(error.message.startsWith('/nas/a.png was left as it is: '), error.message);
      return error.message.includes(`${ROOT}/a.png`);
    });
    assert.deepEqual(l.nas.contents(), { 'a.png': 'somebody else’s' });
  });

  it('is left alone, and the NAS too, where that does not say what is in its place; the others go', async () => {
    const l = libraryOf('a.png', 'b.png');
    l.nas.put('a.png', 'somebody else’s', LATER);
    l.nas.closed.add('a.png');
    const [a, b] = await Promise.allSettled([l.put('a.png'), l.put('b.png')]);
    assert.ok(a.status === 'rejected' && b.status === 'fulfilled');
    assert.equal(String(a.reason), 'ImageError: /nas/a.png was left as it is: it is locked. Sync again when it can.');
    assert.deepEqual(l.nas.contents(), { 'a.png': 'somebody else’s', 'b.png': 'bytes of b.png' });
  });

  it('is nothing to do where it is excluded, and an error outside of the sorted folder', async () => {
    const l = libraryOf('@eaDir/a.png');
    assert.deepEqual(await l.put('@eaDir/a.png'), {
      kind: 'synced', destination: '/nas/@eaDir/a.png', copied: 0, unchanged: 0, bytes: 0,
    }); // prettier-ignore
    l.exclude = ['secret.png'];
    await l.restart();
    l.sorted.put('secret.png', 'image');
    l.sorted.put('secret.png.xmp', '<tags>');
    const secret = await l.put('secret.png.xmp', 'secret.png');
    assert.equal(
      secret.kind === 'synced' && secret.copied,
      0,
      'nor is its sidecar brought, as in a sync of everything',
    );
    await assert.rejects(l.mirror.put({ files: ['/elsewhere/a.png'], root: ROOT }, never), /not in the sorted folder/);
    assert.deepEqual(l.nas.contents(), {});
  });

  it('is never mixed up with one whose name the NAS takes for the same, in the same run or a later one', async () => {
    const l = libraryOf('A.png', 'a.png', 'b.png');
    l.nas.folds = true;
    const all = await Promise.all(['A.png', 'a.png', 'b.png'].map((place) => wordOf(l.put(place))));
    assert.deepEqual(all, ['synced', 'exists', 'synced']);
    await l.restart();
    assert.equal(await wordOf(l.put('a.png')), 'exists');
    assert.deepEqual(l.nas.contents(), { 'a.png': 'bytes of A.png', 'b.png': 'bytes of b.png' });
  });

  it('may be the same image twice', async () => {
    const l = libraryOf('a.png');
    const both = await Promise.all([l.put('a.png'), l.put('a.png')]);
    assert.deepEqual(
      both.map((answer) => answer.kind === 'synced' && answer.copied),
      [1, 0],
    );
  });

  it('is an error to all that went with it when something of ours is wrong, and the next ones go', async () => {
    const l = libraryOf('a.png', 'b.png');
    l.nas.onBring = () => Promise.reject(new Error('a mistake of ours'));
    const both = await Promise.all(['a.png', 'b.png'].map((place) => wordOf(l.put(place))));
    assert.deepEqual(both, ['Error: a mistake of ours', 'Error: a mistake of ours']);
    l.nas.onBring = () => undefined;
    assert.equal(await wordOf(l.put('a.png')), 'synced');
  });

  it('is put off when it is told to stop, for that reason, before anything is asked', async () => {
    const l = libraryOf('a.png');
    const stopped = AbortSignal.abort(new Error('stopped'));
    await assert.rejects(l.mirror.put(unitOf('a.png'), stopped), /stopped/);
    assert.deepEqual(l.nas.asked, []);
    const stop = new AbortController();
    l.nas.onBring = () => stop.abort(new Error('stopped later'));
    await assert.rejects(l.mirror.put(unitOf('a.png'), stop.signal), /stopped later/);
    const broken = new AbortController();
    l.nas.onBring = () => {
      broken.abort(new Error('broken off'));
      throw new NasUnreachable('a program of ours was ended');
    };
    await assert.rejects(l.mirror.put(unitOf('a.png'), broken.signal), /broken off/, 'not as if the NAS were away');
    await l.mirror.close();
    assert.deepEqual(l.nas.askedFor('clean'), [], 'what is half-copied is gone on with');
  });
});

describe('A NAS that is away', () => {
  it('is asked again after half a minute only', async () => {
    const l = libraryOf('a.png', 'b.png');
    l.nas.away = 'nobody answers';
    const answer = { kind: 'unreachable', why: 'nobody answers' };
    assert.deepEqual(await Promise.all([l.put('a.png'), l.put('b.png')]), [answer, answer]);
    const asked = l.nas.asked.length;
    l.nas.away = undefined;
    l.clock.time += 29_999;
    assert.deepEqual(await l.put('a.png'), answer);
    assert.equal(l.nas.asked.length, asked);
    l.clock.time += 1;
    assert.equal((await l.put('a.png')).kind, 'synced');
  });

  it('is told by a sync of everything, which brings nothing', async () => {
    const l = libraryOf('a.png');
    l.nas.away = 'nobody answers';
    const nothing = { copied: 0, updated: 0, unchanged: 0, conflict: 0, failed: 0, deleted: 0, bytes: 0 };
    assert.deepEqual(counts(await l.everything()), { ...nothing, unreachable: 'nobody answers' });
    await l.put('a.png');
    await l.restart();
    l.nas.away = undefined;
    await l.put('a.png');
    await l.restart();
    l.nas.away = 'nobody answers';
    assert.deepEqual(
      counts(await l.everything()),
      { ...nothing, unreachable: 'nobody answers' },
      'with memories of it',
    );
  });

  it('is taken for one when it is empty although it held files of ours, and nothing is brought to the local disk', async () => {
    const l = libraryOf('a.png', 'b.png');
    await l.put('a.png');
    l.nas.files.clear();
    await l.restart();
    const { unreachable = '' } = await l.everything({ delete: true });
    assert.match(unreachable, /^\/nas\/ is empty, although files were synced to it/);
    assert.equal((await l.put('b.png')).kind, 'unreachable');
    assert.deepEqual(l.nas.contents(), {});
    assert.ok(l.records.of('a.png'), 'what was there is still known');
    l.nas.put('any file', '');
    l.clock.time += 30_000;
    assert.equal((await l.put('b.png')).kind, 'synced');
  });

  it('is not taken for one when it is empty and nothing is known to have arrived', async () => {
    const l = libraryOf('a.png');
    const here = { size: 5, mtimeMs: TIME };
    await l.records.write([{ place: 'z.png', state: 'intended', ours: true, here }]);
    assert.equal((await l.put('a.png')).kind, 'synced');
  });
});

describe('The end of a mirror', () => {
  it('clears up what earlier runs left, and closes all that is behind it', async () => {
    const l = libraryOf('a.png');
    await l.put('a.png');
    l.nas.asked.length = 0;
    await l.mirror.close();
    assert.deepEqual(l.nas.asked, ['clean', 'close', 'close announcer']);
    assert.equal(l.records.closed, 1);
    await l.restart();
    await l.everything();
    l.sorted.put('b.png', 'image');
    await l.put('b.png');
    l.nas.asked.length = 0;
    await l.mirror.close();
    assert.deepEqual(l.nas.asked, ['clean', 'close', 'close announcer'], 'also after a sync of everything');
  });

  it('clears up what a run that was cut off left, also where nothing was left to bring', async () => {
    const l = libraryOf();
    l.mirror.clearUpAtEnd();
    await l.mirror.close();
    assert.deepEqual(l.nas.asked, ['clean', 'close', 'close announcer']);
  });

  it('asks a NAS for nothing that was not used, or was away', async () => {
    const unused = libraryOf();
    await unused.mirror.close();
    assert.deepEqual(unused.nas.asked, ['close', 'close announcer']);
    assert.equal(unused.records.closed, 0);
    const away = libraryOf('a.png');
    await away.put('a.png');
    away.nas.away = 'it fell asleep';
    await away.put('a.png');
    away.nas.asked.length = 0;
    await away.mirror.close();
    assert.deepEqual(away.nas.asked, ['close', 'close announcer']);
    const left = libraryOf('a.png');
    await left.everything();
    left.nas.away = 'it fell asleep';
    await left.everything();
    left.nas.asked.length = 0;
    await left.mirror.close();
    assert.deepEqual(left.nas.asked, ['close', 'close announcer']);
  });

  it('clears up also when the NAS was away for a while, and came back', async () => {
    const l = libraryOf('a.png');
    l.nas.away = 'it fell asleep';
    await l.put('a.png');
    l.nas.away = undefined;
    l.clock.time += 30_000;
    await l.put('a.png');
    await l.mirror.close();
    assert.equal(l.nas.askedFor('clean').length, 1);
  });

  it('comes also when the NAS falls asleep just then, or its memory could not be read', async () => {
    const l = libraryOf('a.png');
    await l.put('a.png');
    l.nas.away = 'it fell asleep';
    await l.mirror.close();
    assert.equal(l.records.closed, 1);
    const broken = libraryOf('a.png');
    broken.openRecords = () => Promise.reject(new FatalError('not-writable', 'the working folder is read-only'));
    assert.equal(await wordOf(broken.put('a.png')), 'FatalError: the working folder is read-only');
    await assert.rejects(broken.everything(), FatalError);
    await broken.mirror.close();
    assert.deepEqual(broken.nas.asked, ['close', 'close announcer']);
  });

  it('tells nobody where there is no photo server', async () => {
    const l = libraryOf(...Array.from({ length: 10 }, (_, i) => `${i}.png`));
    l.hasPhotoServer = false;
    await l.restart();
    await l.put('0.png');
    await l.records.write([{ ...l.records.of('0.png')!, state: 'intended' }]);
    await l.everything();
    l.sorted.files.delete('9.png');
    assert.equal((await l.everything({ delete: true })).deleted, 1);
    assert.equal(await l.mirror.announce(never), undefined);
    l.nas.asked.length = 0;
    await l.mirror.close();
    assert.deepEqual(l.nas.asked, ['clean', 'close']);
    assert.deepEqual(l.changes.list, []);
  });

  it('waits for what is under way, as does the word to the photo server', async () => {
    const l = libraryOf('a.png', 'b.png');
    const arrive = Promise.withResolvers<undefined>();
    l.nas.onBring = () => arrive.promise;
    const put = l.put('a.png');
    await turn();
    const order: string[] = [];
    const both = [
      l.mirror.announce(never).then(() => order.push('announced')),
      l.mirror.close().then(() => order.push('closed')),
    ];
    await turn();
    assert.deepEqual([order, l.announced, l.nas.askedFor('close')], [[], [], []]);
    arrive.resolve(undefined);
    assert.equal((await put).kind, 'synced');
    await Promise.all(both);
    assert.deepEqual(order, ['announced', 'closed']);
    assert.deepEqual(l.announced, [[{ place: 'a.png', kind: 'image' }]]);
  });
});
