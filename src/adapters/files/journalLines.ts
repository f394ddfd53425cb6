import { createReadStream } from 'node:fs';
import { crc32 } from 'node:zlib';
import { FatalError } from '../../core/model/failure.ts';
import { asWorkingFolderError } from './fileErrors.ts';

/** A line that is longer is none of ours: without a bound, a file without line ends would be read into memory whole. */
const MAX_LINE_BYTES = 64 * 1024 * 1024;
const READ_BYTES = 256 * 1024;
const NEWLINE = 0x0a;
const CRC_BYTES = ',"crc":"01234567"}'.length;

/**
 * A journal line: the object's JSON with a last member `crc`, the CRC-32 of the JSON without it, 8 hex digits.
 * @param text an object with at least one member, as JSON.stringify writes it without indentation
 */
export function encodeLine(text: string): Buffer {
  if (!/^\{".*\}$/s.test(text)) throw new Error(`not a journal line: ${text.slice(0, 80)}`);
  return Buffer.from(`${text.slice(0, -1)},"crc":"${crc32(text).toString(16).padStart(8, '0')}"}\n`);
}

/** The text that went in, undefined when the line is damaged. */
export function decodeLine(line: Buffer): string | undefined {
  const body = line.subarray(0, -CRC_BYTES);
  const seal = /^,"crc":"([0-9a-f]{8})"\}$/.exec(line.toString('latin1', body.length));
  if (!seal?.[1] || crc32('}', crc32(body)) !== Number.parseInt(seal[1], 16)) return undefined;
  return `${body.toString()}}`;
}

/**
 * The whole lines of a journal from byte `from` on, each with the offset behind it. What follows the last line end is a line
 * that is being written, or was torn, and is not read.
 * @throws FatalError `journal-broken`, `not-writable` when it can't be read
 */
export async function* readLines(
  path: string,
  from: number,
): AsyncGenerator<{ readonly text: string; readonly end: number }> {
  let rest: Buffer[] = [];
  let restBytes = 0;
  let start = from;
  for await (const chunk of chunksOf(path, from)) {
    let at = 0;
    for (let stop = chunk.indexOf(NEWLINE); stop >= 0; stop = chunk.indexOf(NEWLINE, at)) {
      const tail = chunk.subarray(at, stop);
      const line = restBytes > 0 ? Buffer.concat([...rest, tail]) : tail;
      rest = [];
      restBytes = 0;
      at = stop + 1;
      const text = decodeLine(line);
      if (text === undefined) throw await broken(path, start);
      start += line.length + 1;
      yield { text, end: start };
    }
    if (at < chunk.length) rest.push(chunk.subarray(at));
    restBytes += chunk.length - at;
    if (restBytes > MAX_LINE_BYTES) throw await broken(path, start);
  }
}

async function* chunksOf(path: string, start: number): AsyncGenerator<Buffer> {
  try {
    yield* createReadStream(path, { start, highWaterMark: READ_BYTES }) as AsyncIterable<Buffer>;
  } catch (error) {
    throw asWorkingFolderError(error, path);
  }
}

async function broken(path: string, offset: number): Promise<FatalError> {
  const number = await lineNumber(path, offset);
  return new FatalError(
    'journal-broken',
    `The journal ${path} is damaged at line ${number} (byte ${offset}): its checksum does not fit. Nothing was changed. ` +
      'Your images are not affected. To go on, put it right: image-inbox doctor --repair, or “Image Inbox: Repair Journal and ' +
      'Database” in VS Code. The damaged file is kept.',
  );
}

async function lineNumber(path: string, offset: number): Promise<number> {
  let number = 1;
  if (offset === 0) return number;
  for await (const chunk of createReadStream(path, { end: offset - 1 }) as AsyncIterable<Buffer>) {
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) number++;
  }
  return number;
}
