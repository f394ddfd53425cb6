import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { spawn } from 'node:child_process';
import { readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { uptime } from 'node:os';
import { join } from 'node:path';
import { mock } from 'node:test';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { NodeJournalFolder } from '../../../src/adapters/files/nodeJournal.ts';
import { NodeRunLocks } from '../../../src/adapters/files/runLock.ts';
import { LockHeld } from '../../../src/core/ports/journalFile.ts';
import { replacedCall } from '../support/replacedCall.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const CHILD = join(import.meta.dirname, '../support/takeLock.ts');

/** Another process that tries to get the lock when it is told to. */
function contender(working: string) {
  const child = spawn(process.execPath, [CHILD, working], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const next = async (): Promise<string> => String((await lines.next()).value);
  return { child, ready: next(), next, go: () => child.stdin.write('go\n') };
}

async function end(child: ReturnType<typeof contender>['child'], signal: NodeJS.Signals): Promise<void> {
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}

interface Content {
  pid: number;
  startedAt?: string;
  host: string;
  command: string;
  at: string;
}

const HOUR = 3600_000;

/** The lock as this process writes it, changed as told. */
async function leaveLock(working: string, changes: { [K in keyof Content]?: Content[K] | undefined }): Promise<string> {
  const lock = await new NodeRunLocks(working).acquire('process');
  const path = join(working, 'lock');
  const content = JSON.parse(await readFile(path, 'utf8')) as Content;
  await lock.release();
  await writeFile(path, JSON.stringify({ ...content, ...changes }));
  return path;
}

describe('NodeRunLocks', () => {
  it('waits for a change of what was learned, which holds the lock for a moment', async () => {
    await using folder = await temporaryFolder();
    const locks = new NodeRunLocks(folder.path);
    const brief = await locks.acquire('preferences');
    const waiting = locks.acquire('undo');
    await setTimeout(150);
    assert.match(await readFile(join(folder.path, 'lock'), 'utf8'), /"preferences"/);
    await brief.release();
    await (await waiting).release();
  });

  it('keeps others out of the folder until it is released', async () => {
    await using folder = await temporaryFolder();
    const working = join(folder.path, '.image-inbox');
    const lock = await new NodeRunLocks(working).acquire('process /inbox');
    await assert.rejects(new NodeRunLocks(working).acquire('resume'), (error) => {
      assert.ok(error instanceof LockHeld);
      assert.equal(error.pid, process.pid);
      assert.match(error.message, /process \/inbox, process \d+/);
      assert.match(error.message, /since \d{4}-\d\d-\d\dT/);
      return true;
    });
    await lock.release();
    await lock.release();
    assert.deepEqual(await readdir(working), []);
    await (await new NodeRunLocks(working).acquire('resume')).release();
  });

  it('is ours when a NAS has made it, and says on being asked once more that it was there', async () => {
    await using folder = await temporaryFolder();
    const locks = new NodeRunLocks(folder.path);
    using _ = replacedCall('link', (link) => async (from, to) => {
      await link(from, to);
      throw Object.assign(new Error('asked twice'), { code: 'EEXIST' });
    });
    const lock = await locks.acquire('process');
    await assert.rejects(locks.acquire('process'), LockHeld);
    await lock.release();
    assert.deepEqual(await readdir(folder.path), []);
  });

  it('is held against another process while its owner lives, and taken over when that was killed', async () => {
    await using folder = await temporaryFolder();
    const other = contender(folder.path);
    await other.ready;
    other.go();
    assert.equal(await other.next(), 'won');
    await assert.rejects(new NodeRunLocks(folder.path).acquire('process'), (error) => {
      assert.ok(error instanceof LockHeld);
      assert.equal(error.pid, other.child.pid);
      return true;
    });
    await end(other.child, 'SIGKILL');
    const lock = await new NodeRunLocks(folder.path).acquire('process');
    assert.deepEqual(await readdir(folder.path), ['lock']);
    await lock.release();
  });

  it('is given to one of many that come upon a stale one at once', async () => {
    await using folder = await temporaryFolder();
    for (let round = 0; round < 4; round++) {
      await leaveLock(folder.path, { pid: 2 ** 22 + 1 });
      const others = Array.from({ length: 4 }, () => contender(folder.path));
      await Promise.all(others.map((o) => o.ready));
      for (const other of others) other.go();
      const outcomes = await Promise.all(others.map((o) => o.next()));
      assert.deepEqual(outcomes.sort(), ['held', 'held', 'held', 'won']);
      await Promise.all(others.map((o) => end(o.child, 'SIGKILL')));
    }
  });

  it('is taken over when another process has the number of its owner by now', async () => {
    await using folder = await temporaryFolder();
    await leaveLock(folder.path, { startedAt: 'another time' });
    await (await new NodeRunLocks(folder.path).acquire('process')).release();
  });

  describe('where the start of a process can not be asked', () => {
    const bootedAt = Date.now() - uptime() * 1000;
    const before = new Date(bootedAt - HOUR);

    /** As such a system has it, by a number that some process has now. */
    async function left(working: string, { at, touched }: { at: Date; touched: Date }): Promise<void> {
      const path = await leaveLock(working, { startedAt: undefined, at: at.toISOString() });
      await utimes(path, touched, touched);
    }

    it('is taken over when the system was started since it was last touched', async () => {
      await using folder = await temporaryFolder();
      await left(folder.path, { at: before, touched: before });
      assert.equal(await new NodeRunLocks(folder.path).holder(), undefined);
      await (await new NodeRunLocks(folder.path).acquire('process')).release();
    });

    it('is held when it was taken or touched since, also by a clock that was a little wrong then', async () => {
      await using folder = await temporaryFolder();
      const atBoot = new Date(bootedAt - 60_000);
      for (const [at, touched] of [
        [atBoot, atBoot],
        [before, new Date()],
        [new Date(), before],
      ] as const) {
        await left(folder.path, { at, touched });
        await assert.rejects(new NodeRunLocks(folder.path).acquire('process'), (error) => {
          assert.ok(error instanceof LockHeld);
          assert.ok(error.message.includes(join(folder.path, 'lock')), error.message);
          assert.match(error.message, /Wait until it has ended, or stop it\. .* remove that file/);
          return true;
        });
        await rm(join(folder.path, 'lock'));
      }
    });
  });

  it('is held by a process that started when it says, whatever the clock makes of the boot', async function () {
    await using folder = await temporaryFolder();
    const before = new Date(Date.now() - uptime() * 1000 - HOUR);
    const path = await leaveLock(folder.path, { at: before.toISOString() });
    if (!(await readFile(path, 'utf8')).includes('startedAt')) this.skip();
    await utimes(path, before, before);
    await assert.rejects(new NodeRunLocks(folder.path).acquire('process'), LockHeld);
  });

  it('is taken over when a process was killed while it took it over', async () => {
    await using folder = await temporaryFolder();
    const path = await leaveLock(folder.path, { pid: 2 ** 22 + 1 });
    const stale = await readFile(path, 'utf8');
    const claim = `${path}.${createHash('sha256').update(stale).digest('hex').slice(0, 12)}`;
    await writeFile(claim, stale.replace('process', 'resume'));
    await writeFile(`${path}.4194305-0123abcd.tmp`, stale);
    const lock = await new NodeRunLocks(folder.path).acquire('process');
    assert.deepEqual(await readdir(folder.path), ['lock']);
    await lock.release();
  });

  it('is taken over when its writer was killed before it wrote', async () => {
    await using folder = await temporaryFolder();
    await writeFile(join(folder.path, 'lock'), '{"pid":');
    await (await new NodeRunLocks(folder.path).acquire('process')).release();
  });

  it('waits a day for another computer, and says what to do', async () => {
    await using folder = await temporaryFolder();
    const path = await leaveLock(folder.path, { host: 'attic', pid: 1 });
    await assert.rejects(new NodeRunLocks(folder.path).acquire('process'), (error) => {
      assert.ok(error instanceof LockHeld);
      assert.ok(error.message.includes('attic') && error.message.includes(`held ${path}`), error.message);
      assert.match(error.message, /remove that file/);
      return true;
    });
    const yesterday = new Date(Date.now() - 25 * 3600_000);
    await utimes(path, yesterday, yesterday);
    await (await new NodeRunLocks(folder.path).acquire('process')).release();
  });

  describe('of a computer that slept for days', () => {
    const line = (of: string): string => JSON.stringify({ kind: 'test', of });

    beforeEach(() => mock.timers.enable({ apis: ['Date', 'setInterval'], now: Date.now() }));
    afterEach(() => mock.timers.reset());

    /** Timers stand still in sleep. */
    const sleep = (): void => mock.timers.setTime(Date.now() + 60 * HOUR);

    /** Has another computer take over what this one holds. */
    async function takenOver(working: string): Promise<NodeRunLocks> {
      const path = join(working, 'lock');
      const asOfHere = JSON.parse(await readFile(path, 'utf8')) as Content;
      await writeFile(path, JSON.stringify({ ...asOfHere, host: 'this one, as the other sees it' }));
      const dayBefore = new Date(Date.now() - 25 * HOUR);
      await utimes(path, dayBefore, dayBefore);
      const others = new NodeRunLocks(working);
      await others.acquire('process of the other');
      return others;
    }

    it('is lost to another that took it meanwhile: nothing more is written into the journal', async () => {
      await using folder = await temporaryFolder();
      const locks = new NodeRunLocks(folder.path);
      const lock = await locks.acquire('process');
      const journal = await new NodeJournalFolder(folder.path, locks).create([line('begin')]);
      await journal.append(line('ours'), true);
      sleep();
      const others = await takenOver(folder.path);
      const theirs = await new NodeJournalFolder(folder.path, others).openLatest();
      await theirs?.append(line('theirs, and longer than ours'), true);
      const content = await readFile(journal.path, 'utf8');
      const lost = { name: 'FatalError', message: /lost .*lock .*\(process of the other, process \d+ on / };
      await assert.rejects(journal.written(), lost);
      await assert.rejects(journal.append(line('late'), true), lost);
      await assert.rejects(journal.append(line('later'), false), lost);
      await assert.rejects(new NodeJournalFolder(folder.path, locks).openLatest(), lost);
      await assert.rejects(new NodeJournalFolder(folder.path, locks).create([line('new')]), lost);
      await journal.close();
      await lock.release();
      assert.equal(await readFile(journal.path, 'utf8'), content);
      assert.ok(await others.holder());
      await theirs?.append(line('theirs'), true);
      await theirs?.close();
    });

    it('is lost when the other has ended by now', async () => {
      await using folder = await temporaryFolder();
      const locks = new NodeRunLocks(folder.path);
      const lock = await locks.acquire('process');
      const journal = await new NodeJournalFolder(folder.path, locks).create([line('begin')]);
      sleep();
      await rm(join(folder.path, 'lock'));
      await assert.rejects(journal.append(line('late'), false), { name: 'FatalError', message: /Resume when/ });
      await journal.close();
      await lock.release();
    });

    it('is kept when nobody came, and touched at once', async () => {
      await using folder = await temporaryFolder();
      const locks = new NodeRunLocks(folder.path);
      const lock = await locks.acquire('process');
      const journal = await new NodeJournalFolder(folder.path, locks).create([line('begin')]);
      sleep();
      await journal.append(line('late'), true);
      const { mtimeMs } = await stat(join(folder.path, 'lock'));
      assert.ok(Math.abs(mtimeMs - Date.now()) < HOUR, 'by the clock that stands still here');
      await journal.close();
      await lock.release();
    });

    it('is kept while it can not be read for a moment', async () => {
      await using folder = await temporaryFolder();
      const locks = new NodeRunLocks(folder.path);
      const lock = await locks.acquire('process');
      const journal = await new NodeJournalFolder(folder.path, locks).create([line('begin')]);
      sleep();
      {
        const busy = Object.assign(new Error('busy'), { code: 'EBUSY' });
        using _ = replacedCall('readFile', () => () => Promise.reject(busy));
        await journal.append(line('late'), true);
      }
      await journal.written();
      await journal.close();
      await lock.release();
      assert.match(await readFile(join(folder.path, 'journal/000001.ndjson'), 'utf8'), /late/);
    });

    it('is not touched any more when it is that of another', async () => {
      await using folder = await temporaryFolder();
      const lock = await new NodeRunLocks(folder.path).acquire('process');
      await writeFile(join(folder.path, 'lock'), 'of another');
      const calls = new EventEmitter();
      let touched = 0;
      using _ = replacedCall('utimes', () => () => {
        touched++;
        calls.emit('any');
        return Promise.resolve();
      });
      using __ = replacedCall('readFile', (real) => {
        const told = (...args: Parameters<typeof real>) => real(...args).finally(() => calls.emit('any'));
        return told as typeof real;
      });
      const either = once(calls, 'any');
      mock.timers.tick(HOUR);
      await either;
      await setImmediate();
      assert.equal(touched, 0);
      await lock.release();
    });
  });

  it('does not remove the lock of another when it is released late', async () => {
    await using folder = await temporaryFolder();
    const lock = await new NodeRunLocks(folder.path).acquire('process');
    await writeFile(join(folder.path, 'lock'), 'of another');
    await lock.release();
    assert.equal(await readFile(join(folder.path, 'lock'), 'utf8'), 'of another');
  });

  it('stops the run when the working folder can not be made', async () => {
    await using folder = await temporaryFolder();
    await writeFile(join(folder.path, 'file'), '');
    await assert.rejects(new NodeRunLocks(join(folder.path, 'file', 'working')).acquire('process'), {
      name: 'FatalError',
      reason: 'not-writable',
    });
  });
});
