import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { dice } from '../../scripts/samples/dice.ts';
import { ExiftoolMetadataWriter } from '../../src/adapters/exiftool/exiftoolMetadataWriter.ts';
import { childProcesses, isAlive, until } from '../adapters/exiftool/childProcesses.ts';
import { SHIPPED_CONFIG } from '../adapters/exiftool/shippedConfig.ts';
import { silentLog } from '../adapters/exiftool/silentLog.ts';
import { tagged } from './contents.ts';
import { ExiftoolReader } from './exiftoolReader.ts';
import { ONE_SET, OTHER_SET } from './twoSets.ts';
import { general } from './says.ts';

/** Milliseconds after the first or the second content stands there, however long that takes; a write takes 20 or more. */
const MOMENTS = Array.from({ length: 30 }, (_, index) => ({
  after: index % 2 === 0 ? 'one' : 'other',
  moment: dice(index)() * 60,
}));

describe('a writer that is killed', function () {
  this.timeout(900_000); // thirty times ExifTool and Node: three minutes of a machine that is busy with much else
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'killed "日本" 😀 '));
  });
  after(() => rm(folder, { recursive: true }));

  it('leaves the old sidecar or the new one, never a part, at whatever moment', async () => {
    const image = join(folder, 'a.jpg');
    const reader = new ExiftoolReader();
    const states = [ONE_SET, OTHER_SET].map((tags) => reader.expected({ tags: tags.map(general) }));
    const script = join(import.meta.dirname, 'writesForever.ts');
    const found = new Set<number>();
    for (const { after, moment } of MOMENTS) {
      const child = spawn(process.execPath, [script, `${image}.xmp`], { stdio: ['ignore', 'pipe', 'inherit'] });
      let said = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
      await until(() => said.includes(after));
      const exiftools = childProcesses(child.pid);
      await pause(moment);
      child.kill('SIGKILL');
      await once(child, 'exit');
      await until(() => !exiftools.some(isAlive));
      const seen = (await reader.read([image])).get(image);
      const state = states.findIndex((each) => JSON.stringify(each) === JSON.stringify(seen));
      assert.notEqual(state, -1, `${moment.toFixed(1)} ms after the ${after}: ${JSON.stringify(seen)}`);
      found.add(state);
    }
    assert.equal(found.size, 2, 'either content was found');

    const writer = new ExiftoolMetadataWriter({ maxProcs: 1, log: silentLog, config: SHIPPED_CONFIG });
    await writer.write(`${image}.xmp`, tagged('new'), new AbortController().signal);
    await writer.close();
    assert.deepEqual(await readdir(folder), ['a.jpg.xmp'], 'what was half done is cleared away by the next write');
  });
});
