import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import type { BigIntStats } from 'node:fs';
import {
  chmod,
  link,
  lstat,
  mkdir,
  readFile,
  readdir,
  rename,
  stat,
  symlink,
  unlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ImageError } from '../../../src/core/model/failure.ts';
import { asidePath } from '../../../src/adapters/files/asidePath.ts';
import { asFileError } from '../../../src/adapters/files/fileErrors.ts';
import { NodeFiles } from '../../../src/adapters/files/nodeFiles.ts';
import { renameOverReservation } from '../../../src/adapters/files/takeName.ts';
import { attributesRefused } from '../support/attributesRefused.ts';
import { sha256Of } from '../support/contentOf.ts';
import { replacedCall } from '../support/replacedCall.ts';
import { otherDevice } from '../support/otherDevice.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { asNobody, mounted, mountNamespace } from '../support/underOtherConditions.ts';

const never = new AbortController().signal;
const files = new NodeFiles();
const BYTES = 'the bytes of an image 絵';
const SHA = sha256Of(BYTES);
const NAME = `a "q" it's 絵 🌄.jpg`;
// a time between two milliseconds would not survive in what Node can set
const TIME = new Date('2019-05-04T03:02:01.250Z');

/** `name: content` of a folder's files, hidden ones too */
async function contents(folder: string): Promise<Readonly<Record<string, string>>> {
  const names = (await readdir(folder)).sort();
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as const)),
  );
}

interface Places extends AsyncDisposable {
  readonly inbox: string;
  readonly sorted: string;
  readonly from: string;
  readonly to: string;
}

/** An image in an inbox, and an empty sorted folder: on the same device, or on two. */
async function places(across: boolean): Promise<Places> {
  const [one, two] = [await temporaryFolder(), await temporaryFolder(across ? await otherDevice() : undefined)];
  await Promise.all([chmod(one.path, 0o755), chmod(two.path, 0o755)]);
  const [inbox, sorted] = [join(one.path, 'Inbox'), join(two.path, 'Sorted')];
  await Promise.all([mkdir(inbox), mkdir(sorted)]);
  const from = join(inbox, NAME);
  await writeFile(from, BYTES);
  await chmod(from, 0o640);
  await utimes(from, TIME, TIME);
  return {
    inbox,
    sorted,
    from,
    to: join(sorted, NAME),
    [Symbol.asyncDispose]: async () => {
      await one[Symbol.asyncDispose]();
      await two[Symbol.asyncDispose]();
    },
  };
}

