import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, readFile, rename, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { asidePath } from '../../../src/adapters/files/asidePath.ts';
import { BuiltinSyncTarget } from '../../../src/adapters/sync/builtinSyncTarget.ts';
import { asSyncError, whyUnreachable } from '../../../src/adapters/sync/nasErrors.ts';
import { collect } from '../support/collect.ts';
import { otherDevice } from '../support/otherDevice.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { putAsNobody, putMounted } from '../support/putUnit.ts';
import { mountNamespace } from '../support/underOtherConditions.ts';

const never = new AbortController().signal;
const IMAGE = `Anime/夏 "x"/it's 🌄.png`;
const TIME = new Date('2019-05-04T03:02:01.250Z');

interface Scene extends AsyncDisposable {
  readonly sorted: string;
  readonly nas: string;
  readonly target: BuiltinSyncTarget;
  put(place: string, content: string, time?: Date): Promise<string>;
  /** `place: content` of all files on the NAS, hidden ones too */
  onNas(): Promise<Readonly<Record<string, string>>>;
}

async function scene(verify: 'size' | 'checksum' = 'size'): Promise<Scene> {
  const [here, there] = [await temporaryFolder(), await temporaryFolder(await otherDevice())];
  const [sorted, nas] = [join(here.path, 'Sorted'), join(there.path, 'NAS 絵')];
  await Promise.all([mkdir(sorted), mkdir(nas), chmod(here.path, 0o755), chmod(there.path, 0o755)]);
  return {
    sorted,
    nas,
    // written as people write folders
    target: new BuiltinSyncTarget({ nas: `${nas}/`, exclude: ['@eaDir', '.DS_Store'], verify }),
    put: async (place, content, time = TIME) => {
      const path = join(sorted, place);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, content);
      await utimes(path, time, time);
      return path;
    },
    onNas: async () => {
      const entries = await readdir(nas, { recursive: true, withFileTypes: true });
      const paths = entries.filter((e) => e.isFile()).map((e) => join(e.parentPath, e.name));
      const pairs = paths.sort().map(async (p) => [relative(nas, p), await readFile(p, 'utf8')] as const);
      return Object.fromEntries(await Promise.all(pairs));
    },
    [Symbol.asyncDispose]: async () => {
      await here[Symbol.asyncDispose]();
      await there[Symbol.asyncDispose]();
    },
  };
}

/** An image and its sidecar in the sorted folder, as a unit. */
async function unit(s: Scene, content = 'image', time?: Date) {
  const files = [await s.put(`${IMAGE}.xmp`, `<x:xmpmeta>${content}`, time), await s.put(IMAGE, content, time)];
  return { files, root: s.sorted };
}

