import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runMocha } from './runMocha.ts';
import type { SuiteResult } from './suiteResult.ts';

describe('A run of tests', () => {
  let dir: string;
  let printed: string[];
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "runner's 試験 "));
    printed = [];
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  const run = async (tests: string) => {
    await writeFile(join(dir, 'some.test.mjs'), `describe('some', () => { ${tests} });`);
    return runMocha({
      name: 'Some tests',
      args: ['--no-config', 'some.test.mjs'],
      cwd: dir,
      eventsFile: join(dir, 'results/events.ndjson'),
      idleSeconds: 60,
      say: (line) => printed.push(line),
    });
  };

  it('counts what passed, failed and was skipped, and shows why', async () => {
    const result = await run(`
      it('holds', () => {});
      it('holds too', () => {});
      it('breaks', () => { throw new Error('the café is closed', { cause: new Error('no gas') }); });
      it.skip('waits', () => {});`);
    assert.deepEqual(result, { name: 'Some tests', passed: 2, failed: 1, skipped: 1 });
    assert.deepEqual(printed.slice(0, 5), [
      '  some',
      '    ✔ holds',
      '    ✔ holds too',
      '    ✘ breaks',
      '    - waits (skipped)',
    ]);
    assert.match(printed.join('\n'), /1\) some › breaks\n +Error: the café is closed\n[^]+ Caused by: Error: no gas/);
  });

  it('has failed when its process dies with code 0 in the middle, and keeps what passed', async () => {
    const result = await run(`it('holds', () => {}); it('dies', () => process.exit(0)); it('never comes', () => {});`);
    assert.deepEqual([result.passed, result.failed], [1, 1]);
    assert.match(result.problem ?? '', /cut short before its last test \(exit code 0\)/);
  });

  it('has failed when its process dies after the last test', async () => {
    const result = await run(`it('holds', () => { setTimeout(() => process.kill(process.pid, 'SIGKILL'), 300); });`);
    assert.deepEqual([result.passed, result.failed], [1, 1]);
  });

  it('has failed when there is no test in it', async () => {
    const result = await run('');
    assert.deepEqual([result.passed, result.failed], [0, 1]);
    assert.equal(result.problem, 'no test ran');
  });

  it('counts the tests of files that run at the same time, and fails when one of their processes dies with code 0', async () => {
    const files = { 'a.test.mjs': `it('holds', () => {});`, 'b.test.mjs': `it('dies', () => process.exit(0));` };
    const parallel = async (): Promise<SuiteResult> =>
      runMocha({
        name: 'Some tests',
        args: ['--no-config', '--parallel', '--jobs', '2', '*.test.mjs'],
        cwd: dir,
        eventsFile: join(dir, 'results/events.ndjson'),
        idleSeconds: 60,
        say: (line) => printed.push(line),
      });
    for (const [name, tests] of Object.entries(files)) {
      await writeFile(join(dir, name), `describe('${name}', () => { ${tests} });`);
    }
    const broken = await parallel();
    assert.equal(broken.passed, 1);
    assert.ok(broken.failed >= 1, printed.join('\n'));
    await writeFile(
      join(dir, 'b.test.mjs'),
      `describe('b', () => { it('breaks', () => { throw new Error('no café'); }); });`,
    );
    assert.deepEqual(await parallel(), { name: 'Some tests', passed: 1, failed: 1, skipped: 0 });
    assert.match(printed.join('\n'), /1\) b › breaks\n +Error: no café\n +at /);
    await writeFile(join(dir, 'b.test.mjs'), `describe('b', () => { it('holds too', () => {}); });`);
    assert.deepEqual(await parallel(), { name: 'Some tests', passed: 2, failed: 0, skipped: 0 });
  });
});
