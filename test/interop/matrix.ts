import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { ExiftoolMetadataWriter } from '../../src/adapters/exiftool/exiftoolMetadataWriter.ts';
import { ImageError } from '../../src/core/model/failure.ts';
import { SHIPPED_CONFIG } from '../adapters/exiftool/shippedConfig.ts';
import { silentLog } from '../adapters/exiftool/silentLog.ts';
import { DarktableReader } from './darktableReader.ts';
import { Exiv2Reader } from './exiv2Reader.ts';
import { ExiftoolReader } from './exiftoolReader.ts';
import { ImmichReader } from './immichReader.ts';
import { OwnReader } from './ownReader.ts';
import type { Reader, Seen } from './reader.ts';
import { SHAPES, type Shape, type Tools } from './shapes.ts';

/** What became of one shape. */
export interface Row {
  readonly shape: Shape;
  /** absolute; the sidecar is `<image>.xmp` */
  readonly image: string;
  /** `written`, or why it was refused */
  readonly outcome: string;
  /** what the same write did once more: `unchanged`, or why it was refused */
  readonly secondOutcome: string;
  readonly before: Files;
  readonly after: Files;
  readonly afterSecond: Files;
  /** by the name of the reader */
  readonly seen: ReadonlyMap<string, Seen>;
}

/** The bytes of an image and its sidecar. */
interface Files {
  readonly image: Buffer;
  readonly sidecar: Buffer | undefined;
}

/** Every shape of sidecar, made with our writer, and read by every reader that is installed here. */
export class Matrix {
  /** those that are installed, with their versions */
  readonly readers: ReadonlyMap<Reader, string>;
  readonly missing: readonly string[];
  /** those that can be made here */
  readonly shapes: readonly Shape[];
  private readonly tools: Tools;
  private folder = '';

  constructor() {
    const writer = new ExiftoolMetadataWriter({ maxProcs: 2, log: silentLog, config: SHIPPED_CONFIG });
    this.tools = { writer, immich: new ImmichReader(), darktable: new DarktableReader() };
    const { immich, darktable } = this.tools;
    const all: readonly Reader[] = [immich, new ExiftoolReader(), new Exiv2Reader(), darktable, new OwnReader(writer)];
    const versions = all.map((reader) => ({ reader, version: reader.version() }));
    this.readers = new Map(
      versions.flatMap(({ reader, version }) => (version === undefined ? [] : [[reader, version]])),
    );
    this.missing = versions.filter(({ version }) => version === undefined).map(({ reader }) => reader.name);
    this.shapes = SHAPES.filter(({ needs }) => needs === undefined || !this.missing.includes(needs));
  }

  /** Takes half a minute. @returns a row a shape, by name, and the names of all files that there are in the end */
  async run(): Promise<{ readonly rows: ReadonlyMap<string, Row>; readonly names: readonly string[] }> {
    this.folder = await mkdtemp(join(tmpdir(), `every reader's "日本" 😀 `));
    await chmod(this.folder, 0o777); // for the user who may not write
    const picture = await sharp({ create: { width: 64, height: 48, channels: 3, background: '#a53' } })
      .jpeg()
      .toBuffer();
    const made: Omit<Row, 'seen'>[] = [];
    for (const shape of this.shapes) {
      const image = join(this.folder, `${shape.name} 'x' "日本" 😀.jpg`);
      await writeFile(image, picture);
      made.push(await make(shape, image, this.tools));
    }
    const images = made.filter(({ shape }) => shape.says).map(({ image }) => image);
    const read = new Map<string, ReadonlyMap<string, Seen>>();
    for (const reader of this.readers.keys()) read.set(reader.name, await reader.read(images));
    const rows = made.map((row) => {
      const seen = new Map([...read].map(([name, answers]) => [name, answers.get(row.image) ?? {}]));
      return [row.shape.name, { ...row, seen }] as const;
    });
    return { rows: new Map(rows), names: await readdir(this.folder) };
  }

  async close(): Promise<void> {
    await Promise.all([this.tools.immich.close(), this.tools.writer.close()]);
    if (this.folder) await rm(this.folder, { recursive: true });
  }
}

async function make(shape: Shape, image: string, tools: Tools): Promise<Omit<Row, 'seen'>> {
  await shape.prepare?.(image, tools);
  const before = await filesOf(image);
  const outcome = await write(shape, image, tools);
  const after = await filesOf(image);
  const secondOutcome = await write(shape, image, tools);
  return { shape, image, outcome, secondOutcome, before, after, afterSecond: await filesOf(image) };
}

async function write({ content, withoutRights = false }: Shape, image: string, { writer }: Tools): Promise<string> {
  const sidecar = `${image}.xmp`;
  if (withoutRights) {
    const script = join(import.meta.dirname, 'writeWithoutRights.ts');
    const args = [script, sidecar, JSON.stringify(content)];
    // root may write everything, unless it has no rights but those of the files' owner
    const [program = '', ...before] =
      process.getuid?.() === 0 ? ['setpriv', '--bounding-set', '-all', process.execPath] : [process.execPath];
    const { stdout } = await promisify(execFile)(program, [...before, ...args]);
    return stdout.trim();
  }
  try {
    const { written } = await writer.write(sidecar, content, new AbortController().signal);
    return written ? 'written' : 'unchanged';
  } catch (error) {
    if (error instanceof ImageError) return error.reason;
    throw error;
  }
}

async function filesOf(image: string): Promise<Files> {
  return { image: await readFile(image), sidecar: await readFile(`${image}.xmp`).catch(() => undefined) };
}