for (const across of [false, true]) {
  describe(`NodeFiles.move ${across ? 'to another device' : 'on one device'}`, () => {
    it('takes the file away with its bytes, its time and its permissions', async () => {
      await using p = await places(across);
      await files.move(p.from, p.to, SHA, never);
      assert.deepEqual(await contents(p.inbox), {});
      assert.deepEqual(await contents(p.sorted), { [NAME]: BYTES });
      const facts = await stat(p.to);
      assert.equal(facts.mode & 0o777, 0o640);
      assert.equal(facts.mtimeMs, TIME.getTime());
    });

    it('has the new name on the disk before the old one goes: a power cut leaves one of them', async () => {
      await using p = await places(across);
      const done: string[] = [];
      using _open = replacedCall('open', (open) => async (...given) => {
        const handle = await open(...given);
        const sync = handle.sync.bind(handle);
        handle.sync = async () => {
          await sync();
          if (given[0] === p.sorted && (await contents(p.sorted))[NAME] === BYTES) done.push('new name flushed');
        };
        return handle;
      });
      using _unlink = replacedCall('unlink', (unlink) => async (path) => {
        await unlink(path);
        if (path === p.from) done.push('old name gone');
      });
      await files.move(p.from, p.to, SHA, never);
      assert.equal(done.at(-1), 'old name gone');
      assert.ok(done.includes('new name flushed'), done.join());
    });

    it('takes a drive that goes away in the middle for no removal', async () => {
      await using p = await places(across);
      // as a removable drive: its folder goes with it
      let isAway = false;
      using _ = replacedCall('open', (open) => async (path, ...given) => {
        if (path === p.sorted && !isAway) await rename(p.inbox, `${p.inbox} away`);
        isAway ||= path === p.sorted;
        return open(path, ...given);
      });
      await assert.rejects(files.move(p.from, p.to, SHA, never), { reason: 'not-writable', message: /Mount it/ });
      await rename(`${p.inbox} away`, p.inbox);
      await files.move(p.from, p.to, SHA, never);
      assert.deepEqual(await contents(p.inbox), {});
      assert.deepEqual(await contents(p.sorted), { [NAME]: BYTES });
    });

    it('does nothing more when it was done already', async () => {
      await using p = await places(across);
      await files.move(p.from, p.to, SHA, never);
      await files.move(p.from, p.to, SHA, never);
      assert.deepEqual(await contents(p.sorted), { [NAME]: BYTES });
    });

    it('never overwrites a file that has the name, not even an empty one', async () => {
      for (const other of ['other bytes', '']) {
        await using p = await places(across);
        await writeFile(p.to, other);
        await assert.rejects(files.move(p.from, p.to, SHA, never), { reason: 'exists' });
        assert.deepEqual(await contents(p.inbox), { [NAME]: BYTES });
        assert.deepEqual(await contents(p.sorted), { [NAME]: other });
      }
    });

    it('does not take a link to the file for the file', async () => {
      await using p = await places(across);
      await symlink(p.from, p.to);
      await assert.rejects(files.move(p.from, p.to, SHA, never), { reason: 'exists' });
      assert.deepEqual(await contents(p.inbox), { [NAME]: BYTES });
    });

    it('does not mistake another file under its name for the one that was moved', async () => {
      await using p = await places(across);
      await unlink(p.from);
      await writeFile(p.to, 'other bytes');
      await assert.rejects(files.move(p.from, p.to, SHA, never), { reason: 'vanished' });
      assert.deepEqual(await contents(p.sorted), { [NAME]: 'other bytes' });
    });

    it('leaves the source alone when there is no folder to move it to', async () => {
      await using p = await places(across);
      await assert.rejects(files.move(p.from, join(p.sorted, 'nowhere', NAME), SHA, never), { reason: 'not-writable' });
      assert.deepEqual(await contents(p.inbox), { [NAME]: BYTES });
    });

    it('leaves one copy, the source, when that can not be removed', async () => {
      await using p = await places(across);
      await chmod(p.from, 0o666);
      await chmod(p.sorted, 0o777);
      const outcome = await asNobody('move', p.from, p.to, SHA);
      assert.deepEqual([outcome.name, outcome.reason], ['ImageError', 'not-writable']);
      assert.deepEqual(await contents(p.inbox), { [NAME]: BYTES });
      assert.deepEqual(await contents(p.sorted), {});
    });

    it('keeps the image where a NAS has removed the source, and its answer was lost', async () => {
      await using p = await places(across);
      {
        using _ = replacedCall('unlink', (unlink) => async (path) => {
          await unlink(path);
          if (path === p.from) throw Object.assign(new Error('lost'), { code: 'ETIMEDOUT', errno: -110 });
        });
        await assert.rejects(files.move(p.from, p.to, SHA, never), { reason: 'not-writable', transient: true });
      }
      assert.deepEqual(await contents(p.sorted), { [NAME]: BYTES });
      await files.move(p.from, p.to, SHA, never);
      assert.deepEqual(await contents(p.sorted), { [NAME]: BYTES });
    });

    it('changes nothing when the target folder can not be written to', async () => {
      await using p = await places(across);
      await chmod(p.from, 0o666);
      const outcome = await asNobody('move', p.from, p.to, SHA);
      assert.deepEqual([outcome.name, outcome.reason], ['ImageError', 'not-writable']);
      assert.deepEqual(await contents(p.inbox), { [NAME]: BYTES });
      assert.deepEqual(await contents(p.sorted), {});
    });
  });
}

