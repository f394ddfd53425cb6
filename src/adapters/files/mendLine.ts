import { crc32 } from 'node:zlib';
import { encodeLine } from './journalLines.ts';

/** What stands behind the object's own JSON: `,"crc":"01234567"}`. */
const SEAL = /^,"crc":"([0-9a-f]{8})"\}$/;
const SEAL_BYTES = ',"crc":"01234567"}'.length;
/** A longer line holds more wrong bytes than one, or is none of ours. */
const MAX_BYTES = 1024 * 1024;

/**
 * Puts a journal line right in which a single byte is wrong. A CRC-32 tells not only that a byte is wrong, but, in a line this
 * short, also which one and what it was: of all single changes only one gives the checksum that the line states.
 * @returns the text that went in; undefined when no single byte explains the damage
 */
export function mendLine(line: Buffer): string | undefined {
  if (line.length <= SEAL_BYTES || line.length > MAX_BYTES) return undefined;
  const body = line.subarray(0, -SEAL_BYTES);
  return asWritten(body, line) ?? mendBody(body, line.toString('latin1', body.length));
}

/** The wrong byte is in the checksum itself: the body is what was written if all other bytes of the seal say so. */
function asWritten(body: Buffer, line: Buffer): string | undefined {
  const text = textOf(body);
  if (text === undefined) return undefined;
  const sealed = encodeLine(text).subarray(0, -1);
  let wrong = 0;
  for (let i = body.length; i < line.length; i++) if (line[i] !== sealed[i]) wrong++;
  return wrong === 1 ? text : undefined;
}

function mendBody(body: Buffer, seal: string): string | undefined {
  const stated = SEAL.exec(seal)?.[1];
  if (stated === undefined) return undefined;
  // what the wrong byte has done to the checksum, taken back byte by byte from the end to where it entered
  let difference = (Number.parseInt(stated, 16) ^ crc32('}', crc32(body))) >>> 0;
  const mended: string[] = [];
  for (let at = body.length - 1; at >= 0; at--) {
    difference = before(difference);
    const flip = FIRST_BYTE[difference >>> 24] ?? 0;
    if (TABLE[flip] !== difference || flip === 0) continue;
    const right = Buffer.from(body);
    right[at] = (right[at] ?? 0) ^ flip;
    const text = textOf(right);
    if (text !== undefined) mended.push(text);
  }
  return mended.length === 1 ? mended[0] : undefined;
}

/** The body as the text of an object, if it is JSON exactly as we write it. */
function textOf(body: Buffer): string | undefined {
  const text = `${body.toString()}}`;
  try {
    const same = text.startsWith('{"') && JSON.stringify(JSON.parse(text)) === text;
    // bytes that are no UTF-8 were replaced by others
    return same && Buffer.from(text).equals(Buffer.concat([body, Buffer.from('}')])) ? text : undefined;
  } catch {
    return undefined;
  }
}

/** CRC-32 as zlib, PNG and Ethernet have it: what a single byte adds to it. */
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});
/** The byte whose entry in the table has this first byte; each has another. */
const FIRST_BYTE = new Uint8Array(256);
for (const [byte, crc] of TABLE.entries()) FIRST_BYTE[crc >>> 24] = byte;

/** The difference that becomes this one by going over one more byte that is right. */
function before(difference: number): number {
  const byte = FIRST_BYTE[difference >>> 24] ?? 0;
  return (((difference ^ (TABLE[byte] ?? 0)) << 8) | byte) >>> 0;
}
