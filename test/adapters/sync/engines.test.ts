import assert from 'node:assert/strict';
import { mkdir, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { library, never, TIME, type Library } from './library.ts';
import { MISSING_PROGRAMS, NAS_KINDS, STAGING } from './nasKinds.ts';

const IMAGE = `Anime/夏 "x"/it's 🌄.png`;
const LATER = new Date(TIME.getTime() + 60_000);
const NOTHING = { copied: 0, updated: 0, unchanged: 0, conflict: 0, failed: 0, deleted: 0, bytes: 0 };

/** Counts alone. */
function counts({ events, ...summary }: Awaited<ReturnType<Library['everything']>>) {
  events;
  return summary;
}

describe('The engines of the sync', () => {
  it('are all tried here', () => {
    assert.deepEqual(MISSING_PROGRAMS, [], 'not installed; on Debian or Ubuntu: apt-get install rsync rclone');
  });
});

for (const kind of NAS_KINDS) {
  describe(`Syncing with ${kind.name}`, () => {
    for (const verify of ['size', 'checksum'] as const) {
      it(`copies an image and its sidecar once, verified by ${verify}`, async () => {
        await using l = await library(kind, verify);
        const files = await l.putImage(IMAGE, 'image');
        const bytes = 'image'.length + '<x:xmpmeta>image'.length;
        const destination = l.engine.nameOf(IMAGE);
        const first = await l.mirror.put({ files, root: l.sorted }, never);
        assert.deepEqual(first, { kind: 'synced', destination, copied: 2, unchanged: 0, bytes });
        if (l.engine.keepsTimes) assert.equal((await stat(join(l.nas, IMAGE))).mtimeMs, TIME.getTime());
        const again = await l.mirror.put({ files, root: l.sorted }, never);
        assert.deepEqual(again, { kind: 'synced', destination, copied: 0, unchanged: 2, bytes: 0 });
        await l.restart();
        assert.deepEqual(counts(await l.everything()), { ...NOTHING, unchanged: 2 });
        assert.deepEqual(await l.onNas(), { [IMAGE]: 'image', [`${IMAGE}.xmp`]: '<x:xmpmeta>image' });
        assert.deepEqual(await readdir(l.nas), ['Anime'], 'nothing of ours is left there');
      });
    }

    it('keeps names that programs take for something else', async () => {
      await using l = await library(kind);
      const names = [
        '#a.png',
        ';b.png',
        '-c.png',
        ' d .png',
        '[e]*?.png',
        '{f,g}.png',
        '\\h\\.png',
        '+ i.png',
        '%20j.png',
        '~k.png',
        '(l)&$(x)`m`.png',
        'n..png',
        '日本/é.png',
      ];
      for (const name of names) await l.put(`Odd/${name}`, name);
      assert.deepEqual(counts(await l.everything()), {
        ...NOTHING,
        copied: names.length,
        bytes: Buffer.byteLength(names.join('')),
      });
      assert.deepEqual(Object.values(await l.onNas()).sort(), [...names].sort());
      assert.deepEqual(Object.keys(await l.onNas()).sort(), names.map((name) => `Odd/${name}`).sort());
      assert.deepEqual(counts(await l.everything()), { ...NOTHING, unchanged: names.length });
    });

    it('brings what was changed here, and leaves the rest alone', async () => {
      await using l = await library(kind);
      await l.putImage('a.png', 'first');
      await l.putImage('b.png', 'second');
      await l.everything();
      const before = await stat(join(l.nas, 'b.png'));
      await l.restart();
      await l.put('a.png.xmp', '<edited>', LATER);
      const summary = await l.everything();
      assert.deepEqual(counts(summary), { ...NOTHING, updated: 1, unchanged: 3, bytes: '<edited>'.length });
      assert.equal((await l.onNas())['a.png.xmp'], '<edited>');
      assert.equal((await stat(join(l.nas, 'b.png'))).ino, before.ino);
    });

    it('brings what was changed here and has as many bytes as before', async () => {
      await using l = await library(kind);
      await l.put('a.png', 'image');
      await l.put('a.png.xmp', 'rating 4');
      await l.everything();
      await l.put('a.png.xmp', 'rating 5', LATER);
      assert.equal((await l.everything()).updated, 1);
      assert.equal((await l.onNas())['a.png.xmp'], 'rating 5');
      await l.put('a.png.xmp', 'rating 1', new Date(LATER.getTime() + 900));
      assert.equal((await l.everything()).updated, 1, 'within less time than a NAS may tell apart');
      assert.equal((await l.onNas())['a.png.xmp'], 'rating 1');
      await l.restart();
      assert.deepEqual(counts(await l.everything()), { ...NOTHING, unchanged: 2 });
    });

    it('never overwrites what was changed on the NAS since, whether or not it was changed here', async () => {
      await using l = await library(kind);
      for (const name of ['a.png', 'b.png', 'c.png']) await l.putImage(name, 'original');
      await l.everything();
      await writeFile(join(l.nas, 'a.png.xmp'), '<edited on the NAS itself>');
      await writeFile(join(l.nas, 'b.png'), 'retouched on the NAS');
      const soon = new Date(Date.now() + 5000);
      for (const name of ['a.png.xmp', 'b.png']) await utimes(join(l.nas, name), soon, soon);
      await l.put('b.png', 'retouched here, too', LATER);
      await l.put('c.png', 'changed here alone', LATER);
      await l.restart();
      const summary = await l.everything();
      const conflicts = summary.events.flatMap((e) => (e.kind === 'file' && e.fate === 'conflict' ? [e.place] : []));
      assert.deepEqual(conflicts.sort(), ['a.png.xmp', 'b.png']);
      assert.equal(summary.updated, 1);
      const now = await l.onNas();
      assert.equal(now['a.png.xmp'], '<edited on the NAS itself>');
      assert.equal(now['b.png'], 'retouched on the NAS');
      assert.equal(now['c.png'], 'changed here alone');
      await assert.rejects(
        l.mirror.put({ files: [join(l.sorted, 'b.png')], root: l.sorted }, never),
        (error: Error & { reason?: string }) =>
          error.reason === 'exists' && error.message.includes('changed on the NAS'),
      );
    });

    it('never overwrites what somebody else put there, and knows what is equal already', async () => {
      await using l = await library(kind);
      await l.put('a.png', 'ours');
      await l.put('b.png', 'equal');
      await writeFile(join(l.nas, 'a.png'), 'somebody else’s');
      await writeFile(join(l.nas, 'b.png'), 'equal');
      const older = new Date(TIME.getTime() - 3600_000);
      await l.put('c.png', 'mine!');
      await writeFile(join(l.nas, 'c.png'), 'yours');
      for (const name of ['a.png', 'b.png', 'c.png']) await utimes(join(l.nas, name), older, older);
      assert.deepEqual(counts(await l.everything()), { ...NOTHING, conflict: 2, unchanged: 1 });
      assert.equal((await l.onNas())['c.png'], 'yours', 'of the same size');
      assert.equal((await l.onNas())['a.png'], 'somebody else’s');
    });

    it('knows as equal only what it could compare, and is held up by no file that it can’t', async () => {
      await using l = await library(kind);
      const names = ['gone here.png', 'gone there.png', 'a folder.png', 'other.png', 'equal.png'];
      for (const name of names) await l.put(name, 'image');
      await l.everything();
      await rm(join(l.sorted, 'gone here.png'));
      for (const name of ['gone there.png', 'a folder.png']) await rm(join(l.nas, name));
      await mkdir(join(l.nas, 'a folder.png'));
      await writeFile(join(l.nas, 'other.png'), 'imagE');
      const files = names.map((place) => ({ place, source: join(l.sorted, place) }));
      assert.deepEqual([...(await l.engine.same(files, never))], ['equal.png']);
    });

    it('leaves out what is excluded by name, in any folder and any case', async () => {
      await using l = await library(kind);
      await l.put('@eadir/a.png', 'x');
      await l.put('b/.ds_store/c.png', 'x');
      await l.put('b/d.png', 'x');
      await l.everything();
      assert.deepEqual(Object.keys(await l.onNas()), ['b/d.png']);
    });

    it('waits for a NAS that is not there, never makes its folder, and goes on when it is back', async () => {
      await using l = await library(kind);
      const files = await l.putImage('a.png', 'image');
      await rename(l.nas, `${l.nas} away`);
      const answer = await l.mirror.put({ files, root: l.sorted }, never);
      assert.equal(answer.kind, 'unreachable');
      assert.ok((await l.everything()).unreachable);
      await assert.rejects(stat(l.nas), { code: 'ENOENT' });
      await rename(`${l.nas} away`, l.nas);
      l.clock.at += 60_000;
      assert.equal((await l.mirror.put({ files, root: l.sorted }, never)).kind, 'synced');
    });

    for (const [what, names] of [
      ['an empty folder', []],
      ['a folder with nothing but what a sync left at the mount point', [STAGING]],
    ] as const) {
      it(`takes ${what} that held our files for a NAS that is not mounted`, async () => {
        await using l = await library(kind);
        await l.putImage('a.png', 'image');
        await l.everything();
        await rename(l.nas, `${l.nas} away`);
        await mkdir(l.nas);
        await l.restart();
        for (const name of names) await mkdir(join(l.nas, name));
        assert.match((await l.everything()).unreachable ?? '', /is empty/);
        assert.deepEqual(await readdir(l.nas), names);
      });
    }

    it('fails the one file that has a folder in its way, and no other', async () => {
      await using l = await library(kind);
      await l.put('a.png', 'image');
      await l.put('b.png', 'image');
      await mkdir(join(l.nas, 'a.png'));
      assert.deepEqual(counts(await l.everything()), { ...NOTHING, conflict: 1, copied: 1, bytes: 5 });
      assert.deepEqual(await l.onNas(), { 'b.png': 'image' });
    });

    it('fails what has a file in the place of its folder, and nothing else', async () => {
      await using l = await library(kind);
      for (let i = 0; i < 4; i++) await l.put(`Anime/${i}.png`, 'image');
      await l.put('b.png', 'image');
      await writeFile(join(l.nas, 'Anime'), 'in the way');
      assert.deepEqual(counts(await l.everything()), { ...NOTHING, failed: 4, copied: 1, bytes: 5 });
      assert.deepEqual(await l.onNas(), { Anime: 'in the way', 'b.png': 'image' });
    });

    it('only brings an image whose sidecar has arrived', async () => {
      await using l = await library(kind);
      await l.putImage('a.png', 'image');
      await mkdir(join(l.nas, 'a.png.xmp'));
      const summary = await l.everything();
      assert.equal(summary.copied, 0);
      assert.deepEqual(await l.onNas(), {});
    });

    it('uses up what a killed run left, and finds out what it had finished', async () => {
      await using l = await library(kind);
      await l.putImage('a.png', 'image');
      await l.putImage('Sub/b.png', 'image');
      // as a kill leaves it: written down as intended, one named, one half copied
      const records = ['a.png.xmp', 'a.png', 'Sub/b.png.xmp', 'Sub/b.png'];
      await l.restart();
      await mkdir(join(l.nas, STAGING, 'Sub'), { recursive: true });
      await writeFile(join(l.nas, STAGING, 'Sub', 'b.png'), 'ima');
      await writeFile(join(l.nas, STAGING, 'gone.png'), 'left of an image that is no longer here');
      const summary = await l.everything();
      assert.equal(summary.copied, records.length);
      assert.deepEqual(counts(await l.everything()), { ...NOTHING, unchanged: 4 });
      const now = await l.onNas();
      assert.deepEqual(Object.keys(now).sort(), [...records].sort());
      assert.equal(now['Sub/b.png'], 'image');
      assert.deepEqual((await readdir(l.nas)).sort(), ['Sub', 'a.png', 'a.png.xmp']);
    });

    it('tells in a dry run what it would do, and does nothing', async () => {
      await using l = await library(kind);
      await l.putImage('a.png', 'image');
      const summary = await l.everything({ dryRun: true });
      assert.equal(summary.copied, 2);
      assert.deepEqual(await readdir(l.nas), []);
      const places = (s: typeof summary) =>
        s.events.flatMap((e) => (e.kind === 'file' ? [`${e.place} ${e.fate}`] : []));
      assert.deepEqual(places(summary).sort(), places(await l.everything()).sort());
    });

    it('removes nothing from the NAS unless it is told to', async () => {
      await using l = await library(kind);
      for (let i = 0; i < 10; i++) await l.putImage(`${i}.png`, `image ${i}`);
      await l.everything();
      for (const name of ['3.png', '3.png.xmp']) await rm(join(l.sorted, name));
      assert.deepEqual(counts(await l.everything()), { ...NOTHING, unchanged: 18 });
      assert.equal(Object.keys(await l.onNas()).length, 20);
    });

    it('moves what was removed here into a dated trash, after showing it, and empties that after 30 days', async () => {
      await using l = await library(kind);
      for (let i = 0; i < 10; i++) await l.putImage(`Sub/${i}.png`, `image ${i}`);
      await l.everything();
      await writeFile(join(l.nas, 'Sub/of others.png'), 'theirs');
      for (const name of ['3.png', '3.png.xmp']) await rm(join(l.sorted, 'Sub', name));
      await l.restart();
      l.clock.at = Date.parse('2026-01-31T14:25:00.500Z');
      const dry = await l.everything({ delete: true, dryRun: true });
      assert.equal(dry.deleted, 2);
      const refused = await l.everything({ delete: true, confirm: () => Promise.resolve(false) });
      assert.equal(refused.deleted, 0);
      assert.equal((await l.onNas())['Sub/3.png'], 'image 3');
      let shown: readonly string[] = [];
      const confirm = (plan: { readonly places: readonly string[] }): Promise<boolean> => {
        shown = plan.places;
        return Promise.resolve(true);
      };
      assert.equal((await l.everything({ delete: true, confirm })).deleted, 2);
      assert.deepEqual(shown, ['Sub/3.png', 'Sub/3.png.xmp']);
      const now = await l.onNas();
      assert.equal(now['.image-inbox-trash/2026-01-31_142500/Sub/3.png'], 'image 3');
      assert.equal(now['.image-inbox-trash/2026-01-31_142500/Sub/3.png.xmp'], '<x:xmpmeta>image 3');
      assert.equal(now['Sub/3.png'], undefined);
      assert.equal(now['Sub/of others.png'], 'theirs');
      l.clock.at += 29 * 86_400_000;
      await l.everything({ delete: true });
      assert.equal(Object.keys(await l.onNas()).length, 21);
      l.clock.at += 2 * 86_400_000;
      await l.everything({ delete: true });
      assert.equal(Object.keys(await l.onNas()).length, 19);
      assert.deepEqual(await readdir(join(l.nas, '.image-inbox-trash')), []);
    });

    it('does not remove what was changed on the NAS, nor what it found there', async () => {
      await using l = await library(kind);
      await l.put('found.png', 'equal');
      await writeFile(join(l.nas, 'found.png'), 'equal');
      await utimes(join(l.nas, 'found.png'), TIME, TIME);
      for (let i = 0; i < 10; i++) await l.put(`${i}.png`, `image ${i}`);
      await l.everything();
      await writeFile(join(l.nas, '3.png'), 'retouched on the NAS');
      for (const name of ['3.png', 'found.png']) await rm(join(l.sorted, name));
      const summary = await l.everything({ delete: true });
      assert.equal(summary.deleted, 0);
      assert.equal((await l.onNas())['3.png'], 'retouched on the NAS');
      assert.equal((await l.onNas())['found.png'], 'equal');
    });

    it('removes nothing when more than a fifth would go', async () => {
      await using l = await library(kind);
      for (let i = 0; i < 10; i++) await l.put(`${i}.png`, `image ${i}`);
      await l.everything();
      for (let i = 0; i < 3; i++) await rm(join(l.sorted, `${i}.png`));
      const summary = await l.everything({ delete: true });
      assert.ok(summary.events.some((e) => e.kind === 'deletion-refused' && e.why.includes('3 of the 10 files')));
      assert.equal(Object.keys(await l.onNas()).length, 10);
    });

    it('stops when it is told to, and shows nothing half-copied under its name', async () => {
      await using l = await library(kind);
      const large = Buffer.alloc(40_000_000, 'large');
      await l.put('large.png', large);
      for (let i = 0; i < 20; i++) await l.put(`${i}.png`, `image ${i}`);
      const stop = new AbortController();
      const order = {
        root: l.sorted,
        dryRun: false,
        delete: false,
        confirm: () => Promise.resolve(false),
        on: () => undefined,
      };
      const running = l.mirror.everything(
        { ...order, on: (event) => event.kind === 'planned' && setTimeout(() => stop.abort(), 30) },
        stop.signal,
      );
      await running.catch((error: unknown) => assert.equal((error as Error).name, 'AbortError'));
      // what is half-copied may still be cleared away
      for (const place of (await readdir(l.nas)).filter((name) => name !== STAGING))
        assert.equal((await stat(join(l.nas, place))).size, (await stat(join(l.sorted, place))).size, place);
      await l.restart();
      const summary = await l.everything();
      assert.equal(
        summary.failed + summary.conflict,
        0,
        JSON.stringify(summary.events.filter((e) => e.kind === 'file' && e.why)),
      );
      const now = await l.onNas();
      assert.equal(Object.keys(now).length, 21);
      assert.equal(now['large.png'], large.toString());
      assert.ok(!(await readdir(l.nas)).includes(STAGING), dirname(l.nas));
    });
  });
}