describe('NodeFiles.move on one device', () => {
  it('finishes what was killed between link and unlink', async () => {
    await using p = await places(false);
    await link(p.from, p.to);
    await files.move(p.from, p.to, SHA, never);
    assert.deepEqual(await contents(p.inbox), {});
    assert.deepEqual(await contents(p.sorted), { [NAME]: BYTES });
  });

  it('believes the bytes where a look tells another size for a moment after the link, as gocryptfs does', async () => {
    await using p = await places(false);
    using _ = replacedCall('lstat', (lstat) => {
      const wrong = async (path: string): Promise<BigIntStats> => {
        const found = await lstat(path, { bigint: true });
        return found.nlink > 1n ? Object.assign(found, { size: 5082n }) : found;
      };
      return wrong as typeof lstat;
    });
    await files.move(p.from, p.to, SHA, never);
    assert.deepEqual(await contents(p.inbox), {});
    assert.deepEqual(await contents(p.sorted), { [NAME]: BYTES });
    await rename(p.to, p.from);
    await assert.rejects(files.move(p.from, p.to, sha256Of('other bytes'), never), { reason: 'changed' });
    assert.deepEqual(await contents(p.inbox), { [NAME]: BYTES });
    assert.deepEqual(await contents(p.sorted), {});
  });

  it('finishes what was killed between link and unlink where nothing tells that two names are one file, as over SFTP', async () => {
    await using p = await places(false);
    await link(p.from, p.to);
    let inodes = 1n;
    using _ = replacedCall('lstat', (lstat) => {
      const untold = async (path: string, options?: { readonly bigint: true }): Promise<unknown> =>
        options
          ? Object.assign(await lstat(path, { bigint: true }), { nlink: 1n, ino: inodes++ })
          : Object.assign(await lstat(path), { nlink: 1 });
      return untold as typeof lstat;
    });
    await files.move(p.from, p.to, SHA, never);
    assert.deepEqual(await contents(p.inbox), {});
    assert.deepEqual(await contents(p.sorted), { [NAME]: BYTES });
    for (const other of ['other bytes', '']) {
      await writeFile(p.from, other);
      await assert.rejects(files.move(p.from, p.to, sha256Of(other), never), { reason: 'exists' });
      assert.deepEqual(await contents(p.sorted), { [NAME]: BYTES });
    }
  });

  it('does not take a file of the same bytes for its own', async () => {
    await using p = await places(false);
    await writeFile(p.to, BYTES);
    await assert.rejects(files.move(p.from, p.to, SHA, never), { reason: 'exists' });
    assert.deepEqual(await contents(p.inbox), { [NAME]: BYTES });
  });

  it('never removes the only name of a file that is moved to itself', async () => {
    await using p = await places(false);
    await symlink(p.inbox, join(p.sorted, 'inbox'));
    await link(p.from, join(p.inbox, 'second name'));
    for (const same of [p.from, join(p.sorted, 'inbox', NAME)]) {
      await assert.rejects(files.move(p.from, same, SHA, never), { reason: 'exists' });
    }
    assert.deepEqual(await contents(p.inbox), { [NAME]: BYTES, 'second name': BYTES });
  });

  it('moves where it may not link', async () => {
    await using p = await places(false);
    await chmod(p.inbox, 0o777);
    await chmod(p.sorted, 0o777);
    // Linux lets nobody link to a file that belongs to another and that he may not write to
    await chmod(p.from, 0o644);
    assert.deepEqual(await asNobody('move', p.from, p.to, SHA), { kind: 'returned' });
    assert.deepEqual(await contents(p.inbox), {});
    assert.deepEqual(await contents(p.sorted), { [NAME]: BYTES });
    assert.equal((await stat(p.to)).mtimeMs, TIME.getTime());
  });

  it('finishes where it may not link, and was killed when it had taken the name', async () => {
    await using p = await places(false);
    await chmod(p.inbox, 0o777);
    await chmod(p.sorted, 0o777);
    await chmod(p.from, 0o644);
    await writeFile(p.to, '');
    assert.deepEqual(await asNobody('move', p.from, p.to, SHA), { kind: 'returned' });
    assert.deepEqual(await contents(p.inbox), {});
    assert.deepEqual(await contents(p.sorted), { [NAME]: BYTES });
  });

  it('does not overwrite what another run has put over the name that it had taken, where it may not link', async () => {
    await using p = await places(false);
    using _ = replacedCall('open', (open) => async (path, ...given) => {
      const handle = await open(path, ...given);
      if (path === p.to) await writeFile(p.to, 'other bytes');
      return handle;
    });
    await assert.rejects(renameOverReservation(p.from, p.to), { code: 'EEXIST' });
    assert.deepEqual(await contents(p.inbox), { [NAME]: BYTES });
    assert.deepEqual(await contents(p.sorted), { [NAME]: 'other bytes' });
  });

  it('does not overwrite where it may not link', async () => {
    await using p = await places(false);
    await writeFile(p.to, 'other bytes');
    await assert.rejects(renameOverReservation(p.from, p.to), { code: 'EEXIST' });
    assert.deepEqual(await contents(p.sorted), { [NAME]: 'other bytes' });
    await assert.rejects(renameOverReservation(join(p.inbox, 'gone'), join(p.sorted, 'new')), { code: 'ENOENT' });
    assert.deepEqual(await contents(p.sorted), { [NAME]: 'other bytes' });
  });
});

