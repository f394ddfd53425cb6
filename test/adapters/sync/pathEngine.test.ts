import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, open, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NodeCarrier } from '../../../src/adapters/sync/nodeCarrier.ts';
import { PathEngine } from '../../../src/adapters/sync/pathEngine.ts';
import { readPipe } from '../support/readPipe.ts';
import { settlesWithin } from '../support/settlesWithin.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { never } from './library.ts';
import { STAGING } from './nasKinds.ts';

/** What Node asks of the file system at once: when none of it is answered, nothing else is. */
const ALL_CALLS = Number(process.env['UV_THREADPOOL_SIZE'] ?? 4);

describe('A NAS that the system has mounted', () => {
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
