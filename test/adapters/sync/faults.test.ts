import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdir, open, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { NodeCarrier } from '../../../src/adapters/sync/nodeCarrier.ts';
import { PathEngine } from '../../../src/adapters/sync/pathEngine.ts';
import { RcloneCarrier } from '../../../src/adapters/sync/rcloneCarrier.ts';
import { RcloneEngine } from '../../../src/adapters/sync/rcloneEngine.ts';
import { RobocopyCarrier } from '../../../src/adapters/sync/robocopyCarrier.ts';
import { RsyncCarrier } from '../../../src/adapters/sync/rsyncCarrier.ts';
import { RsyncEngine } from '../../../src/adapters/sync/rsyncEngine.ts';
import { RsyncProgram } from '../../../src/adapters/sync/rsyncProgram.ts';
import type { Carried, Carrier } from '../../../src/adapters/sync/carrier.ts';
import type { Cargo, Hooks } from '../../../src/core/sync/syncEngine.ts';
import { killedSyncs } from './killedSyncs.ts';
import { mountNamespace } from '../support/underOtherConditions.ts';
import { library, never, TIME, type Library } from './library.ts';
import { NAS_KINDS, rcloneServer, ROBOCOPY, STAGING, type NasKind } from './nasKinds.ts';
import { spoilingProxy, type SpoilingProxy } from './spoilingProxy.ts';
import type { SyncRun } from './runSync.ts';

const FOLDERS = NAS_KINDS.filter(({ name }) => name.endsWith('to a folder'));
const RUN = join(import.meta.dirname, 'runSync.ts');

const call = (kind: NasKind, l: Library, nas = l.nas): string[] => [
  RUN,
  kind.name,
  l.sorted,
  nas,
  join(l.sorted, '..', 'run.ndjson'),
];

/** In a process that has a small file system of its own at the NAS folder. */
const onSmallNas = (kind: NasKind, l: Library, size: string): Promise<SyncRun> =>
  onMounted(call(kind, l), l, smallNas(size));

const smallNas = (size: string): string => `mount -t tmpfs -o size=${size} none "$0"`;

/** In a process for which a shell command has mounted something at the NAS folder (`$0`). */
async function onMounted(run: readonly string[], l: Library, command: string, ...more: string[]): Promise<SyncRun> {
  assert.ok(mountNamespace, 'these tests mount a file system: as root, or in a user namespace');
  const script = `${command} && exec "$@"`;
  const args = [...mountNamespace, 'sh', '-c', script, l.nas, process.execPath, ...run, ...more];
  const { stdout } = await promisify(execFile)('unshare', args);
  return JSON.parse(stdout) as SyncRun;
}

/** How many copies are still to be spoilt. */
interface Spoils {
  due: number;
}

/** Changes a byte of a file, and leaves its time. */
async function spoil(path: string): Promise<void> {
  const { atime, mtime } = await stat(path);
  const file = await open(path, 'r+');
  await file.write('~', 2);
  await file.close();
  await utimes(path, atime, mtime);
}

/** Spoils a byte of what it carries, as often as it is told to. */
class SpoilingCarrier implements Carrier {
  private readonly carrier: Carrier;
  private readonly spoils: Spoils;

  constructor(carrier: Carrier, spoils: Spoils) {
    this.carrier = carrier;
    this.spoils = spoils;
  }

  async *carry(cargo: readonly Cargo[], staging: string, hooks: Hooks): AsyncGenerator<Carried> {
    for await (const carried of this.carrier.carry(cargo, staging, hooks)) {
      if (this.spoils.due-- > 0) await spoil(join(staging, carried.cargo.place));
      yield carried;
    }
  }

  close(): Promise<void> {
    return this.carrier.close();
  }
}

/** Spoils what rsync has brought, as a disk does that writes something else than it was given. */
class SpoilingRsync extends RsyncProgram {
  private readonly nas: string;
  private readonly spoils: Spoils;

  constructor(nas: string, spoils: Spoils) {
    super({ options: [] });
    this.nas = nas;
    this.spoils = spoils;
  }

  override async run(...[args, ends, run]: Parameters<RsyncProgram['run']>): ReturnType<RsyncProgram['run']> {
    const end = await super.run(args, ends, run);
    const [place] = run.places ?? [];
    if (args.includes('--ignore-times') && place !== undefined && this.spoils.due-- > 0) {
      await spoil(join(this.nas, place));
    }
    return end;
  }
}