describe('NodeFiles.move to another device', () => {
  it('starts again over what was left of a copy', async () => {
    await using p = await places(true);
    await writeFile(asidePath(p.to), BYTES.slice(0, 5));
    await files.move(p.from, p.to, SHA, never);
    assert.deepEqual(await contents(p.inbox), {});
    assert.deepEqual(await contents(p.sorted), { [NAME]: BYTES });
  });

  it('loses nothing to another run that brings a picture of the same name in the same moment', async () => {
    await using p = await places(true);
    await using q = await places(true);
    await writeFile(q.from, 'other bytes');
    const [a, b] = [new NodeFiles('one'), new NodeFiles('other')];
    const [isCopied, isNamed] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
    let second: Promise<void> | undefined;
    // when the first one is copied and verified, the second one is copied; then the first one gets its name
    using _ = replacedCall('utimes', (utimes) => async (...given) => {
      await utimes(...given);
      if (second) {
        isCopied.resolve(undefined);
        return isNamed.promise;
      }
      second = b.move(q.from, p.to, sha256Of('other bytes'), never);
      await isCopied.promise;
    });
    await a.move(p.from, p.to, SHA, never);
    isNamed.resolve(undefined);
    await assert.rejects(second ?? Promise.resolve(), { reason: 'exists' });
    assert.deepEqual(await contents(p.sorted), { [NAME]: BYTES });
    assert.deepEqual(await contents(q.inbox), { [NAME]: 'other bytes' });
  });

  it('has a copy open for writing when it is flushed: CIFS passes over the flush of others', async () => {
    await using p = await places(true);
    let flags: unknown;
    using _ = replacedCall('open', (open) => async (...given) => {
      const handle = await open(...given);
      const sync = handle.sync.bind(handle);
      handle.sync = async () => {
        await sync();
        if (given[0] === asidePath(p.to)) flags = given[1];
      };
      return handle;
    });
    await files.move(p.from, p.to, SHA, never);
    assert.equal(flags, 'r+');
  });

  it('finishes what was killed between the naming of the copy and the removal of its temporary name', async () => {
    await using p = await places(true);
    await writeFile(p.to, BYTES);
    await link(p.to, asidePath(p.to));
    await files.move(p.from, p.to, SHA, never);
    assert.deepEqual(await contents(p.inbox), {});
    assert.deepEqual(await contents(p.sorted), { [NAME]: BYTES });
  });

  it('finishes what was killed before the source was removed', async () => {
    await using p = await places(true);
    await writeFile(p.to, BYTES);
    await files.move(p.from, p.to, SHA, never);
    assert.deepEqual(await contents(p.inbox), {});
    assert.deepEqual(await contents(p.sorted), { [NAME]: BYTES });
  });

  it('keeps a source that has other bytes by now, and leaves no copy', async () => {
    await using p = await places(true);
    await writeFile(p.from, 'saved over');
    await assert.rejects(files.move(p.from, p.to, SHA, never), { reason: 'changed' });
    assert.deepEqual(await contents(p.inbox), { [NAME]: 'saved over' });
    assert.deepEqual(await contents(p.sorted), {});
  });

  it('keeps what somebody saves over the source while it is copied, and leaves no copy', async () => {
    await using p = await places(true);
    using _ = replacedCall('utimes', (utimes) => async (...given) => {
      await utimes(...given);
      await writeFile(p.from, 'saved over');
    });
    await assert.rejects(files.move(p.from, p.to, SHA, never), { reason: 'changed' });
    assert.deepEqual(await contents(p.inbox), { [NAME]: 'saved over' });
    assert.deepEqual(await contents(p.sorted), {});
  });

  it('knows two mounts of one device for two devices, and finishes there too', async () => {
    await using p = await places(mountNamespace === undefined);
    const view = join(p.sorted, '..', 'View');
    await mkdir(view);
    const move = (): Promise<unknown> =>
      mountNamespace
        ? mounted(`mount --bind "$0" "$0/../View"`, p.sorted, 'move', p.from, join(view, NAME), SHA)
        : files.move(p.from, p.to, SHA, never);
    await move();
    assert.deepEqual(await contents(p.sorted), { [NAME]: BYTES });
    assert.deepEqual(await contents(p.inbox), {});
    await writeFile(p.from, BYTES);
    await move();
    assert.deepEqual(await contents(p.sorted), { [NAME]: BYTES });
    assert.deepEqual(await contents(p.inbox), {});
  });
});

