import assert from 'node:assert/strict';
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { library, TIME, type Library } from './library.ts';
import { NAS_KINDS } from './nasKinds.ts';

const LATER = new Date(TIME.getTime() + 60_000);
/** Alone in their folder, and so many that a program takes them for a list of their own. */
const CONTESTED = [`Anime/夏 "x"/it's 🌄.png`, 'Many/1.png', 'Many/2.png', 'Many/3.png', 'Many/4.png'];
const THEIRS = 'what somebody else wrote on the NAS';

/** Syncs, and writes to the NAS when it was looked at and nothing is copied yet. */
async function syncWhileOthersWrite(l: Library, places: readonly string[], content = THEIRS, time = LATER) {
  const whys = new Map<string, string | undefined>();
  const summary = await l.everything({
    on: (event) => {
      if (event.kind === 'file') whys.set(event.place, event.why);
      if (event.kind !== 'planned') return;
      for (const place of places) {
        const path = join(l.nas, place);
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, content);
        utimesSync(path, time, time);
      }
    },
  });
  return { ...summary, whys };
}

for (const kind of NAS_KINDS) {
  describe(`What is written on the NAS between the look and the copy, with ${kind.name},`, () => {
    it('stays as it is where a new file was to go', async () => {
      await using l = await library(kind);
      for (const place of [...CONTESTED, 'Many/5.png']) await l.put(place, 'ours');
      const { copied, failed, whys } = await syncWhileOthersWrite(l, CONTESTED);
      assert.deepEqual([copied, failed], [1, CONTESTED.length]);
      const now = await l.onNas();
      for (const place of CONTESTED) {
        assert.equal(now[place], THEIRS);
        assert.match(whys.get(place) ?? '', /appeared or was changed on the NAS .* left alone/);
      }
      assert.equal(now['Many/5.png'], 'ours');
    });

    it('stays as it is although only its bytes differ from those of a new file, where bytes are compared', async () => {
      await using l = await library(kind, 'checksum');
      await l.put('a.png', 'ours ');
      const { failed } = await syncWhileOthersWrite(l, ['a.png'], 'their', TIME);
      assert.equal(failed, 1);
      assert.deepEqual(await l.onNas(), { 'a.png': 'their' });
    });

    it('stays as it is where a file was to be replaced', async () => {
      await using l = await library(kind);
      for (const place of [...CONTESTED, 'Many/5.png']) await l.put(place, 'ours');
      await l.everything();
      for (const place of [...CONTESTED, 'Many/5.png']) await l.put(place, 'ours, retouched', LATER);
      const { updated, failed, whys } = await syncWhileOthersWrite(l, CONTESTED);
      assert.deepEqual([updated, failed], [1, CONTESTED.length]);
      const now = await l.onNas();
      for (const place of CONTESTED) {
        assert.equal(now[place], THEIRS);
        assert.match(whys.get(place) ?? '', /appeared or was changed on the NAS .* left alone/);
      }
      assert.equal(now['Many/5.png'], 'ours, retouched');
    });
  });
}
