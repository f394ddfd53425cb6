import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, readFile, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Looks } from '../../../src/adapters/files/looks.ts';
import { readPipe } from '../support/readPipe.ts';
import { settlesWithin } from '../support/settlesWithin.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const WORKER = join(import.meta.dirname, '../../../src/adapters/files/lookWorker.ts');
const never = new AbortController().signal;
const TIME = new Date('2024-05-06T07:08:09.123Z');

describe('A look at many files', () => {
  for (const [how, worker] of [
    ['from the event loop', undefined],
    ['by a thread', WORKER],
  ] as const) {
    it(`tells files, links, others, and what is not there, in their order, ${how}`, async () => {
      await using folder = await temporaryFolder();
      const names = Array.from({ length: 600 }, (_, i) => `夏 "${i}".jpg`);
      await Promise.all(names.map((name, i) => writeFile(join(folder.path, name), 'x'.repeat(i))));
      await utimes(join(folder.path, names[7] ?? ''), TIME, TIME);
      await mkdir(join(folder.path, 'sub'));
      await symlink('nowhere', join(folder.path, 'link'));
      const looks = new Looks(worker);
      try {
        const asked = [...names, 'sub', 'link', 'missing', `${names[0] ?? ''}/below a file`];
        const found = await looks.look(folder.path, asked, never);
        assert.deepEqual(found.map((look) => look?.kind).slice(-4), ['other', 'link', undefined, undefined]);
        assert.deepEqual(found[7], { kind: 'file', size: 7, mtimeMs: TIME.getTime() });
        assert.deepEqual(
          found.slice(0, 600).map((look) => look?.kind === 'file' && look.size),
          names.map((_, i) => i),
        );
        const [tooLong, ...others] = await looks.look(folder.path, ['n'.repeat(300), ...names], never);
        assert.deepEqual(tooLong, { kind: 'unseen', code: 'ENAMETOOLONG' }, 'that one alone');
        assert.deepEqual(new Set(others.map((look) => look?.kind)), new Set(['file']));
        const stop = new AbortController();
        stop.abort();
        await assert.rejects(looks.look(folder.path, names, stop.signal), { name: 'AbortError' });
      } finally {
        await looks.close();
      }
    });

    it(`finds what is in folders, and what has just come to one that was not there, ${how}`, async () => {
      await using folder = await temporaryFolder();
      const inside = (name: string): string[] => Array.from({ length: 300 }, (_, i) => `${name}/${i}.jpg`);
      const fill = async (name: string): Promise<void> => {
        await mkdir(join(folder.path, name), { recursive: true });
        await Promise.all(inside(name).map((file) => writeFile(join(folder.path, file), 'x')));
      };
      await fill('Cats/夏');
      await writeFile(join(folder.path, 'file'), '');
      const looks = new Looks(worker);
      const kinds = async (): Promise<string[]> => {
        const asked = ['Cats/夏', 'Dogs', 'file'].flatMap((name) => inside(name));
        const found = await looks.look(folder.path, [...asked, 'Cats/夏', 'Dogs', 'file'], never);
        return found.map((look, i) => `${(asked[i] ?? '').split('/')[0] ?? ''} ${look?.kind ?? 'none'}`);
      };
      const count = (all: string[], one: string): number => all.filter((other) => other === one).length;
      try {
        const before = await kinds();
        assert.deepEqual(
          ['Cats file', 'Dogs none', 'file none'].map((one) => count(before, one)),
          [300, 300, 300],
        );
        assert.deepEqual(before.slice(-3), [' other', ' none', ' file']);
        await fill('Dogs');
        assert.equal(count(await kinds(), 'Dogs file'), 300);
      } finally {
        await looks.close();
      }
    });
  }

  it('fails, and does not wait for ever, when its thread has ended', async () => {
    await using folder = await temporaryFolder();
    const looks = new Looks(join(folder.path, 'not there.js'));
    const names = Array.from({ length: 600 }, (_, i) => `${i}.jpg`);
    for (let times = 0; times < 3; times++) await assert.rejects(looks.look(folder.path, names, never));
    await looks.close();
  });

  it('goes when it is told to stop, and closes, also where its thread waits for a NAS that gives no answer', async () => {
    await using folder = await temporaryFolder();
    const silent = join(folder.path, 'silent');
    execFileSync('mkfifo', [silent]);
    const hung = join(folder.path, 'hung.mjs');
    await writeFile(
      hung,
      `import { readFileSync } from 'node:fs';
       import { parentPort } from 'node:worker_threads';
       parentPort.on('message', () => readFileSync(${JSON.stringify(silent)}));`,
    );
    const looks = new Looks(hung);
    const stop = new AbortController();
    const names = Array.from({ length: 600 }, (_, i) => `${i}.jpg`);
    const looked = looks.look(folder.path, names, stop.signal);
    using _pipe = await readPipe(silent);
    stop.abort();
    assert.ok(await settlesWithin(0, () => looked), 'it goes at once');
    await assert.rejects(looked, { name: 'AbortError' });
    assert.ok(await settlesWithin(5, () => looks.close()), 'it closes');
  });

  it('lists the folders of a disk on which each look takes long, and looks for nothing in those that are not there', async () => {
    await using folder = await temporaryFolder();
    const calls = join(folder.path, 'calls.txt');
    const slow = join(folder.path, 'slow.mjs');
    await writeFile(
      slow,
      `import fs from 'node:fs';
       import { syncBuiltinESMExports } from 'node:module';
       const { lstatSync, opendirSync } = fs;
       const call = (name, path) => fs.appendFileSync(${JSON.stringify(calls)}, name + ' ' + path + '\\n');
       fs.lstatSync = (path, options) => {
         Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
         call('look', path);
         return lstatSync(path, options);
       };
       fs.opendirSync = (path, options) => (call('list', path), opendirSync(path, options));
       syncBuiltinESMExports();
       await import(${JSON.stringify(pathToFileURL(WORKER).href)});`,
    );
    const inside = (name: string): string[] => Array.from({ length: 300 }, (_, i) => `${name}/${i}.jpg`);
    await mkdir(join(folder.path, 'Cats'));
    await Promise.all(inside('Cats').map((file) => writeFile(join(folder.path, file), 'x')));
    const looks = new Looks(slow);
    try {
      const [cats, dogs] = [inside('Cats'), inside('Dogs')];
      // as a memory has them: in the order in which they came
      const found = await looks.look(
        folder.path,
        cats.flatMap((cat, i) => [cat, dogs[i] ?? '']),
        never,
      );
      assert.deepEqual(
        found.map((look) => look?.kind),
        cats.flatMap(() => ['file', undefined]),
      );
    } finally {
      await looks.close();
    }
    const said = (await readFile(calls, 'utf8')).trim().split('\n');
    const of = (start: string): number => said.filter((line) => line.startsWith(`${start} ${folder.path}`)).length;
    assert.deepEqual([of('list'), of('look')], [2, 300], 'each folder once, each file once, and nothing of Dogs');
  });
});