function spoilingFolder(name: string, carrier: (sorted: string) => Carrier, spoils: Spoils): NasKind {
  return {
    name,
    open: ({ nas, sorted, verify }) => {
      const spoiling = new SpoilingCarrier(carrier(sorted), spoils);
      const engine = new PathEngine({ nas, staging: STAGING, verify, carrier: spoiling });
      return Promise.resolve({ engine, close: () => engine.close() });
    },
  };
}

/** A NAS for each engine that spoils what it is given. */
const SPOILING: readonly ((spoils: Spoils) => NasKind)[] = [
  (spoils) => spoilingFolder('builtin', () => new NodeCarrier(), spoils),
  (spoils) =>
    spoilingFolder('robocopy (a stand-in)', () => new RobocopyCarrier({ program: ROBOCOPY, options: [] }), spoils),
  (spoils) => spoilingFolder('rsync', (root) => new RsyncCarrier(new RsyncProgram({ options: [] }), root), spoils),
  (spoils) => spoilingFolder('rclone', (root) => new RcloneCarrier({ options: [] }, root), spoils),
  (spoils) => ({
    name: 'rsync, to an address',
    open: ({ nas, sorted, verify }) => {
      const rsync = new SpoilingRsync(nas, spoils);
      const engine = new RsyncEngine({ rsync, address: nas, root: sorted, staging: STAGING, verify });
      return Promise.resolve({ engine, close: () => engine.close() });
    },
  }),
  (spoils) => {
    let proxy: SpoilingProxy | undefined;
    const kind = rcloneServer('webdav', async (port) => {
      proxy = await spoilingProxy(port, spoils);
      return proxy.port;
    });
    return {
      name: kind.name,
      open: async (request) => {
        const served = await kind.open(request);
        const closeBoth = async (): Promise<void> => {
          await served.close();
          await proxy?.[Symbol.asyncDispose]();
        };
        return { engine: served.engine, close: closeBoth };
      },
    };
  },
];

