import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NodeJournalFolder } from '../../../src/adapters/files/nodeJournal.ts';
import type { JournalEvent } from '../../../src/core/journal/events.ts';
import { encodeEvent } from '../../../src/core/journal/journal.ts';
import { LastReading } from '../../../src/core/journal/lastReading.ts';
import type { ImageId, RunId } from '../../../src/core/model/ids.ts';
import type { JournalReader } from '../../../src/core/ports/journalFile.ts';

const at = '2026-01-01T00:00:00.000Z';
const plan = {
  command: 'process',
  sorted: '/Sorted',
  skip: [],
  reprocess: false,
  offline: false,
  overrides: {},
} as const;
const idOf = (n: number): ImageId => n.toString(16).padStart(16, '0') as ImageId;
const started = (run: string): JournalEvent => ({ kind: 'run-started', at, runId: run as RunId, version: '1', plan });
const found = (n: number): JournalEvent => ({
  kind: 'image-found',
  image: { id: idOf(n), path: `/in/夏 ${n}.jpg`, size: 1, mtimeMs: 1 },
});
const settled = (n: number): JournalEvent => ({ kind: 'image-settled', at, image: idOf(n), fate: 'processed' });

describe('LastReading', () => {
  let working: string;
  let reading: LastReading;
  beforeEach(() => {
    working = mkdtempSync(join(tmpdir(), 'image-inbox-reading-'));
    reading = new LastReading();
  });
  afterEach(() => rmSync(working, { recursive: true, force: true }));

  const folder = (): NodeJournalFolder => new NodeJournalFolder(working);
  const write = async (...events: JournalEvent[]): Promise<void> => {
    const journal = (await folder().openLatest()) ?? (await folder().create([]));
    for (const event of events) await journal.append(encodeEvent(event), false);
    await journal.close();
  };
  /** Reads, and tells which images are open, the run, and how many lines were read for it. */
  const read = async (): Promise<{ open: readonly string[]; run: string | undefined; lines: number }> => {
    const reader = await folder().readLatest();
    assert.ok(reader);
    let lines = 0;
    const counting: JournalReader = {
      ...reader,
      async *lines(from) {
        for await (const line of reader.lines(from)) {
          lines++;
          yield line;
        }
      },
    };
    const digest = await reading.read(counting);
    return { open: [...digest.open.values()].map(({ image }) => image.path), run: digest.run?.runId, lines };
  };

  it('reads what was added, the line before it, and the first', async () => {
    await write(started('a'), ...Array.from({ length: 50 }, (_, n) => found(n)), ...Array.from({ length: 49 }, (_, n) => settled(n))); // prettier-ignore
    assert.deepEqual(await read(), { open: ['/in/夏 49.jpg'], run: 'a', lines: 101 });
    assert.deepEqual(await read(), { open: ['/in/夏 49.jpg'], run: 'a', lines: 2 });
    await write(found(50), settled(49));
    assert.deepEqual(await read(), { open: ['/in/夏 50.jpg'], run: 'a', lines: 4 });
  });

  it('is asked by two at once, and adds nothing twice', async () => {
    await write(started('a'), found(1));
    await read();
    await write(found(2), settled(1), settled(2));
    const both = await Promise.all([read(), read()]);
    assert.deepEqual(both.map(({ open }) => open), [[], []]); // prettier-ignore
    const reader = await folder().readLatest();
    assert.ok(reader);
    assert.equal((await reading.read(reader)).statistics().total, 2);
  });

  for (const [name, events] of [
    ['as long', [started('b'), found(1)]],
    ['longer', [started('b'), found(7), found(8), found(9)]],
    ['shorter', [started('c')]],
  ] as const) {
    it(`reads another journal from its beginning that has taken its place, ${name}`, async () => {
      await write(started('a'), found(1));
      await read();
      rmSync(join(working, 'journal'), { recursive: true });
      await write(...events);
      const after = await read();
      assert.equal(after.run, events[0].kind === 'run-started' ? events[0].runId : '');
      assert.equal(after.open.length, events.length - 1);
    });
  }

  for (const [name, events] of [
    ['the next line is another', [found(3), found(4), found(5)]],
    ['no line begins where it had stopped', [found(10), found(11), found(12)]],
    ['it ends there', [found(3)]],
  ] as const) {
    it(`reads a journal from its beginning that a repair has left the first line of: ${name}`, async () => {
      await write(started('a'), found(1), found(2));
      await read();
      rmSync(join(working, 'journal'), { recursive: true });
      await write(started('a'), ...events);
      const paths = events.map((event) => (event.kind === 'image-found' ? event.image.path : ''));
      assert.deepEqual((await read()).open, paths);
      // and goes on with that one
      await write(found(6));
      assert.deepEqual((await read()).open, [...paths, '/in/夏 6.jpg']);
    });
  }

  it('counts no request twice, though it reads the last line again', async () => {
    const failed: JournalEvent = {
      kind: 'stage-ended',
      image: idOf(1),
      stage: 'search',
      record: { outcome: { kind: 'failed', error: { reason: 'network', message: 'no', attempts: 1 } }, ms: 1 },
      requests: { iqdb: 2 },
    };
    await write(started('a'), found(1), failed);
    await read();
    await write(found(2));
    await read();
    const reader = await folder().readLatest();
    assert.ok(reader);
    assert.deepEqual((await reading.read(reader)).statistics().requests, { iqdb: 2 });
  });

  it('goes on with the journal of the next run', async () => {
    await write(started('a'), found(1));
    await read();
    await (await folder().create([encodeEvent(started('b')), encodeEvent(found(2))])).close();
    assert.deepEqual((await read()).open, ['/in/夏 2.jpg']);
  });
});