describe('NodeFiles.isOneFile', () => {
  it('knows a file again by another way to it, and neither a second name nor equal bytes for it', async () => {
    await using p = await places(false);
    const [second, other, view] = [join(p.inbox, 'second.jpg'), join(p.inbox, 'other.jpg'), join(p.sorted, 'view')];
    await writeFile(other, BYTES);
    await symlink(p.inbox, view, 'junction');
    const isOneFile = (path: string): Promise<boolean> => files.isOneFile(p.from, path);
    const through = join(view, NAME);
    assert.deepEqual(await Promise.all([p.from, through, other, p.to].map(isOneFile)), [true, true, false, false]);
    await link(p.from, second);
    assert.deepEqual(await Promise.all([p.from, through, second].map(isOneFile)), [true, true, false]);
  });
});

for (const across of [false, true]) {
  describe(`NodeFiles.linkOrCopy ${across ? 'to another device' : 'on one device'}`, () => {
    it('has the file under both names, until the old one is removed', async () => {
      await using p = await places(across);
      await files.linkOrCopy(p.from, p.to, SHA, never);
      assert.deepEqual([await contents(p.inbox), await contents(p.sorted)], [{ [NAME]: BYTES }, { [NAME]: BYTES }]);
      assert.equal((await stat(p.from)).ino === (await stat(p.to)).ino, !across);
      assert.equal(await files.removeDouble(p.from, p.to, SHA, never), true);
      assert.deepEqual([await contents(p.inbox), await contents(p.sorted)], [{}, { [NAME]: BYTES }]);
      const { mode, mtimeMs, nlink } = await stat(p.to);
      assert.deepEqual([mode & 0o777, mtimeMs, nlink], [0o640, TIME.getTime(), 1]);
    });

    it('takes no file that was changed since it was read', async () => {
      await using p = await places(across);
      await writeFile(p.from, 'saved over');
      await assert.rejects(files.linkOrCopy(p.from, p.to, SHA, never), { reason: 'changed' });
      assert.deepEqual([await contents(p.inbox), await contents(p.sorted)], [{ [NAME]: 'saved over' }, {}]);
    });

    it('keeps what somebody wrote into it before the old name was removed', async () => {
      await using p = await places(across);
      await files.linkOrCopy(p.from, p.to, SHA, never);
      await writeFile(p.from, 'written into');
      // as one file it went along; of two the changed one stays
      assert.equal(await files.removeDouble(p.from, p.to, SHA, never), !across);
      const left = across ? { [NAME]: 'written into' } : {};
      assert.deepEqual(
        [await contents(p.inbox), await contents(p.sorted)],
        [left, { [NAME]: across ? BYTES : 'written into' }],
      );
    });

    it('is done when it was done, and never overwrites', async () => {
      await using p = await places(across);
      await files.linkOrCopy(p.from, p.to, SHA, never);
      await files.linkOrCopy(p.from, p.to, SHA, never);
      assert.deepEqual(await contents(p.sorted), { [NAME]: BYTES });
      await unlink(p.to);
      await writeFile(p.to, 'other bytes');
      await assert.rejects(files.linkOrCopy(p.from, p.to, SHA, never), { reason: 'exists' });
      assert.deepEqual(await contents(p.sorted), { [NAME]: 'other bytes' });
      assert.deepEqual(await contents(p.inbox), { [NAME]: BYTES });
    });
  });
}

