import assert from 'node:assert/strict';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LogFile } from '../../../src/adapters/files/logFile.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

describe('LogFile', () => {
  it('writes lines with time and level, in order, behind those of earlier runs', async () => {
    await using folder = await temporaryFolder();
    for (const run of [1, 2]) {
      const log = new LogFile(folder.path, 'image-inbox');
      log.debug(`begin ${run}`);
      log.warn('a 絵.jpg\nerror was its name');
      await log.close();
    }
    const text = await readFile(join(folder.path, 'logs', 'image-inbox.log'), 'utf8');
    const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z /gm;
    const run = (n: number): string => `debug begin ${n}\nwarn  a 絵.jpg\n    error was its name\n`;
    assert.equal(text.replaceAll(time, ''), run(1) + run(2));
    assert.equal(text.match(time)?.length, 4);
  });

  it('stops nothing when it can not be written, and goes on when it can', async () => {
    await using folder = await temporaryFolder();
    const log = new LogFile(join(folder.path, 'working'), 'image-inbox');
    await writeFile(join(folder.path, 'working'), 'a file in the way');
    log.error('lost');
    await log.close();
    await rm(join(folder.path, 'working'));
    await mkdir(join(folder.path, 'working'));
    log.info('kept');
    await log.close();
    assert.match(await readFile(join(folder.path, 'working', 'logs', 'image-inbox.log'), 'utf8'), /Z info {2}kept\n$/);
  });
});