for (const verify of ['size', 'checksum'] as const) {
  describe(`BuiltinSyncTarget, verifying by ${verify}`, () => {
    it('copies an image and its sidecar with their times, once', async () => {
      await using s = await scene(verify);
      const both = await unit(s);
      const destination = join(s.nas, IMAGE);
      assert.deepEqual(await s.target.put(both, never), {
        kind: 'synced',
        destination,
        copied: 2,
        unchanged: 0,
        bytes: 'image'.length + '<x:xmpmeta>image'.length,
      });
      assert.deepEqual(await s.onNas(), { [IMAGE]: 'image', [`${IMAGE}.xmp`]: '<x:xmpmeta>image' });
      assert.equal((await stat(destination)).mtimeMs, TIME.getTime());
      const before = await stat(destination);
      const again = await s.target.put(both, never);
      assert.deepEqual(again, { kind: 'synced', destination, copied: 0, unchanged: 2, bytes: 0 });
      assert.equal((await stat(destination)).ino, before.ino);
    });

    it('replaces what is older on the NAS', async () => {
      await using s = await scene(verify);
      await s.target.put(await unit(s), never);
      const changed = await unit(s, 'edited', new Date(TIME.getTime() + 60_000));
      assert.equal((await s.target.put(changed, never)).kind, 'synced');
      assert.deepEqual(await s.onNas(), { [IMAGE]: 'edited', [`${IMAGE}.xmp`]: '<x:xmpmeta>edited' });
    });

    it('does not replace what was changed on the NAS', async () => {
      await using s = await scene(verify);
      const both = await unit(s);
      for (const content of ['changed on the NAS', 'IMAGE']) {
        await s.target.put(both, never).catch(() => undefined);
        await writeFile(join(s.nas, IMAGE), content);
        await assert.rejects(s.target.put(both, never), (error: Error & { reason?: string }) => {
          assert.equal(error.reason, 'exists');
          assert.match(error.message, /changed on the NAS: it is newer/);
          return true;
        });
        assert.equal((await s.onNas())[IMAGE], content);
      }
    });

    it('knows the same bytes under another time, as after a change of the clocks', async () => {
      await using s = await scene(verify);
      const both = await unit(s);
      await s.target.put(both, never);
      for (const hours of [-1, 1]) {
        const shifted = new Date(TIME.getTime() + hours * 3600_000);
        await utimes(join(s.nas, IMAGE), shifted, shifted);
        const answer = await s.target.put(both, never);
        assert.equal(answer.kind === 'synced' && answer.unchanged, 2);
        assert.equal((await stat(join(s.nas, IMAGE))).mtimeMs, TIME.getTime());
      }
    });
  });
}

