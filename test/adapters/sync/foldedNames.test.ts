import assert from 'node:assert/strict';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ImageError } from '../../../src/core/model/failure.ts';
import { foldPlace } from '../../../src/core/sync/places.ts';
import type { Cargo, Delivery, SyncEngine, There } from '../../../src/core/sync/syncEngine.ts';
import { library, never, TIME, type Library } from './library.ts';
import { NAS_KINDS, rcloneServer } from './nasKinds.ts';

const MB = 1024 * 1024;

/** A NAS that keeps each name in one spelling, as those do that do not tell names by case; here it is always the lower one. */
function folding(engine: SyncEngine): SyncEngine {
  const folded = <T>(items: readonly T[], of: (item: T) => string) =>
    new Map(items.map((item) => [foldPlace(of(item)), item]));
  return {
    get keepsTimes() {
      return engine.keepsTimes;
    },
    nameOf: (place) => engine.nameOf(place),
    look: async (places, signal) => {
      const there = await engine.look([...new Set(places.map(foldPlace))], signal);
      return new Map(
        places.flatMap((place): [string, There][] => {
          const found = there.get(foldPlace(place));
          return found ? [[place, found]] : [];
        }),
      );
    },
    same: async (files, signal) => {
      const same = new Set<string>();
      for (const file of files) {
        const found = await engine.same([{ ...file, place: foldPlace(file.place) }], signal);
        if (found.size > 0) same.add(file.place);
      }
      return same;
    },
    bring: async (cargo: readonly Cargo[], hooks) => {
      // side by side in one folder, as they would be there
      const brought = await engine.bring(
        cargo.map((one) => ({ ...one, place: foldPlace(one.place) })),
        hooks,
      );
      return new Map(cargo.map((one): [string, Delivery] => [one.place, brought.get(foldPlace(one.place))!]));
    },
    putAway: async (places, folder, signal) => {
      const own = folded(places, (place) => place);
      const stayed = await engine.putAway([...own.keys()], folder, signal);
      return new Map([...stayed].map(([place, error]) => [own.get(place)!, error]));
    },
    foldersIn: (folder, signal) => engine.foldersIn(folder, signal),
    removeFolder: (folder, signal) => engine.removeFolder(folder, signal),
    freeBytes: (signal) => engine.freeBytes(signal),
    isEmpty: (signal) => engine.isEmpty(signal),
    clean: (signal) => engine.clean(signal),
    close: () => engine.close(),
  };
}

const problems = ({ events }: Awaited<ReturnType<Library['everything']>>) =>
  events.flatMap((e) => (e.kind === 'problem' ? [e.why] : []));

const conflicts = ({ events }: Awaited<ReturnType<Library['everything']>>) =>
  events.flatMap((e) => (e.kind === 'file' && e.fate === 'conflict' ? [{ place: e.place, why: e.why ?? '' }] : []));

/** Equal in size and time, so that nothing but the bytes tells them apart. */
async function twins(l: Library, size = 12): Promise<void> {
  await l.put('Cats/A.png', Buffer.alloc(size, 'upper'));
  await l.put('Cats/a.png', Buffer.alloc(size, 'lower'));
}

