import assert from 'node:assert/strict';
import { appendFile, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SyncRecord } from '../../../src/core/sync/syncRecords.ts';
import { NdjsonSyncRecords } from '../../../src/adapters/sync/ndjsonSyncRecords.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const FACTS = { size: 5, mtimeMs: 1_600_000_000_000.25 };
const record = (place: string): SyncRecord => ({ place, state: 'held', ours: true, here: FACTS, there: FACTS });

describe('NdjsonSyncRecords', () => {
  it('keeps what was written, forgotten and written again', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'new', 'sync.ndjson');
    const first = await NdjsonSyncRecords.open(path);
    await first.write(['a', 'b "猫"\u2028', 'c'].map(record));
    await first.write([{ place: 'd', state: 'intended', ours: true, here: FACTS }]);
    await first.forget(['a', 'never there']);
    await first.close();
    const second = await NdjsonSyncRecords.open(path);
    assert.deepEqual(
      [...second.all()].map(({ place }) => place),
      ['b "猫"\u2028', 'c', 'd'],
    );
    assert.deepEqual(second.of('c'), record('c'));
    assert.equal(second.of('d')?.there, undefined);
    await second.close();
  });

  it('loses only the line that was torn', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'sync.ndjson');
    const first = await NdjsonSyncRecords.open(path);
    await first.write([record('a')]);
    await first.write([record('b')]);
    await first.close();
    await truncate(path, (await stat(path)).size - 10);
    const second = await NdjsonSyncRecords.open(path);
    assert.deepEqual(
      [...second.all()].map(({ place }) => place),
      ['a'],
    );
    await second.write([record('c')]);
    await second.close();
    await appendFile(path, 'garbage\n{"place":"x"}\n');
    const third = await NdjsonSyncRecords.open(path);
    assert.deepEqual(
      [...third.all()].map(({ place }) => place),
      ['a', 'c'],
    );
    await third.close();
  });

  it('does not grow for ever', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'sync.ndjson');
    const first = await NdjsonSyncRecords.open(path);
    for (let i = 0; i < 1500; i++) await first.write([record('a')]);
    const torn = await readFile(path);
    await first.close();
    assert.equal((await readFile(path, 'utf8')).trim().split('\n').length, 1, 'by whoever wrote it');
    await writeFile(path, torn);
    const second = await NdjsonSyncRecords.open(path);
    assert.equal(
      (await readFile(path, 'utf8')).trim().split('\n').length,
      1,
      'and by the next one, when that was killed',
    );
    assert.deepEqual([...second.all()], [record('a')]);
    await second.close();
  });

  it('says when it can not be written', async () => {
    await using folder = await temporaryFolder();
    await writeFile(join(folder.path, 'file'), '');
    await assert.rejects(NdjsonSyncRecords.open(join(folder.path, 'file', 'sync.ndjson')), { reason: 'not-writable' });
  });
});