for (const across of [false, true]) {
  describe(`NodeFiles.copy ${across ? 'to another device' : 'on one device'}`, () => {
    it('makes a file of its own, with the time and the permissions of the first', async () => {
      await using p = await places(across);
      await chmod(p.from, 0o440);
      await files.copy(p.from, p.to, SHA, never);
      assert.deepEqual(await contents(p.inbox), { [NAME]: BYTES });
      assert.deepEqual(await contents(p.sorted), { [NAME]: BYTES });
      const [one, two] = [await stat(p.from), await stat(p.to)];
      assert.notEqual(`${one.dev}:${one.ino}`, `${two.dev}:${two.ino}`);
      assert.equal(two.mtimeMs, TIME.getTime());
      assert.equal(two.mode & 0o777, 0o440);
    });

    it('is done when it was done, whatever the kill left beside it', async () => {
      await using p = await places(across);
      await files.copy(p.from, p.to, SHA, never);
      const made = await stat(p.to);
      await link(p.to, asidePath(p.to));
      await files.copy(p.from, p.to, SHA, never);
      assert.equal((await stat(p.to)).ino, made.ino);
      assert.deepEqual(await contents(p.sorted), { [NAME]: BYTES });
    });

    it('never overwrites', async () => {
      await using p = await places(across);
      await writeFile(p.to, 'other bytes');
      await assert.rejects(files.copy(p.from, p.to, SHA, never), { reason: 'exists' });
      assert.deepEqual(await contents(p.sorted), { [NAME]: 'other bytes' });
    });

    it('copies all but the permissions where nobody may set those', async () => {
      await using p = await places(across);
      // as libuv has it: what it has begun is gone again
      using _ = replacedCall('copyFile', () => async () => Promise.reject(attributesRefused()));
      await files.copy(p.from, p.to, SHA, never);
      assert.deepEqual(await contents(p.sorted), { [NAME]: BYTES });
      assert.equal((await stat(p.to)).mtimeMs, TIME.getTime());
      await writeFile(p.to, 'other bytes');
      await assert.rejects(files.copy(p.from, p.to, SHA, never), { reason: 'exists' });
      assert.deepEqual(await contents(p.sorted), { [NAME]: 'other bytes' });
    });

    it('tells of a source that can’t be read to its end as of the source', async () => {
      await using p = await places(across);
      using _ = replacedCall('open', (open) => async (path, ...how) => {
        const handle = await open(path, ...how);
        if (path === p.from)
          handle.read = () => Promise.reject(Object.assign(new Error('EIO'), { code: 'EIO', errno: -5 }));
        return handle;
      });
      await assert.rejects(files.copy(p.from, p.to, SHA, never), (error) => {
        assert.ok(error instanceof ImageError);
        assert.equal(error.reason, 'unreadable');
        return error.message.startsWith(p.from);
      });
      assert.deepEqual(await contents(p.sorted), {});
    });

    it('makes no copy where it would lose the time, and says how it would keep it', async () => {
      await using p = await places(across);
      using _ = replacedCall('utimes', () => async () => Promise.reject(attributesRefused()));
      await assert.rejects(files.copy(p.from, p.to, SHA, never), (error) => {
        assert.ok(error instanceof ImageError);
        assert.equal(error.reason, 'not-writable');
        assert.match(error.message, /set their times \(EPERM\).* Mount it with your user/);
        return error.message.startsWith(p.sorted);
      });
      assert.deepEqual(await contents(p.sorted), {});
    });

    it('says which of the two files its trouble is about', async () => {
      await using p = await places(across);
      await chmod(p.sorted, 0o777);
      await chmod(p.from, 0o600);
      const unreadable = await asNobody('copy', p.from, p.to, SHA);
      assert.equal(unreadable.reason, 'unreadable');
      assert.ok(unreadable.message?.includes(p.from), unreadable.message);
      await chmod(p.from, 0o644);
      await chmod(p.sorted, 0o755);
      const closed = await asNobody('copy', p.from, p.to, SHA);
      assert.equal(closed.reason, 'not-writable');
      assert.ok(closed.message?.includes(p.to), closed.message);
      await unlink(p.from);
      await assert.rejects(files.copy(p.from, p.to, SHA, never), { reason: 'vanished' });
      assert.deepEqual(await contents(p.sorted), {});
    });
  });
}

