import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, open, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TRASH } from '../../../src/core/sync/places.ts';
import { NodeCarrier } from '../../../src/adapters/sync/nodeCarrier.ts';
import { PathEngine } from '../../../src/adapters/sync/pathEngine.ts';
import { replacedCall } from '../support/replacedCall.ts';
import { readPipe } from '../support/readPipe.ts';
import { settlesWithin } from '../support/settlesWithin.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { never } from './library.ts';
import { STAGING } from './nasKinds.ts';

/** What Node asks of the file system at once: when none of it is answered, nothing else is. */
const ALL_CALLS = Number(process.env['UV_THREADPOOL_SIZE'] ?? 4);

describe('A NAS that the system has mounted', () => {
  it('is not waited for when a run is cancelled and it gives no answer', async () => {
    await using folder = await temporaryFolder();
    const trash = join(folder.path, TRASH, '20260101_000000');
    await mkdir(trash, { recursive: true });
    const engine = new PathEngine({ nas: folder.path, staging: STAGING, verify: 'size', carrier: new NodeCarrier() });
    const questions: Readonly<Record<string, (signal: AbortSignal) => Promise<unknown>>> = {
      look: (signal) => engine.look(['a.png'], signal),
      bring: (signal) => engine.bring([], { signal }),
      foldersIn: (signal) => engine.foldersIn(TRASH, signal),
      removeFolder: (signal) => engine.removeFolder(TRASH, signal),
      freeBytes: (signal) => engine.freeBytes(signal),
      isEmpty: (signal) => engine.isEmpty(signal),
    };

    const silent = join(folder.path, 'silent');
    execFileSync('mkfifo', [silent]);
    const calls = Array.from({ length: ALL_CALLS }, () => open(silent));
    const answers = new Map<string, unknown>();
    for (const [name, ask] of Object.entries(questions)) {
      const over = new AbortController();
      const told = ask(over.signal).catch((error: unknown) => answers.set(name, error));
      over.abort(name);
      await settlesWithin(0, () => told);
    }
    const inTime = new Map(answers);
    using _pipe = await readPipe(silent);
    for (const file of await Promise.all(calls)) await file.close();
    assert.deepEqual(inTime, new Map(Object.keys(questions).map((name) => [name, name])));
    await engine.close();
  });

  for (const [code, becomes] of [
    ['EIO', ['unseen', 'file']],
    ['ENAMETOOLONG', [undefined, 'file']],
    ['ENOTCONN', 'NasUnreachable'],
    ['ESTALE', 'NasUnreachable'],
  ] as const) {
    it(`is ${becomes === 'NasUnreachable' ? 'gone' : 'there'} when it answers ${code} to a look at one file`, async () => {
      await using folder = await temporaryFolder();
      for (const name of ['a.png', 'b.png']) await writeFile(join(folder.path, name), 'image');
      const engine = new PathEngine({ nas: folder.path, staging: STAGING, verify: 'size', carrier: new NodeCarrier() });
      using _damaged = replacedCall(
        'lstat',
        (real) =>
          (async (path: string) => {
            if (path.endsWith('a.png')) throw Object.assign(new Error(code), { code, errno: -1 });
            return await real(path);
          }) as typeof real,
      );
      const look = engine.look(['a.png', 'b.png'], never);
      if (becomes === 'NasUnreachable') await assert.rejects(look, { name: becomes, message: new RegExp(code) });
      else {
        const there = await look;
        assert.deepEqual([there.get('a.png')?.kind, there.get('b.png')?.kind], becomes);
      }
      await engine.close();
    });
  }

  it('is taken for as large as it may be where it does not tell its free space', async function () {
    if (process.platform !== 'linux') this.skip();
    const engine = new PathEngine({ nas: '/proc', staging: STAGING, verify: 'size', carrier: new NodeCarrier() });
    assert.equal(await engine.freeBytes(never), undefined);
  });

  it('is not waited for when it is to be cleared up and gives no answer, and is left alone when it gives one later', async () => {
    await using folder = await temporaryFolder();
    const staging = join(folder.path, STAGING);
    await mkdir(staging);
    await writeFile(join(staging, 'half.png'), 'ima');
    const engine = new PathEngine({ nas: folder.path, staging: STAGING, verify: 'size', carrier: new NodeCarrier() });

    const silent = join(folder.path, 'silent');
    execFileSync('mkfifo', [silent]);
    const calls = Array.from({ length: ALL_CALLS }, () => open(silent));
    const over = new AbortController();
    const cleaned = engine.clean(over.signal);
    over.abort();
    const isGivenUp = await settlesWithin(0, () => cleaned);
    using _pipe = await readPipe(silent);
    for (const file of await Promise.all(calls)) await file.close();
    assert.ok(isGivenUp);
    await assert.rejects(cleaned, { name: 'AbortError' });
    // more calls than clearing up takes
    for (let i = 0; i < 50; i++) await stat(folder.path);
    assert.deepEqual(await readdir(staging), ['half.png'], 'the next run may have it by now');

    await engine.clean(never);
    await assert.rejects(stat(staging), { code: 'ENOENT' });
    await engine.clean(never);
    await engine.close();
  });
});
