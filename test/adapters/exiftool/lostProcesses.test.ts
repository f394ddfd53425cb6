import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExiftoolHung } from '../../../src/adapters/exiftool/exiftoolHung.ts';
import { ExiftoolMetadataWriter } from '../../../src/adapters/exiftool/exiftoolMetadataWriter.ts';
import { ImageError } from '../../../src/core/model/failure.ts';
import { childProcesses } from './childProcesses.ts';
import { contentOf } from './contentOf.ts';
import { exiftoolList } from './readers.ts';
import { SHIPPED_CONFIG } from './shippedConfig.ts';
import { silentLog } from './silentLog.ts';
import { standIn } from './standIn.ts';

describe('the sidecar writer whose ExifTool is lost', () => {
  const { signal } = new AbortController();
  let folder = '';
  let writer: ExiftoolMetadataWriter;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), `lost "日本" 😀 `));
  });
  afterEach(async () => {
    await writer.close();
    assert.deepEqual(childProcesses(), []);
    await rm(folder, { recursive: true });
  });
  const open = (options: { readonly hungAfter?: number; readonly exiftoolPath?: string } = {}): void => {
    writer = new ExiftoolMetadataWriter({ maxProcs: 2, log: silentLog, config: SHIPPED_CONFIG, ...options });
  };
  const nameOf = (n: number): string => `${n}.jpg.xmp`;
  /** As the runner does it: again where the error says that it helps. */
  const write = async (n: number, attempts = 1): Promise<void> => {
    try {
      await writer.write(join(folder, nameOf(n)), contentOf([`tag ${n}`]), signal);
    } catch (error) {
      if (!(error instanceof ImageError && error.transient && attempts < 3)) throw error;
      await write(n, attempts + 1);
    }
  };

  it('has all 200 sidecars right when a process is killed among them, and leaves nothing behind', async () => {
    open();
    let done = 0;
    const queue = Array.from({ length: 200 }, (_, n) => n).values();
    const work = async (): Promise<void> => {
      for (const n of queue) {
        await write(n);
        if (++done === 60) process.kill(childProcesses()[0] ?? 0, 'SIGKILL');
      }
    };
    await Promise.all([work(), work(), work(), work()]);
    const names = Array.from({ length: 200 }, (_, n) => nameOf(n));
    assert.deepEqual((await readdir(folder)).toSorted(), names.toSorted());
    for (const [n, name] of names.entries()) {
      const words = (await readFile(join(folder, name), 'utf8')).match(
        /(?<=<dc:subject>\s*<rdf:Bag>\s*<rdf:li>)[^<]*/g,
      );
      assert.deepEqual(words, [`tag ${n}`]);
    }
  });

  it('tries an image once more when a process hangs, while the others go on', async () => {
    open({ hungAfter: 10_000 });
    await Promise.all([write(0), write(1), write(2)]);
    process.kill(childProcesses()[0] ?? 0, 'SIGSTOP');
    const numbers = Array.from({ length: 40 }, (_, n) => n + 3);
    await Promise.all(numbers.map((n) => write(n)));
    assert.equal((await readdir(folder)).length, 43);
    for (const n of [3, 4, 42]) {
      assert.deepEqual(await exiftoolList(join(folder, nameOf(n)), 'XMP-dc:Subject'), [`tag ${n}`]);
    }
  });

  it('gives an image up when it hangs a second time, and leaves nothing behind', async () => {
    open({
      hungAfter: 2000,
      exiftoolPath: await standIn(
        folder,
        `open(F, '>>', q{${join(folder, 'tries')}}); print F 'x'; close F; sleep 1 while 1`,
      ),
    });
    await assert.rejects(write(0), ExiftoolHung);
    assert.deepEqual(await readdir(folder), ['stand-in.pl', 'tries']);
    assert.equal(await readFile(join(folder, 'tries'), 'utf8'), 'xx');
  });
});