describe('NodeFiles', () => {
  it('ends at the end of a file that has fewer bytes by now than it had at first, and makes no copy of it', async function () {
    if (process.platform !== 'linux') this.skip();
    await using p = await places(false);
    // says that it has 4096 bytes, and gives a few
    const short = '/sys/class/net/lo/mtu';
    await assert.rejects(files.copy(short, p.to, SHA, never), { reason: 'changed' });
    assert.deepEqual(await contents(p.sorted), {});
  });

  it('looks at a link itself', async () => {
    await using p = await places(false);
    await symlink(p.from, p.to);
    assert.equal((await files.stat(p.to))?.size, (await lstat(p.to)).size);
    assert.deepEqual(await files.stat(p.from), { size: Buffer.byteLength(BYTES), mtimeMs: TIME.getTime() });
    assert.equal(await files.stat(join(p.inbox, 'nothing')), undefined);
  });

  it('hashes what is there, and nothing else', async () => {
    await using p = await places(false);
    assert.equal(await files.hash(p.from, never), SHA);
    assert.equal(await files.hash(join(p.inbox, 'nothing'), never), undefined);
    await assert.rejects(files.hash(p.inbox, never), { reason: 'not-a-file' });
  });

  it('says of a name that is too long that it is', async () => {
    await using p = await places(false);
    const long = join(p.inbox, `${'n'.repeat(249)}.jpg.xmp`);
    await assert.rejects(files.hash(long, never), { reason: 'unsafe-name', message: /too long for the file system/ });
  });

  it('waits for a free descriptor when there are none left', async () => {
    await using p = await places(false);
    const child = join(import.meta.dirname, '../support/hashMany.ts');
    const few = ['-c', 'ulimit -n 64 && exec "$@"', 'sh', process.execPath, child, p.from];
    assert.deepEqual(JSON.parse((await promisify(execFile)('sh', few)).stdout), [SHA]);
  });

  it('tells which folders it made, outermost first, and none that were there', async () => {
    await using p = await places(false);
    const deep = join(p.sorted, '絵', "it's", 'deep');
    assert.deepEqual(await files.makeFolder(deep), [
      join(p.sorted, '絵'),
      join(p.sorted, '絵', "it's"),
      deep,
    ]); // prettier-ignore
    assert.deepEqual(await files.makeFolder(deep), []);
  });

  it('makes a folder once for many that want it at once', async () => {
    await using p = await places(false);
    const deep = join(p.sorted, 'a', 'b', 'c');
    const made = await Promise.all(Array.from({ length: 20 }, () => files.makeFolder(deep)));
    assert.deepEqual(made.flat().sort(), [join(p.sorted, 'a'), join(p.sorted, 'a', 'b'), deep]);
  });

  it('says so when a file is in the way of a folder', async () => {
    await using p = await places(false);
    for (const path of [p.from, join(p.from, 'below')]) {
      await assert.rejects(files.makeFolder(path), (error: Error & { reason?: string }) => {
        assert.equal(error.reason, 'not-writable');
        assert.ok(error.message.includes(`${p.from} is in the way`), error.message);
        return true;
      });
    }
  });

  it('removes a file only when it has the bytes', async () => {
    await using p = await places(false);
    assert.equal(await files.removeIfSame(p.from, sha256Of('other bytes'), never), false);
    assert.deepEqual(await contents(p.inbox), { [NAME]: BYTES });
    assert.equal(await files.removeIfSame(p.from, SHA, never), true);
    assert.equal(await files.removeIfSame(p.from, SHA, never), true);
    assert.deepEqual(await contents(p.inbox), {});
  });

  it('replaces no file that somebody saves to at just that moment', async () => {
    await using p = await places(false);
    await writeFile(p.to, 'the new bytes');
    using _ = replacedCall('utimes', (utimes) => async (...given) => {
      await utimes(...given);
      await writeFile(p.from, 'saved over');
    });
    assert.equal(await files.replaceIfSame(p.from, SHA, p.to, sha256Of('the new bytes'), never), false);
    assert.deepEqual(await contents(p.inbox), { [NAME]: 'saved over' });
  });

  it('writes a text in pieces, over the old one, with nothing left beside it', async () => {
    await using p = await places(false);
    const path = join(p.sorted, 'manifest "夏".json');
    await files.writeText(path, ['old']);
    const pieces = Array.from({ length: 5000 }, (_, i) => `line ${i} 夏 ${'x'.repeat(100)}\n`);
    await files.writeText(path, pieces);
    assert.deepEqual(await contents(p.sorted), { 'manifest "夏".json': pieces.join('') });
  });

  it('keeps the old text when the new one breaks off', async () => {
    await using p = await places(false);
    const path = join(p.sorted, 'manifest.json');
    await files.writeText(path, ['old']);
    const breaking = async function* (): AsyncGenerator<string> {
      yield 'x'.repeat(1_000_000);
      throw new Error('no more');
    };
    await assert.rejects(files.writeText(path, breaking()), { message: 'no more' });
    assert.deepEqual(await contents(p.sorted), { 'manifest.json': 'old' });
  });

  it('clears away the manifest that a killed run had begun, whatever its name was to be', async () => {
    await using p = await places(false);
    await writeFile(join(p.sorted, '.image-inbox-report.json.tmp'), '{ "version": 1, ');
    await files.writeText(join(p.sorted, 'manifest_20260101_000000.json'), ['{}']);
    assert.deepEqual(await contents(p.sorted), { 'manifest_20260101_000000.json': '{}' });
  });

  it('stops the run when the disk is full, with nothing half-written', async () => {
    await using p = await places(false);
    if (!mountNamespace) {
      const full = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC', errno: -28 });
      assert.equal((asFileError(full, p.to, 'write') as Error & { reason?: string }).reason, 'no-space');
      return;
    }
    const large = Buffer.alloc(300_000, 'image');
    await writeFile(p.from, large);
    const small = `mount -t tmpfs -o size=64k none "$0"`;
    for (const method of ['move', 'copy'] as const) {
      const outcome = await mounted(small, p.sorted, method, p.from, p.to, sha256Of(large));
      assert.deepEqual([outcome.name, outcome.reason, outcome.left], ['FatalError', 'no-space', []]);
    }
    const text = await mounted(small, p.sorted, 'writeText', join(p.sorted, 'manifest.json'), 'x'.repeat(100_000));
    assert.deepEqual([text.name, text.reason, text.left], ['FatalError', 'no-space', []]);
    assert.equal(sha256Of(await readFile(p.from)), sha256Of(large));
  });
});