describe('BuiltinSyncTarget', () => {
  it('takes times for equal that differ by what FAT can not hold', async () => {
    await using s = await scene();
    const both = await unit(s);
    await s.target.put(both, never);
    await writeFile(join(s.nas, IMAGE), 'IMAGE');
    const near = new Date(TIME.getTime() - 1900);
    await utimes(join(s.nas, IMAGE), near, near);
    const answer = await s.target.put(both, never);
    assert.equal(answer.kind === 'synced' && answer.unchanged, 2);
  });

  it('brings the sidecar first, so that a scan of the library never meets an image without it', async () => {
    await using s = await scene();
    const both = await unit(s);
    await rm(both.files[1]!);
    await assert.rejects(s.target.put(both, never), { reason: 'vanished' });
    assert.deepEqual(Object.keys(await s.onNas()), [`${IMAGE}.xmp`]);
  });

  it('uses up what a killed run left of a copy', async () => {
    await using s = await scene();
    const both = await unit(s);
    await mkdir(dirname(join(s.nas, IMAGE)), { recursive: true });
    await writeFile(asidePath(join(s.nas, IMAGE)), 'half an im');
    await s.target.put(both, never);
    assert.deepEqual(await s.onNas(), { [IMAGE]: 'image', [`${IMAGE}.xmp`]: '<x:xmpmeta>image' });
  });

  it('never makes the NAS folder itself: the mount point of what is not mounted stays empty', async () => {
    await using s = await scene();
    const both = await unit(s);
    await rename(s.nas, `${s.nas} away`);
    const gone = await s.target.put(both, never);
    assert.ok(gone.kind === 'unreachable' && gone.why.includes(s.nas), JSON.stringify(gone));
    await assert.rejects(stat(s.nas), { code: 'ENOENT' });
    await writeFile(s.nas, 'a file');
    const file = await s.target.put(both, never);
    assert.ok(file.kind === 'unreachable' && file.why.includes('not a folder'), JSON.stringify(file));
    await rm(s.nas);
    await rename(`${s.nas} away`, s.nas);
    assert.equal((await s.target.put(both, never)).kind, 'synced');
  });

  it('waits for a NAS that answers no more, and for no other trouble', async () => {
    await using s = await scene();
    const system = (code: string): Error => Object.assign(new Error(code), { code, errno: -1 });
    assert.match((await whyUnreachable(system('EHOSTDOWN'), s.nas)) ?? '', /EHOSTDOWN/);
    assert.equal(await whyUnreachable(system('EIO'), s.nas), undefined);
  });

  it('leaves out what is excluded by name, in any folder', async () => {
    await using s = await scene();
    const root = s.sorted;
    const files = [await s.put('@eadir/a.jpg', 'x'), await s.put('b/.DS_Store', 'x')];
    assert.deepEqual(await s.target.put({ files, root }, never), {
      kind: 'synced',
      destination: join(s.nas, 'b/.DS_Store'),
      copied: 0,
      unchanged: 0,
      bytes: 0,
    });
    assert.deepEqual(await readdir(s.nas), []);
  });

  it('takes nothing from outside of the sorted folder', async () => {
    await using s = await scene();
    const outside = join(s.sorted, '..', 'secret.jpg');
    await writeFile(outside, 'x');
    await assert.rejects(s.target.put({ files: [outside], root: s.sorted }, never), /is not in the sorted folder/);
    assert.deepEqual(await readdir(s.nas), []);
  });

  it('does not write through a link on the NAS', async () => {
    await using s = await scene();
    const victim = join(s.sorted, '..', 'victim');
    await writeFile(victim, 'precious');
    await symlink(victim, join(s.nas, 'a.jpg'));
    await symlink(victim, asidePath(join(s.nas, 'b.jpg')));
    const files = async (name: string) => ({ files: [await s.put(name, 'image')], root: s.sorted });
    await assert.rejects(s.target.put(await files('a.jpg'), never), { reason: 'exists' });
    assert.equal((await s.target.put(await files('b.jpg'), never)).kind, 'synced');
    assert.equal(await readFile(victim, 'utf8'), 'precious');
  });

  it('says that a file is in the way of a folder', async () => {
    await using s = await scene();
    const both = await unit(s);
    await writeFile(join(s.nas, 'Anime'), 'in the way');
    await assert.rejects(s.target.put(both, never), { reason: 'not-writable' });
    assert.deepEqual(await s.onNas(), { Anime: 'in the way' });
  });

  it('fails one image, not the run, when it has no permission', async () => {
    await using s = await scene();
    const file = await s.put('a.jpg', 'image');
    assert.deepEqual(await putAsNobody(s.nas, s.sorted, file), {
      name: 'ImageError',
      reason: 'not-writable',
      left: [],
    });
    await chmod(s.nas, 0o777);
    await chmod(file, 0o600);
    assert.deepEqual(await putAsNobody(s.nas, s.sorted, file), { name: 'ImageError', reason: 'unreadable', left: [] });
  });

  it('fails one image, not the run, when the NAS is full, and leaves nothing half-copied', async () => {
    await using s = await scene();
    const file = await s.put('large.jpg', 'image'.repeat(100_000));
    if (!mountNamespace) {
      const full = Object.assign(new Error('ENOSPC'), { code: 'ENOSPC', errno: -28 });
      assert.equal((asSyncError(full, file) as Error & { reason?: string }).reason, 'no-space');
      return;
    }
    assert.deepEqual(await putMounted('mount -t tmpfs -o size=64k none "$0"', s.nas, s.sorted, file), {
      name: 'ImageError',
      reason: 'no-space',
      left: [],
    });
  });

  it('stops when it is told to', async () => {
    await using s = await scene();
    await assert.rejects(s.target.put(await unit(s), AbortSignal.abort()), { name: 'AbortError' });
    assert.deepEqual(await readdir(s.nas), []);
  });

  it('gives every image of the sorted folder with its sidecar, and no report of ours', async () => {
    await using s = await scene();
    const { files } = await unit(s);
    const alone = await s.put('Photos/alone.jpg', 'x');
    for (const place of [
      'manifest_20260101_000000.json',
      'errors_20260101_000000.md',
      'gone.jpg.xmp',
      '@EADIR/b.jpg',
    ]) {
      await s.put(place, 'x');
    }
    assert.deepEqual(await collect(s.target.units(s.sorted, never)), [
      { files, root: s.sorted },
      { files: [alone], root: s.sorted },
    ]);
  });
});
