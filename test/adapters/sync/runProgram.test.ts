import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { basename, delimiter, join } from 'node:path';
import { ProgramError, runProgram } from '../../../src/adapters/sync/runProgram.ts';
import { KEY_VARIABLES } from '../../../src/core/settings/secrets.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { withoutDescriptors } from '../support/withoutDescriptors.ts';
import { never } from './library.ts';

const node = (script: string, ...args: string[]) => ({ program: [process.execPath, '-e'], args: [script, ...args] });

describe('runProgram', () => {
  it('waits for free descriptors when there are none left', async function () {
    if (process.platform === 'win32') this.skip();
    assert.deepEqual(await withoutDescriptors('runProgram'), { code: 0, stderr: '' });
  });

  it('hands arguments over as they are, never through a shell', async () => {
    const args = ['$(id)', '`id`', 'a b', '"quoted"', "it's", '猫', '; rm -rf x', '%PATH%'];
    const chunks: Buffer[] = [];
    const script = 'process.stdout.write(JSON.stringify(process.argv.slice(1)))';
    const end = await runProgram({
      ...node(script, ...args),
      signal: never,
      silenceMs: 20_000,
      onOutput: (c) => chunks.push(c),
    });
    assert.equal(end.code, 0);
    assert.deepEqual(JSON.parse(Buffer.concat(chunks).toString()), args);
  });

  it('starts what the PATH leads to, and never a program of the folder that we are in', async () => {
    await using folder = await temporaryFolder();
    const trap = join(folder.path, 'rclone-of-the-workspace');
    await writeFile(trap, '#!/bin/sh\nexit 7\n', { mode: 0o755 });
    const path = process.env['PATH'] ?? '';
    const here = process.cwd();
    try {
      process.chdir(folder.path);
      process.env['PATH'] = `.${delimiter}${delimiter}${path}`;
      const run = () => runProgram({ program: [basename(trap)], args: [], signal: never, silenceMs: 20_000 });
      await assert.rejects(run(), { name: 'ProgramError', reason: 'missing' });
      process.env['PATH'] = `${folder.path}${delimiter}${path}`;
      assert.equal((await run()).code, 7);
    } finally {
      process.chdir(here);
      process.env['PATH'] = path;
    }
  });

  it('ends with the program, also when that has left something behind that holds its pipes', async function () {
    if (process.platform === 'win32') this.skip();
    const script = `const options = { detached: true, stdio: ['ignore', 'inherit', 'inherit'] };
      const left = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], options);
      left.unref();
      process.stdout.write(String(left.pid));`;
    let said = '';
    try {
      const { code } = await runProgram({
        ...node(script),
        signal: never,
        silenceMs: 20_000,
        onOutput: (chunk) => (said += chunk.toString()),
      });
      assert.equal(code, 0);
    } finally {
      process.kill(Number(said), 'SIGKILL');
    }
  });

  it('keeps the keys of the services to itself', async () => {
    const chunks: Buffer[] = [];
    const names = Object.values(KEY_VARIABLES);
    for (const name of names) process.env[name] = 'a secret';
    try {
      const script = 'process.stdout.write(JSON.stringify(process.env))';
      await runProgram({
        ...node(script),
        signal: never,
        silenceMs: 20_000,
        env: { MORE: '1' },
        onOutput: (c) => chunks.push(c),
      });
    } finally {
      for (const name of names) Reflect.deleteProperty(process.env, name);
    }
    const env = JSON.parse(Buffer.concat(chunks).toString()) as NodeJS.ProcessEnv;
    for (const name of names) assert.equal(env[name], undefined, name);
    assert.equal(env['MORE'], '1');
    assert.equal(env['HOME'], process.env['HOME']);
  });

  it('gives the exit code and what was said on stderr', async () => {
    const end = await runProgram({
      ...node('console.error("oh"); process.exit(23)'),
      signal: never,
      silenceMs: 20_000,
    });
    assert.deepEqual(end, { code: 23, stderr: 'oh\n' });
  });

  it('feeds its stdin, also one that does not listen', async () => {
    const input = 'x'.repeat(5_000_000);
    const counting = 'let n=0;process.stdin.on("data",(c)=>n+=c.length).on("end",()=>process.exit(n===5000000?0:1))';
    assert.equal((await runProgram({ ...node(counting), signal: never, silenceMs: 20_000, input })).code, 0);
    assert.equal((await runProgram({ ...node('process.exit(3)'), signal: never, silenceMs: 20_000, input })).code, 3);
  });

  it('ends one that says nothing for too long, with all that it started', async () => {
    const script =
      'require("child_process").spawn(process.execPath,["-e","setInterval(()=>0,1e6)"],{stdio:"inherit"});setInterval(()=>0,1e6)';
    await assert.rejects(
      runProgram({ ...node(script), signal: never, silenceMs: 300 }),
      (error) => error instanceof ProgramError && error.reason === 'silent',
    );
  });

  it('stops when it is told to', async () => {
    const stop = new AbortController();
    const running = runProgram({
      ...node('console.log("up");setInterval(()=>0,1e6)'),
      signal: stop.signal,
      silenceMs: 20_000,
      onOutput: () => stop.abort(),
    });
    await assert.rejects(running, { name: 'AbortError' });
  });

  it('says that a program is not there', async () => {
    await assert.rejects(
      runProgram({ program: ['no such program'], args: [], signal: never, silenceMs: 1000 }),
      (error) => error instanceof ProgramError && error.reason === 'missing',
    );
  });
});
