import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** The ExifTool that comes with exiftool-vendored: the path that its platform package exports. */
const EXIFTOOL = createRequire(createRequire(import.meta.url).resolve('exiftool-vendored'))(
  process.platform === 'win32' ? 'exiftool-vendored.exe' : 'exiftool-vendored.pl',
) as string;

/** ExifTool prints control characters as dots, so a text that no tag holds. */
const SEPARATOR = ' =/=/= ';

/** Of the ExifTool that comes with exiftool-vendored. */
export const exiftoolVersion = (): string => spawnSync('perl', [EXIFTOOL, '-ver'], { encoding: 'utf8' }).stdout.trim();

/** Runs ExifTool by itself, as another program would. */
export async function exiftool(...args: readonly string[]): Promise<string> {
  const [program, ...first] = process.platform === 'win32' ? [EXIFTOOL] : ['perl', EXIFTOOL];
  const { stdout } = await run(program, [...first, '-config', '', ...args], { maxBuffer: 1 << 26 });
  return stdout;
}

/** The entries of a list field, as ExifTool reads them. */
export async function exiftoolList(path: string, tag: string): Promise<string[]> {
  const text = (await exiftool('-s3', '-sep', SEPARATOR, `-${tag}`, path)).replace(/\r?\n$/, '');
  return text ? text.split(SEPARATOR) : [];
}

/** All XMP properties as Exiv2 reads them, a line each: key, number of entries (or characters of a text), value. */
export async function exiv2(path: string): Promise<string> {
  const { stdout } = await run('exiv2', ['-PXkcv', path], { maxBuffer: 1 << 26 }).catch((error: unknown) => {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    assert.ok(!missing, 'exiv2 is not installed, and these tests need it: apt-get install exiv2');
    throw error;
  });
  return stdout;
}

/** A list field as Exiv2 reads it: how many entries, and their text joined with `, `. Undefined when it is not there. */
export async function exiv2Field(path: string, key: string): Promise<{ count: number; text: string } | undefined> {
  const line = (await exiv2(path)).split('\n').find((candidate) => candidate.startsWith(`${key} `));
  const [, count, text] = /^\S+\s+(\d+)\s{1,2}(.*)$/.exec(line ?? '') ?? [];
  return count === undefined ? undefined : { count: Number(count), text: text ?? '' };
}
