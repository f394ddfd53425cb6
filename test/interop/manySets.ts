/** node test/interop/manySets.ts [COUNT [SEED]]: writes that many random tag sets (10,000), and reads them with other programs. */
import assert from 'node:assert/strict';
import { watch } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ExiftoolMetadataWriter } from '../../src/adapters/exiftool/exiftoolMetadataWriter.ts';
import { TAG_CATEGORIES, type TagSet } from '../../src/core/model/tag.ts';
import { SHIPPED_CONFIG } from '../adapters/exiftool/shippedConfig.ts';
import { silentLog } from '../adapters/exiftool/silentLog.ts';
import { contentFor } from './contents.ts';
import { Exiv2Reader } from './exiv2Reader.ts';
import { ExiftoolReader } from './exiftoolReader.ts';
import { randomTags } from './randomTags.ts';
import { present, type Reader } from './reader.ts';
import type { Says } from './says.ts';

/** Sets that are read at once; ExifTool and Exiv2 are started for each batch. */
const BATCH = 250;

/**
 * Each set goes the way of a booru's tags (buildContent, the writer) into a sidecar of its own, in a folder that is the
 * working folder of ExifTool and is watched. ExifTool and Exiv2 have to read the set that was meant, and nothing but sidecars
 * may ever be made there.
 * @throws AssertionError
 */
export async function manySets(count: number, seed: number, onProgress: (done: number) => void): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'many sets '));
  const home = process.cwd();
  const processes = availableParallelism();
  const writer = new ExiftoolMetadataWriter({ maxProcs: processes, log: silentLog, config: SHIPPED_CONFIG });
  const touched = new Set<string>();
  const watcher = watch(folder, (_, name) => touched.add(String(name)));
  try {
    process.chdir(folder); // where `-o other.txt` would write
    await writeFile('other.txt', 'as it was');
    const before = await stat('other.txt');
    touched.clear();
    for (let first = 0; first < count; first += BATCH) {
      const sets = Array.from({ length: Math.min(BATCH, count - first) }, (_, index) => ({
        tags: randomTags(seed + first + index),
        image: join(folder, `${first + index}.jpg`),
      }));
      const queue = sets.values();
      const write = async (): Promise<void> => {
        for (const { tags, image } of queue) {
          await writer.write(`${image}.xmp`, contentFor({ tags }), new AbortController().signal);
        }
      };
      await Promise.all(Array.from({ length: 2 * processes }, write));
      for (const reader of [new ExiftoolReader(), new Exiv2Reader()]) await compare(reader, sets);

      const names = sets.map(({ image }) => `${basename(image)}.xmp`);
      assert.deepEqual((await readdir(folder)).toSorted(), [...names, 'other.txt'].toSorted());
      await Promise.all(names.map((name) => rm(name)));
      onProgress(first + sets.length);
    }
    const strange = [...touched].filter(
      (name) => !/^\d+\.jpg\.xmp$|^\.image-inbox-\d+-[0-9a-f]+\.xmp(_exiftool_tmp)?$/.test(name),
    );
    assert.deepEqual(strange, []);
    assert.equal(await readFile('other.txt', 'utf8'), 'as it was');
    assert.equal((await stat('other.txt')).mtimeMs, before.mtimeMs);
  } finally {
    process.chdir(home);
    watcher.close();
    await writer.close();
    await rm(folder, { recursive: true });
  }
}

async function compare(
  reader: Reader,
  sets: readonly { readonly tags: TagSet; readonly image: string }[],
): Promise<void> {
  const seen = await reader.read(sets.map(({ image }) => image));
  for (const { tags, image } of sets) {
    const expected = reader.expected(meant(tags));
    const what = `${reader.name} read another set than was meant, number ${basename(image, '.jpg')}: ${JSON.stringify(tags)}`;
    assert.deepEqual(present({ ...seen.get(image) }), expected, what);
  }
}

/** What stands for the tags: without what XML or ExifTool's arguments can't hold, each once. */
function meant(tags: TagSet): Says {
  const paths = TAG_CATEGORIES.flatMap((category) =>
    tags[category]
      .map(writable)
      .filter(Boolean)
      .map((tag) => [category, tag.replaceAll('/', '\u2215').replaceAll('|', '\uff5c')]),
  );
  const unique = new Map(paths.map((path) => [path.join('/'), path]));
  return { tags: [...unique.values()], creators: [...new Set(tags.artist.map(writable).filter(Boolean))] };
}

/** A run of characters that can't be written becomes a space: control characters, line separators, halves of pairs. */
function writable(tag: string): string {
  const characters = Array.from(tag).map((character) => {
    const code = character.codePointAt(0) ?? 0;
    const isControl = code < 0x20 || (code >= 0x7f && code <= 0x9f) || code === 0x2028 || code === 0x2029;
    const isNone = (code >= 0xd800 && code <= 0xdfff) || code === 0xfffe || code === 0xffff;
    return isControl || isNone ? '\n' : character;
  });
  return characters.join('').replaceAll(/\n+/g, ' ').trim();
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [count = 10_000, seed = 1] = process.argv.slice(2).map(Number);
  const began = performance.now();
  await manySets(count, seed, (done) => process.stdout.write(`\r${done} of ${count}`));
  console.log(`\n${count} sets read as meant, in ${((performance.now() - began) / 1000).toFixed(0)} s`);
}
