import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { NodeJournalFolder } from '../../../src/adapters/files/nodeJournal.ts';
import { JournalCheck } from '../../../src/core/doctor/checks/journalCheck.ts';
import type { JournalEvent } from '../../../src/core/journal/events.ts';
import { encodeEvent, Journal } from '../../../src/core/journal/journal.ts';
import { digestOf } from '../../../src/core/journal/replay.ts';
import type { ImageId, RunId } from '../../../src/core/model/ids.ts';
import type { JournalReader } from '../../../src/core/ports/journalFile.ts';
import { temporaryFolder } from '../../adapters/support/temporaryFolder.ts';

const found = (n: number): JournalEvent => ({
  kind: 'image-found',
  image: { id: `i${n}` as ImageId, path: `/in/${n}.jpg`, size: n, mtimeMs: n },
});
const failed = (n: number): JournalEvent[] => [
  found(n),
  { kind: 'stage-ended', image: `i${n}` as ImageId, stage: 'scan', record: { outcome: { kind: 'failed', error: { reason: 'corrupt', message: 'no', attempts: 1 } }, ms: 1 } },
  { kind: 'image-settled', at: '2026-01-01T00:00:01Z', image: `i${n}` as ImageId, fate: 'failed' },
]; // prettier-ignore

/** A journal with a digest of all but its end. */
async function scene() {
  const folder = await temporaryFolder();
  const journals = new NodeJournalFolder(folder.path);
  const start: JournalEvent = { kind: 'run-started', at: '2026-01-01T00:00:00Z', runId: 'r' as RunId, version: '1', plan: { command: 'process', sorted: '/s', skip: [], reprocess: false, offline: false, overrides: {} } }; // prettier-ignore
  const file = await journals.create([start, ...failed(1)].map(encodeEvent));
  const journal = new Journal(file);
  journal.follow(await digestOf(journal));
  await journal.checkpoint(() => Promise.resolve());
  const digested = journal.position.offset;
  for (const event of failed(2)) await journal.append(event);
  await journal.append({ kind: 'run-ended', at: '2026-01-01T00:00:02Z', outcome: 'completed' });
  await journal.close();
  /** from where lines were read, one after the other */
  const reads: number[] = [];
  const watched = {
    async readLatest(): Promise<JournalReader | undefined> {
      const reader = await journals.readLatest();
      return (
        reader && {
          ...reader,
          lines: (from = 0) => {
            reads.push(from);
            return reader.lines(from);
          },
        }
      );
    },
  };
  const check = new JournalCheck({
    journals: watched,
    files: { stat: async (path) => ({ size: (await stat(path)).size, mtimeMs: 0 }) },
    lock: { look: () => Promise.resolve({ kind: 'free' }) },
  });
  return { path: file.path, digested, reads, check, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}

describe('the check of the journal', () => {
  it('reads no line that stands in the digest, which tells of the images before', async () => {
    await using s = await scene();
    const [journal, run, images] = await s.check.look();
    assert.deepEqual(s.reads, [s.digested]);
    assert.match(journal?.detail ?? '', /is whole \(\d.*\)\./);
    assert.match(run?.detail ?? '', /completed/);
    assert.equal(images?.detail, '2 images failed.');
  });

  it('finds a byte that was changed before the digest, and says in which line', async () => {
    await using s = await scene();
    const bytes = readFileSync(s.path);
    const at = bytes.indexOf('/in/1.jpg');
    bytes[at + 4] = 0x39;
    writeFileSync(s.path, bytes);
    const [journal] = await s.check.look();
    assert.equal(journal?.status, 'problem');
    assert.match(journal.detail, /damaged at line 2 /);
    assert.equal(journal.isRepairable, true);
  });
});
