import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import {
  appendFile,
  mkdir,
  open,
  readdir,
  readFile,
  stat,
  symlink,
  truncate,
  writeFile,
  type FileHandle,
} from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { crc32 } from 'node:zlib';
import { asidePath } from '../../../src/adapters/files/asidePath.ts';
import { NodeJournalFolder } from '../../../src/adapters/files/nodeJournal.ts';
import { FatalError } from '../../../src/core/model/failure.ts';
import type { JournalFile, JournalReader } from '../../../src/core/ports/journalFile.ts';
import { collect } from '../support/collect.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const event = (n: number): string => JSON.stringify({ kind: 'test', n, path: `夏/"${n}" 🌄.jpg` });

async function linesOf(reader: JournalReader | undefined, from?: number): Promise<readonly string[]> {
  assert.ok(reader);
  return (await collect(reader.lines(from))).map((line) => line.text);
}

/** A journal of these events, closed again. */
async function journalOf(working: string, ...numbers: readonly number[]): Promise<JournalFile> {
  const journal = await new NodeJournalFolder(working).create(numbers.map(event));
  await journal.close();
  return journal;
}

describe('NodeJournalFolder', () => {
  it('has no journal in the beginning', async () => {
    await using folder = await temporaryFolder();
    const journals = new NodeJournalFolder(join(folder.path, 'not made yet'));
    assert.equal(await journals.openLatest(), undefined);
    assert.equal(await journals.readLatest(), undefined);
  });

  it('numbers the journals, and takes the highest for the live one', async () => {
    await using folder = await temporaryFolder();
    const journals = new NodeJournalFolder(folder.path);
    for (const n of [1, 2]) await (await journals.create([event(n)])).close();
    await writeFile(join(folder.path, 'journal', '000009.ndjson.bak'), '');
    assert.deepEqual((await readdir(join(folder.path, 'journal'))).sort(), [
      '000001.ndjson',
      '000002.ndjson',
      '000009.ndjson.bak',
    ]);
    const live = await journals.openLatest();
    assert.equal(live?.number, 2);
    assert.deepEqual(await linesOf(live), [event(2)]);
    await live.close();
  });

  it('begins the next one with what the ones before have left behind cleared away', async () => {
    await using folder = await temporaryFolder();
    const at = (name: string): string => join(folder.path, 'journal', name);
    for (const n of [1, 2]) await journalOf(folder.path, n);
    // on a disk that failed neither the digest nor its removal may have come about
    for (const name of ['000001.digest', '000002.digest', '000003.ndjson'].map(at)) {
      await writeFile(asidePath(name), 'half');
    }
    await writeFile(at('000001.digest'), 'of nobody any more');
    await journalOf(folder.path, 3);
    assert.deepEqual((await readdir(at(''))).sort(), ['000001.ndjson', '000002.ndjson', '000003.ndjson']);
  });

  describe('with a digest', () => {
    const lines = [event(100), event(101)];

    /** A journal of four events, with a digest of the first three. */
    async function digested(working: string): Promise<{ readonly journal: string; readonly digest: string }> {
      const file = await new NodeJournalFolder(working).create([1, 2].map(event));
      const first = file.append(event(3), false);
      const mark = file.mark();
      await file.append(event(4), true);
      await first;
      await file.save(mark, lines);
      await file.close();
      const path = (kind: string): string => join(working, 'journal', `000001.${kind}`);
      return { journal: path('ndjson'), digest: path('digest') };
    }

    it('gives it back, to its writer and to others, with where it ends', async () => {
      await using folder = await temporaryFolder();
      await digested(folder.path);
      const journals = new NodeJournalFolder(folder.path);
      const reader = await journals.readLatest();
      const saved = await reader?.saved();
      assert.deepEqual(saved?.lines, lines);
      assert.deepEqual(await linesOf(reader, saved.offset), [event(4)]);
      const live = await journals.openLatest();
      assert.deepEqual(await live?.saved(), saved);
      await live?.append(event(5), false);
      await live?.save(live.mark(), [event(102)]);
      await live?.close();
      const again = await (await journals.readLatest())?.saved();
      assert.deepEqual(again?.lines, [event(102)]);
      assert.deepEqual(await linesOf(await journals.readLatest(), again.offset), []);
    });

    it('goes on with it behind a last line that was torn', async () => {
      await using folder = await temporaryFolder();
      const { journal } = await digested(folder.path);
      await appendFile(journal, '{"kind":"te');
      const journals = new NodeJournalFolder(folder.path);
      const live = await journals.openLatest();
      assert.deepEqual((await live?.saved())?.lines, lines);
      await live?.append(event(5), true);
      await live?.save(live.mark(), [event(102)]);
      await live?.close();
      assert.deepEqual((await (await journals.readLatest())?.saved())?.lines, [event(102)]);
    });

    it('does not give it back when a byte of it is another, or it is cut off', async () => {
      await using folder = await temporaryFolder();
      const { digest } = await digested(folder.path);
      const whole = await readFile(digest);
      const journals = new NodeJournalFolder(folder.path);
      for (let at = 0; at < whole.length; at++) {
        const damaged = Buffer.from(whole);
        damaged[at]! ^= 1;
        await writeFile(digest, damaged);
        assert.equal(await (await journals.readLatest())?.saved(), undefined, `byte ${at}`);
        await writeFile(digest, whole.subarray(0, at));
        const cut = await (await journals.readLatest())?.saved();
        // whoever reads the lines knows how many there are
        assert.ok(cut === undefined || cut.lines.length < lines.length, `cut at ${at}`);
      }
    });

    it('does not give it back when the journal was not what it was made of, which is found by reading that', async () => {
      await using folder = await temporaryFolder();
      const { journal } = await digested(folder.path);
      const whole = await readFile(journal);
      const journals = new NodeJournalFolder(folder.path);
      const damaged = Buffer.from(whole);
      damaged[whole.indexOf('🌄')]! ^= 1;
      for (const bytes of [damaged, whole.subarray(0, whole.length / 2)]) {
        await writeFile(journal, bytes);
        assert.equal(await (await journals.readLatest())?.saved(), undefined);
        const live = await journals.openLatest();
        assert.equal(await live?.saved(), undefined);
        await live?.close();
      }
      await writeFile(journal, damaged);
      await assert.rejects(linesOf(await journals.readLatest()), { reason: 'journal-broken' });
    });

    it('leaves none behind when the next journal is begun', async () => {
      await using folder = await temporaryFolder();
      await digested(folder.path);
      const next = await new NodeJournalFolder(folder.path).create([event(1)]);
      assert.equal(await next.saved(), undefined);
      await next.close();
      const names = await readdir(join(folder.path, 'journal'));
      assert.deepEqual(names.sort(), ['000001.ndjson', '000002.ndjson']);
    });
  });

  it('makes a journal as a whole, or not at all', async () => {
    await using folder = await temporaryFolder();
    const broken = function* (): Generator<string> {
      yield event(1);
      throw new Error('no more');
    };
    const journals = new NodeJournalFolder(folder.path);
    await assert.rejects(journals.create(broken()), { message: 'no more' });
    assert.deepEqual(await readdir(join(folder.path, 'journal')), []);
  });

  it('says in a sentence that it can not be read', async () => {
    await using folder = await temporaryFolder();
    await mkdir(join(folder.path, 'journal', '000001.ndjson'), { recursive: true });
    const journal = await new NodeJournalFolder(folder.path).readLatest();
    assert.ok(journal);
    await assert.rejects(collect(journal.lines()), { name: 'FatalError', message: /000001\.ndjson can't be used/ });
  });

  it('is read by others while it is written, without what is not whole yet', async () => {
    await using folder = await temporaryFolder();
    const journals = new NodeJournalFolder(folder.path);
    const journal = await journals.create([event(1)]);
    const reader = await journals.readLatest();
    await journal.append(event(2), false);
    await appendFile(journal.path, '{"kind":"half a li');
    assert.deepEqual(await linesOf(reader), [event(1), event(2)]);
    await journal.close();
  });
});

describe('a journal', () => {
  it('gives back what was appended, in the order of the calls, durable or not', async () => {
    await using folder = await temporaryFolder();
    const journal = await new NodeJournalFolder(folder.path).create([event(0)]);
    const resolved: number[] = [];
    await Promise.all(
      Array.from({ length: 500 }, async (_, i) => {
        await journal.append(event(i + 1), i % 3 === 0);
        if (i % 3 === 0) resolved.push(i + 1);
      }),
    );
    assert.deepEqual(
      await linesOf(journal),
      Array.from({ length: 501 }, (_, i) => event(i)),
    );
    assert.deepEqual(
      resolved,
      [...resolved].sort((a, b) => a - b),
    );
    assert.equal(journal.offset, (await stat(journal.path)).size);
    await journal.close();
  });

  it('is on the disk with all that was appended before, when that is waited for', async () => {
    await using folder = await temporaryFolder();
    const journal = await new NodeJournalFolder(folder.path).create([event(1)]);
    const handle = await open(journal.path);
    const handles = Object.getPrototypeOf(handle) as FileHandle;
    await handle.close();
    const synced: number[] = [];
    // eslint-disable-next-line @typescript-eslint/unbound-method -- each call is given its handle
    const { datasync } = handles;
    handles.datasync = async function (this: FileHandle) {
      const { size } = await this.stat();
      await datasync.call(this);
      synced.push(size);
    };
    try {
      const appended = [journal.append(event(2), false), journal.append(event(3), false)];
      await journal.synced();
      await Promise.all(appended);
      assert.deepEqual(synced, [journal.offset]);
      await journal.synced();
      assert.equal(synced.length, 2, 'also where somebody else has appended it');
    } finally {
      handles.datasync = datasync;
    }
    assert.deepEqual(await linesOf(journal), [event(1), event(2), event(3)]);
    await journal.close();
  });

  it('says where each line ends, and reads on from there', async () => {
    await using folder = await temporaryFolder();
    await journalOf(folder.path, 1, 2, 3);
    const reader = await new NodeJournalFolder(folder.path).readLatest();
    assert.ok(reader);
    const lines = await collect(reader.lines());
    for (const [i, { end }] of lines.entries()) {
      assert.deepEqual(await linesOf(reader, end), lines.slice(i + 1).map((l) => l.text)); // prettier-ignore
    }
    assert.equal(lines.at(-1)?.end, (await stat(reader.path)).size);
  });

  it('reads lines that are longer than any piece in which a file is read, and split within a character', async () => {
    await using folder = await temporaryFolder();
    const long = Array.from({ length: 4 }, (_, i) =>
      JSON.stringify({ n: i, text: `${'x'.repeat(i)}🌄`.repeat(70_000) }),
    );
    const journal = await new NodeJournalFolder(folder.path).create(long);
    assert.deepEqual(await linesOf(journal), long);
    await journal.close();
  });

  it('is a text of JSON objects that end in the CRC of what is before it', async () => {
    await using folder = await temporaryFolder();
    const { path } = await journalOf(folder.path, 1);
    const text = await readFile(path, 'utf8');
    const { crc, ...rest } = JSON.parse(text) as { readonly crc: string };
    assert.equal(JSON.stringify(rest), event(1));
    assert.equal(Number.parseInt(crc, 16), crc32(event(1)));
  });

  it('goes on after a last line that a crash tore, as if that had never been', async () => {
    await using folder = await temporaryFolder();
    const journals = new NodeJournalFolder(folder.path);
    const { path } = await journalOf(folder.path, 1, 2, 3);
    const whole = (await collect((await journals.readLatest())!.lines())).map((l) => l.end);
    for (let size = whole[2]! - 1; size > whole[1]!; size--) {
      await truncate(path, size);
      const journal = await journals.openLatest();
      assert.ok(journal);
      assert.equal(journal.offset, whole[1]);
      await journal.append(event(3), true);
      await journal.close();
      assert.deepEqual(await linesOf(await journals.readLatest()), [event(1), event(2), event(3)]);
    }
  });

  it('drops a torn line that is longer than any piece in which a file is read', async () => {
    await using folder = await temporaryFolder();
    const { path } = await journalOf(folder.path, 1);
    await appendFile(path, `{"text":"${'x'.repeat(300_000)}`);
    const journal = await new NodeJournalFolder(folder.path).openLatest();
    assert.deepEqual(await linesOf(journal), [event(1)]);
    assert.equal(journal?.offset, (await stat(path)).size);
    await journal.close();
  });

  it('stops at any flipped byte, and says where it is', async () => {
    await using folder = await temporaryFolder();
    const { path } = await journalOf(folder.path, 1, 2, 3);
    const good = await readFile(path);
    const second = good.indexOf('\n') + 1;
    const reader = await new NodeJournalFolder(folder.path).readLatest();
    for (let at = second; at < good.indexOf('\n', second); at++) {
      const bad = Buffer.from(good);
      bad[at] = bad[at]! ^ 0x01;
      await writeFile(path, bad);
      await assert.rejects(linesOf(reader, at % 2 === 0 ? 0 : second), (error) => {
        assert.ok(error instanceof FatalError);
        assert.equal(error.reason, 'journal-broken');
        for (const said of [path, 'line 2 ', `byte ${second}`]) assert.ok(error.message.includes(said), error.message);
        return true;
      });
    }
  });

  it('stops the run when the disk is full, for all that were waiting', async () => {
    await using folder = await temporaryFolder();
    await mkdir(join(folder.path, 'journal'));
    await symlink('/dev/full', join(folder.path, 'journal', '000001.ndjson'));
    const journal = await new NodeJournalFolder(folder.path).openLatest();
    assert.ok(journal);
    const outcomes = await Promise.allSettled([1, 2, 3].map((n) => journal.append(event(n), n === 2)));
    for (const outcome of outcomes) {
      assert.ok(outcome.status === 'rejected' && outcome.reason instanceof FatalError);
      assert.equal(outcome.reason.reason, 'no-space');
    }
    await assert.rejects(journal.append(event(4), false), { reason: 'no-space' });
    await assert.rejects(journal.synced(), { reason: 'no-space' });
    assert.equal(journal.offset, 0);
    await journal.close();
  });

  it('keeps whole lines only when the disk is full in the middle of one', async () => {
    await using folder = await temporaryFolder();
    const { path } = await journalOf(folder.path, 1, 2);
    const { stdout } = await promisify(execFile)('sh', [
      '-c',
      // a limit of file size stands in for a disk with room for half a line; in blocks of 512 bytes
      'ulimit -f 1 && exec "$@"', 'sh', process.execPath, join(import.meta.dirname, '../support/fillJournal.ts'), folder.path,
    ]); // prettier-ignore
    const appended = Number(stdout);
    assert.ok(appended > 0);
    const lines = await linesOf(await new NodeJournalFolder(folder.path).readLatest());
    assert.deepEqual(lines, [event(1), event(2), ...Array.from({ length: appended }, (_, i) => event(i + 3))]);
    assert.ok((await readFile(path, 'utf8')).endsWith('}\n'));
  });

  it('takes nothing more when it is closed', async () => {
    await using folder = await temporaryFolder();
    const journal = await new NodeJournalFolder(folder.path).create([event(1)]);
    const last = journal.append(event(2), true);
    await journal.close();
    await last;
    await assert.rejects(journal.append(event(3), false), /is closed/);
    assert.deepEqual(await linesOf(journal), [event(1), event(2)]);
  });
});
