/**
 * node bench/sidecars.ts [COUNT]: COUNT (1,000) new sidecars with 25 tags and all other fields, by our writer, by a bare loop over
 * exiftool-vendored, and by one ExifTool with one long argument file: the same fields on the same machine, in turns.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DefaultExiftoolArgs, ExifTool, exiftoolPath } from 'exiftool-vendored';
import { ExiftoolMetadataWriter } from '../src/adapters/exiftool/exiftoolMetadataWriter.ts';
import { FIELD_TABLE } from '../src/adapters/exiftool/fieldTable.ts';
import { writeArguments } from '../src/adapters/exiftool/writeArguments.ts';
import type { SidecarContent } from '../src/core/sidecar/content.ts';
import { mergeFields } from '../src/core/sidecar/mergeFields.ts';
import { contentWithTags } from './sidecarContents.ts';

const count = Number(process.argv[2] ?? 1000);
const ROUNDS = 3;
const config = join(resolve(import.meta.dirname, '..'), 'media/exiftool/image-inbox.config');
const cores = availableParallelism();
const nothing = (): void => undefined;
const log = { debug: nothing, info: nothing, warn: nothing, error: nothing };

type Contents = readonly SidecarContent[];

/** As the stage does it: a process a core, twice as many images under way. */
async function ours(folder: string, contents: Contents): Promise<void> {
  const writer = new ExiftoolMetadataWriter({ maxProcs: cores, log, config });
  const { signal } = new AbortController();
  const queue = contents.entries();
  const work = async (): Promise<void> => {
    for (const [n, content] of queue) await writer.write(join(folder, `${n}.jpg.xmp`), content, signal);
  };
  await Promise.all(Array.from({ length: 2 * cores }, work));
  await writer.close();
}

/** What a program with exiftool-vendored would do that asks for no more than the fields. */
async function bareLoop(folder: string, contents: Contents, maxProcs: number): Promise<void> {
  const exiftool = new ExifTool({ maxProcs, exiftoolArgs: ['-config', config, ...DefaultExiftoolArgs] });
  await Promise.all(
    contents.map((content, n) => {
      const fields = Object.entries(mergeFields({}, content).fields);
      const tags = fields.map(([field, value]): [string, unknown] => [
        FIELD_TABLE[field as keyof typeof FIELD_TABLE].tag,
        value,
      ]);
      return exiftool.write(join(folder, `${n}.jpg.xmp`), Object.fromEntries(tags));
    }),
  );
  await exiftool.end();
}

/** ExifTool alone: all commands in one file, a value an argument as its documentation has it, one process. */
async function batch(folder: string, contents: Contents): Promise<void> {
  const commands = contents.map((content, n) =>
    [...writeArguments({}, mergeFields({}, content).fields), join(folder, `${n}.jpg.xmp`), '-execute\n'].join('\n'),
  );
  const argumentFile = `${folder}.args`;
  writeFileSync(argumentFile, `${commands.join('')}-stay_open\nFalse\n`);
  const args = [await exiftoolPath(), '-config', config, '-stay_open', 'True', '-@', argumentFile];
  await once(spawn('perl', args, { stdio: 'ignore' }), 'exit');
}

const dir = mkdtempSync(join(tmpdir(), 'image-inbox-bench-'));
let runs = 0;
async function seconds(
  work: (folder: string, contents: Contents) => Promise<void>,
  contents: Contents,
): Promise<number> {
  const folder = join(dir, String(++runs));
  mkdirSync(folder);
  const began = performance.now();
  await work(folder, contents);
  const taken = (performance.now() - began) / 1000;
  const written = readdirSync(folder).length;
  if (written !== contents.length) throw new Error(`${written} sidecars of ${contents.length}`);
  rmSync(folder, { recursive: true });
  return taken;
}

try {
  console.log(`${cores} cores of ${cpus()[0]?.model ?? '?'}, Node ${process.version}`);
  const contents = Array.from({ length: count }, (_, n) => contentWithTags(n));
  const some = contents.slice(0, Math.ceil(count / 4));
  const sizes = Array.from({ length: 2 * cores }, (_, index) => index + 1);
  const tried: (readonly [size: number, perSecond: number])[] = [];
  for (const size of sizes) {
    const run = () => seconds((folder, each) => bareLoop(folder, each, size), some);
    tried.push([size, some.length / Math.min(await run(), await run())]);
  }
  const [best] = tried.reduce((a, b) => (b[1] > a[1] ? b : a));
  console.log(`bare loop by processes: ${tried.map(([size, rate]) => `${size}: ${rate.toFixed(0)}/s`).join(', ')}`);

  const total = { ours: 0, bare: 0, batch: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    total.ours += await seconds(ours, contents);
    total.bare += await seconds((folder, each) => bareLoop(folder, each, best), contents);
    total.batch += await seconds(batch, contents);
  }
  const perSecond = (taken: number): number => (ROUNDS * count) / taken;
  const row = (name: string, value: string): void => console.log(`  ${name.padEnd(52)}${value.padStart(12)}`);
  row(`${count} sidecars with 25 tags, mean of ${ROUNDS} rounds`, `${(total.ours / ROUNDS).toFixed(1)} s`);
  row('Image Inbox, checked and synced to the disk', `${perSecond(total.ours).toFixed(0)}/s`);
  row(`exiftool-vendored alone, ${best} processes`, `${perSecond(total.bare).toFixed(0)}/s`);
  row('one ExifTool, one argument file', `${perSecond(total.batch).toFixed(0)}/s`);
  row('ratio to exiftool-vendored alone (more is faster)', (total.bare / total.ours).toFixed(2));
  row('ratio to one ExifTool', (total.batch / total.ours).toFixed(2));
} finally {
  rmSync(dir, { recursive: true, force: true });
}