describe('Trouble on the way to the NAS', () => {
  for (const make of SPOILING) {
    const { name } = make({ due: 0 });
    it(`tries a copy once more that came out different, and tells nobody when that helps: ${name}`, async () => {
      await using l = await library(make({ due: 1 }), 'checksum');
      await l.put('a.png', 'image');
      const summary = await l.everything();
      assert.equal(summary.copied, 1, JSON.stringify(summary));
      assert.deepEqual(await l.onNas(), { 'a.png': 'image' });
    });

    it(`reports a copy that stays different, and heals it the next time: ${name}`, async () => {
      await using l = await library(make({ due: 2 }), 'checksum');
      await l.put('a.png', 'image');
      const summary = await l.everything();
      assert.equal(summary.failed, 1, JSON.stringify(summary));
      assert.ok(
        summary.events.some((e) => e.kind === 'file' && e.fate === 'failed' && (e.why ?? '').includes('different')),
      );
      const next = await l.everything();
      assert.equal(next.copied + next.updated, 1, JSON.stringify(next));
      assert.deepEqual(await l.onNas(), { 'a.png': 'image' });
    });
  }

  it('brings again what the NAS lost the bytes of, which nobody does by hand', async () => {
    await using l = await library();
    await l.put('a.png', 'image');
    await l.everything();
    await writeFile(join(l.nas, 'a.png'), '');
    assert.equal((await l.everything()).updated, 1);
    assert.deepEqual(await l.onNas(), { 'a.png': 'image' });
  });

  it('does not go on with half a file of which the first part has changed', async () => {
    await using l = await library();
    const bytes = Buffer.alloc(200_000_000, 'large image ');
    await l.put('a.png', bytes);
    const records = join(l.sorted, '..', 'sync.ndjson');
    // as a killed run leaves it: half of the bytes, and one of them wrong
    const { NdjsonSyncRecords } = await import('../../../src/adapters/sync/ndjsonSyncRecords.ts');
    const { size, mtimeMs } = await stat(join(l.sorted, 'a.png'));
    const memory = await NdjsonSyncRecords.open(records);
    await memory.write([{ place: 'a.png', state: 'intended', ours: true, here: { size, mtimeMs } }]);
    await memory.close();
    const half = Buffer.from(bytes.subarray(0, 150_000_000));
    half[5] = 0;
    await mkdir(join(l.nas, STAGING));
    await writeFile(join(l.nas, STAGING, 'a.png'), half);
    assert.equal((await l.everything()).copied, 1);
    assert.ok((await readFile(join(l.nas, 'a.png'))).equals(bytes));
  });

  it('goes on with half of a large file', async () => {
    let moved: number[] = [];
    await using l = await library();
    const bytes = Buffer.alloc(200_000_000, 'large image ');
    const path = await l.put('a.png', bytes);
    await mkdir(join(l.nas, STAGING));
    await writeFile(join(l.nas, STAGING, 'a.png'), bytes.subarray(0, 150_000_000));
    const { size, mtimeMs } = await stat(path);
    const cargo = { place: 'a.png', source: path, size, mtimeMs, replaces: undefined, resume: true };
    const result = await l.engine.bring([cargo], { signal: never, onBytes: (n) => moved.push(n) });
    assert.equal(result.get('a.png')?.kind, 'arrived');
    moved = moved.filter((n) => n > 0);
    assert.equal(moved[0], 2 * 64 * 1024 * 1024, 'that much was there, and is not copied');
    assert.ok((await readFile(join(l.nas, 'a.png'))).equals(bytes));
  });

  it('leaves no error unheard when it is stopped while others are still on their way', async () => {
    const stop = new AbortController();
    const slow: Carrier = {
      async *carry(cargo) {
        stop.abort();
        for (const one of cargo.slice(0, 1)) yield { cargo: one };
        await setTimeout(20);
      },
      close: () => Promise.resolve(),
    };
    await using l = await library(spoilingFolder('slow', () => slow, { due: 0 }));
    const source = await l.put('a.png', 'image');
    const cargo = { place: 'a.png', source, size: 5, mtimeMs: TIME.getTime(), replaces: undefined, resume: false };
    const unheard: unknown[] = [];
    const hear = (reason: unknown): void => void unheard.push(reason);
    process.on('unhandledRejection', hear);
    try {
      await assert.rejects(l.engine.bring([cargo], { signal: stop.signal }), { name: 'AbortError' });
    } finally {
      process.off('unhandledRejection', hear);
    }
    assert.deepEqual(unheard, []);
  });

  it('has brought something when it is killed before a program has copied all that is due', async () => {
    const stop = new AbortController();
    const node = new NodeCarrier();
    let copied = 0;
    // as rsync and rclone do: the whole list, and only then does it tell
    const program: Carrier = {
      async *carry(cargo, staging, hooks) {
        const all: Carried[] = [];
        for await (const carried of node.carry(cargo, staging, hooks)) {
          all.push(carried);
          if (++copied === 500) stop.abort();
        }
        hooks.signal.throwIfAborted();
        yield* all;
      },
      close: () => node.close(),
    };
    await using l = await library(spoilingFolder('program', () => program, { due: 0 }));
    for (let i = 0; i < 900; i++) await l.put(`${i}.png`, `image ${i}`);
    const order = {
      root: l.sorted,
      dryRun: false,
      delete: false,
      confirm: () => Promise.resolve(false),
      on: () => undefined,
    };
    await assert.rejects(l.mirror.everything(order, stop.signal), { name: 'AbortError' });
    const there = (await readdir(l.nas)).filter((name) => name !== STAGING);
    assert.ok(there.length > 0, 'nothing was brought');
  });

  for (const [name, carrier] of [
    ['rsync', (root: string) => new RsyncCarrier(new RsyncProgram({ options: ['--bwlimit=1000'] }), root)],
    ['rclone', (root: string) => new RcloneCarrier({ options: ['--bwlimit', '1M'] }, root)],
  ] as const) {
    it(`tells how far it is with a slow NAS, also in the middle of a file: ${name}`, async () => {
      await using l = await library(spoilingFolder(name, carrier, { due: 0 }));
      const bytes = 3_000_000;
      await l.put('a.png', Buffer.alloc(bytes, 'slow '));
      const { copied, events } = await l.everything();
      assert.equal(copied, 1);
      const told = events.flatMap((e) => (e.kind === 'progress' ? [e.progress.bytes] : []));
      assert.ok(
        told.some((n) => n > 0 && n < bytes),
        told.join(),
      );
    });
  }

  it('names what is there while rsync still copies the rest', async () => {
    const slow = (root: string) => new RsyncCarrier(new RsyncProgram({ options: ['--bwlimit=1000'] }), root);
    await using l = await library(spoilingFolder('rsync', slow, { due: 0 }));
    await l.put('a.png', 'small');
    await l.put('b.png', Buffer.alloc(3_000_000, 'slow '));
    const all = l.everything();
    // by their names alone: what is listed in the staging folder may have moved before it is read
    let there: readonly string[] = [];
    while (!there.includes('a.png')) {
      await setTimeout(20);
      there = await readdir(l.nas);
    }
    assert.ok(!there.includes('b.png'));
    assert.equal((await all).copied, 2);
  });

  for (const kind of NAS_KINDS) {
    it(`knows again what has a time of the future, or of long ago: ${kind.name}`, async () => {
      await using l = await library(kind);
      await l.put('camera.png', 'image', new Date('2037-12-31T23:59:58Z'));
      await l.put('scan.png', 'image', new Date('1981-01-02T03:04:06Z'));
      assert.equal((await l.everything()).copied, 2);
      // and the clock here is put right, or wrong
      l.clock.at -= 400 * 86_400_000;
      await l.restart();
      const { unchanged, copied, updated, conflict } = await l.everything();
      assert.deepEqual([unchanged, copied, updated, conflict], [2, 0, 0, 0]);
    });
  }

  it('looks at the room first, and brings what fits', async () => {
    await using l = await library(undefined, 'size', (engine) =>
      Object.assign(engine, { freeBytes: () => Promise.resolve(100) }),
    );
    await l.put('a.png', 'x'.repeat(60));
    await l.put('b.png', 'x'.repeat(60));
    await l.put('c.png', 'x'.repeat(40));
    const summary = await l.everything();
    assert.deepEqual(Object.keys(await l.onNas()), ['a.png', 'c.png']);
    assert.ok(summary.events.some((e) => e.kind === 'planned' && e.freeBytes === 100 && e.bytes === 160));
    assert.ok(summary.events.some((e) => e.kind === 'file' && e.place === 'b.png' && (e.why ?? '').includes('full')));
  });

  it('fails the file that may not be read, and no other', async function () {
    await using l = await library();
    await l.put('a.png', 'image');
    await l.put('b.png', 'image');
    await rm(join(l.sorted, 'a.png'));
    const both = ['a.png', 'b.png'].map((name) =>
      l.mirror.put({ files: [join(l.sorted, name)], root: l.sorted }, never),
    );
    const [a, b] = await Promise.allSettled(both);
    assert.ok(a?.status === 'rejected' && (a.reason as { reason?: string }).reason === 'vanished');
    assert.equal(b?.status, 'fulfilled');
  });

  it('does not keep on asking a NAS that was away a moment ago', async () => {
    let asked = 0;
    await using l = await library(undefined, 'size', (engine) => {
      const look = engine.look.bind(engine);
      return Object.assign(engine, { look: (...args: Parameters<typeof look>) => (asked++, look(...args)) });
    });
    await l.put('a.png', 'image');
    const unit = { files: [join(l.sorted, 'a.png')], root: l.sorted };
    await rm(l.nas, { recursive: true });
    for (let i = 0; i < 5; i++) assert.equal((await l.mirror.put(unit, never)).kind, 'unreachable');
    assert.equal(asked, 1);
    await mkdir(l.nas);
    l.clock.at += 31_000;
    assert.equal((await l.mirror.put(unit, never)).kind, 'synced');
  });

  for (const [name, engine] of [
    [
      'rsync',
      (nas: string, sorted: string) =>
        new PathEngine({
          nas,
          staging: STAGING,
          verify: 'size',
          carrier: new RsyncCarrier(new RsyncProgram({ program: ['no such program'], options: [] }), sorted),
        }),
    ],
    [
      'rclone',
      (nas: string, root: string) =>
        new RcloneEngine({
          program: ['no such program'],
          options: [],
          remote: nas,
          root,
          staging: STAGING,
          verify: 'size',
        }),
    ],
  ] as const) {
    it(`says that ${name} is not installed`, async () => {
      const kind: NasKind = {
        name,
        open: ({ nas, sorted }) => {
          const made = engine(nas, sorted);
          return Promise.resolve({ engine: made, close: () => made.close() });
        },
      };
      await using l = await library(kind);
      await l.put('a.png', 'image');
      assert.match((await l.everything()).unreachable ?? '', /is not installed/);
    });
  }

  for (const kind of FOLDERS) {
    it(`fails what a read-only NAS does not take, each file by itself, and knows what is there: ${kind.name}`, async () => {
      await using l = await library(kind);
      for (const name of ['a.png', 'b.png', 'c.png']) await l.put(name, 'image');
      const there = join(l.nas, 'c.png');
      await copyFile(join(l.sorted, 'c.png'), there);
      await utimes(there, TIME, TIME);
      const run = await onMounted(call(kind, l), l, 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0"');
      assert.deepEqual([run.summary.failed, run.summary.unchanged], [2, 1], JSON.stringify(run));
      assert.ok(run.whys.length === 2 && run.whys.every((why) => /read-only|EROFS/.test(why)), run.whys.join('\n'));
      assert.deepEqual(run.left, ['c.png']);
    });

    // the stand-in for robocopy is a script in this checkout, which another user may not be allowed to read
    if (!kind.name.includes('stand-in')) {
      it(`fails the one file that it may not read, and the one that it may not write: ${kind.name}`, async () => {
        await using l = await library(kind);
        for (const name of ['a.png', 'b.png', 'closed/c.png']) await l.put(name, 'image');
        await chmod(join(l.sorted, 'a.png'), 0o600);
        await mkdir(join(l.nas, 'closed'), { mode: 0o555 });
        await Promise.all([chmod(l.nas, 0o777), chmod(join(l.sorted, '..'), 0o777)]);
        const { stdout } = await promisify(execFile)(process.execPath, [...call(kind, l), 'nobody'], {
          // what rclone keeps of its own
          env: { ...process.env, HOME: l.sorted },
        });
        const run = JSON.parse(stdout) as SyncRun;
        assert.deepEqual([run.summary.copied, run.summary.failed], [1, 2], stdout);
        assert.ok(
          run.whys.every((why) => /permission|EACCES|error 5 of Windows/i.test(why)),
          run.whys.join('\n'),
        );
        assert.deepEqual([...run.left].sort(), ['b.png', 'closed']);
      });
    }

    it(`reports a full NAS, leaves nothing half-copied, and goes on when there is room: ${kind.name}`, async () => {
      await using l = await library(kind);
      for (let i = 0; i < 8; i++) await l.put(`${i}.png`, `${i}`.repeat(200_000));
      const full = await onSmallNas(kind, l, '1m');
      assert.ok(full.summary.copied > 0 && full.summary.failed > 0, JSON.stringify(full));
      assert.equal(full.summary.copied + full.summary.failed, 8);
      assert.ok(
        full.whys.every((why) => why.includes('full')),
        full.whys.join('\n'),
      );
      assert.ok(
        full.left.every((file) => /^\d\.png$/.test(file)),
        full.left.join(),
      );
    });

    for (const [where, make, folder] of [
      ['at its mount point', 'true', ''],
      ['in a folder of it', 'mkdir "$0/library"', 'library'],
    ] as const) {
      it(`notices that the NAS was pulled out in the middle, and fills no local disk: ${kind.name}, ${where}`, async () => {
        await using l = await library(kind);
        for (let i = 0; i < 60; i++) await l.put(`${i}.png`, Buffer.alloc(5_000_000, `${i} `));
        const order = call(kind, l, join(l.nas, folder));
        const run = await onMounted(order, l, `${smallNas('400m')} && ${make}`, 'pull', l.nas);
        assert.ok(run.summary.unreachable ?? run.summary.failed > 0, JSON.stringify(run.summary));
        assert.ok(!run.left.some((file) => file.endsWith('.png')), run.left.join());
      });
    }
  }

  // `npm run test:kills` does it with 10,000 files and 50 kills
  for (const kind of FOLDERS) {
    it(`ends equal on both sides after being killed many times: ${kind.name}`, async () => {
      const report = await killedSyncs({ kind, images: 200, kills: 5, seed: 7, latest: 400 });
      assert.deepEqual(report.halfVisible, []);
      assert.deepEqual(report.different, []);
      assert.deepEqual(report.left, []);
      assert.equal(report.last.summary.failed + report.last.summary.conflict, 0, JSON.stringify(report.last));
    });
  }
});