describe('Names that differ only by case', () => {
  for (const [what, size] of [
    ['small', 12],
    ['large', 16 * MB],
  ] as const) {
    it(`never mix two ${what} files on a NAS that does not tell them apart; the second is left and reported`, async () => {
      for (const verify of size < MB ? (['size', 'checksum'] as const) : (['size'] as const)) {
        await using l = await library(NAS_KINDS[0], verify, folding);
        await twins(l, size);
        await l.put('Cats/b.png', 'another');
        const first = await l.everything();
        assert.deepEqual([first.copied, first.conflict, first.failed], [2, 1, 0]);
        const [told] = conflicts(first);
        assert.match(told!.place, /^Cats\/a.png$/i);
        const kept = told!.place === 'Cats/a.png' ? 'upper' : 'lower';
        assert.equal((await l.onNas())['cats/a.png'], Buffer.alloc(size, kept).toString());
        await l.restart();
        const again = await l.everything();
        assert.deepEqual([again.copied, again.updated, again.unchanged], [0, 0, 2]);
        assert.deepEqual(conflicts(again), conflicts(first));
      }
    });
  }

  it('never mix two images of one run either', async () => {
    await using l = await library(NAS_KINDS[0], 'size', folding);
    await twins(l);
    const put = (name: string) =>
      l.mirror.put({ files: [join(l.sorted, name)], root: l.sorted }, never).then(
        ({ kind }) => kind,
        (error: unknown) => (error instanceof ImageError ? error.reason : error),
      );
    assert.deepEqual(await Promise.all(['Cats/A.png', 'Cats/a.png'].map(put)), ['synced', 'exists']);
    assert.equal((await l.onNas())['cats/a.png'], Buffer.alloc(12, 'upper').toString());
    assert.equal(await put('Cats/a.png'), 'exists', 'nor one after the other');
    await l.restart();
    assert.equal(await put('Cats/a.png'), 'exists', 'nor in another run');
    assert.equal((await l.onNas())['cats/a.png'], Buffer.alloc(12, 'upper').toString());
  });

  it('let the changed one of two replace its own copy alone', async () => {
    await using l = await library(NAS_KINDS[0], 'size', folding);
    await twins(l);
    const [left] = conflicts(await l.everything());
    const later = new Date(TIME.getTime() + 60_000);
    await l.put(left!.place, 'changed, and still left', later);
    await l.restart();
    const second = await l.everything();
    assert.deepEqual([second.updated, second.conflict], [0, 1]);
    assert.match(conflicts(second)[0]!.why, /differs only by case/);
    const held = left!.place === 'Cats/a.png' ? 'Cats/A.png' : 'Cats/a.png';
    await l.put(held, 'changed', later);
    assert.deepEqual((await l.everything()).updated, 1);
    assert.equal((await l.onNas())['cats/a.png'], 'changed');
  });

  it('are told apart through rclone by a server that folds them', async () => {
    await using l = await library(rcloneServer('webdav', undefined, ['--vfs-case-insensitive']));
    await twins(l);
    for (const name of ['c', 'd', 'e'])
      for (const spelling of [name, name.toUpperCase()]) await l.put(`Cats/${spelling}.png`, spelling.repeat(5));
    const first = await l.everything();
    const there = await l.onNas();
    const left = new Set(conflicts(first).map(({ place }) => place));
    assert.equal(left.size, 4, 'one of each two');
    assert.equal(first.copied, 4);
    for (const [place, content] of Object.entries(there)) {
      assert.ok(!left.has(place), `${place} was left here`);
      const name = place.slice('Cats/'.length, -'.png'.length);
      const whole = { A: Buffer.alloc(12, 'upper').toString(), a: Buffer.alloc(12, 'lower').toString() }[name];
      assert.equal(content, whole ?? name.repeat(5));
    }
  });

  it('are told when the one has replaced the other, where the server tells them apart and its disk does not', async () => {
    let nas = '';
    // a name that is free to the server is another one's to the disk
    const behindAServer = (engine: SyncEngine): SyncEngine =>
      Object.assign(Object.create(engine) as SyncEngine, {
        bring: async (cargo, hooks) => {
          for (const { place } of cargo)
            for (const name of await readdir(join(nas, dirname(place))).catch(() => []))
              if (name !== basename(place) && foldPlace(name) === foldPlace(basename(place)))
                await rm(join(nas, dirname(place), name));
          return engine.bring(cargo, hooks);
        },
      } satisfies Partial<SyncEngine>);
    await using l = await library(NAS_KINDS[0], 'size', behindAServer);
    ({ nas } = l);
    await l.put('Cats/b.png', 'another');
    assert.deepEqual(problems(await l.everything()), []);
    await l.put('Cats/B.png', 'another one');
    const second = await l.everything();
    assert.equal(problems(second).length, 1);
    assert.match(
      problems(second)[0]!,
      /NAS 絵\/Cats\/b\.png is no longer there since .*Cats\/B\.png is, .*Rename one of the two/,
    );
    await l.restart();
    assert.equal(problems(await l.everything()).length, 1, 'again, when the first takes its place back');
  });

  it('are no trouble where the NAS tells them apart and one of them was changed there: that alone is told', async () => {
    await using l = await library(NAS_KINDS[0]);
    await twins(l);
    await l.everything();
    await writeFile(join(l.nas, 'Cats/A.png'), 'changed by a photo server');
    await l.put('Cats/new.png', 'another');
    const changed = await l.everything();
    assert.deepEqual([changed.copied, changed.conflict, problems(changed)], [1, 1, []]);
    await l.put('Cats/a.png', 'changed here', new Date(TIME.getTime() + 60_000));
    const again = await l.everything();
    assert.deepEqual([again.updated, again.conflict, problems(again)], [1, 1, []]);
  });

  // one for each way of looking at the other side
  const WAYS = ['builtin, to a folder', 'rsync, to a daemon', 'rclone, over webdav'];
  for (const kind of NAS_KINDS.filter(({ name }) => WAYS.includes(name))) {
    it(`are both brought, and known again, where the NAS tells them apart: ${kind.name}`, async () => {
      await using l = await library(kind);
      await twins(l);
      assert.equal((await l.everything()).copied, 2);
      await l.restart();
      assert.equal((await l.everything()).unchanged, 2);
      const there = await l.onNas();
      assert.equal(there['Cats/A.png'], Buffer.alloc(12, 'upper').toString());
      assert.equal(there['Cats/a.png'], Buffer.alloc(12, 'lower').toString());
    });
  }
});
