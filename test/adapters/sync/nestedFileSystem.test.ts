import assert from 'node:assert/strict';
import { mkdir, readdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { attributesRefused } from '../support/attributesRefused.ts';
import { replacedCall } from '../support/replacedCall.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { library, TIME, type Library } from './library.ts';

const PLACE = `Anime/夏 "x"/it's 🌄.png`;
const isAside = (path: unknown): boolean => String(path).endsWith('.tmp');

/** Has a folder of the NAS be on another file system than the NAS folder. */
async function nested(l: Library) {
  const other = await temporaryFolder();
  await symlink(other.path, join(l.nas, 'Anime'));
  assert.notEqual((await stat(other.path)).dev, (await stat(l.nas)).dev);
  return other;
}

describe('A folder of the NAS that is another file system', () => {
  it('gets its copies with their times, and keeps nothing of ours', async () => {
    await using l = await library();
    await using other = await nested(l);
    await l.put(PLACE, 'image');
    assert.equal((await l.everything()).copied, 1);
    const target = join(other.path, '夏 "x"', `it's 🌄.png`);
    assert.equal((await stat(target)).mtimeMs, TIME.getTime());
    assert.deepEqual(await readdir(join(target, '..')), [`it's 🌄.png`]);
    assert.deepEqual(await readdir(l.nas), ['Anime']);
  });

  it('keeps what somebody puts there while the copy is made once more', async () => {
    await using l = await library();
    await using other = await nested(l);
    await l.put(PLACE, 'image');
    const folder = join(other.path, '夏 "x"');
    await mkdir(folder);
    // when the second copy has got its bytes
    using _slow = replacedCall('utimes', (real) => async (path, ...times) => {
      if (isAside(path)) await writeFile(join(folder, `it's 🌄.png`), 'somebody else’s');
      await real(path, ...times);
    });
    const { failed, events } = await l.everything();
    assert.equal(failed, 1);
    assert.ok(events.some((e) => e.kind === 'file' && /appeared .* left alone/.test(e.why ?? '')));
    assert.deepEqual(await l.onNas(), {});
    assert.deepEqual(await readdir(folder), [`it's 🌄.png`], 'and nothing of ours');
    assert.equal((await stat(join(folder, `it's 🌄.png`))).size, Buffer.byteLength('somebody else’s'));
  });

  it('gets its copies also where nobody may set times, and they are known again', async () => {
    await using l = await library();
    await using other = await nested(l);
    await l.put(PLACE, 'image');
    {
      using _refused = replacedCall('utimes', (real) => async (path, ...times) => {
        if (isAside(path)) throw attributesRefused();
        await real(path, ...times);
      });
      const { copied, failed } = await l.everything();
      assert.deepEqual([copied, failed], [1, 0]);
    }
    assert.deepEqual(await readdir(join(other.path, '夏 "x"')), [`it's 🌄.png`]);
    await l.put(PLACE, 'retouched', new Date(TIME.getTime() + 60_000));
    await l.restart();
    assert.equal((await l.everything()).updated, 1);
  });
});
