import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { SqlValue } from 'sql.js';

/**
 * A value as JSON, deflated. The tables of answers and posts are trees of whole rows, and each row above 1,000 bytes takes a
 * page of 4,096 of its own: with its 35 tags written out, an answer would take 4.3 KB of a database that is written as a whole,
 * and deflated it takes 1.
 */
export const pack = (value: unknown): Uint8Array => deflateRawSync(JSON.stringify(value), SMALL);

/** The values are of a few KB: zlib's own choice, which is for much more, takes 256 KB of memory each time to say them no shorter. */
const SMALL = { windowBits: 12, memLevel: 5, chunkSize: 4096 };

/** Far above any answer; what is longer is damage, or somebody's trap. */
const LONGEST = 16 * 1024 * 1024;

/** The JSON; text is what versions before wrote. `''` for what is damaged, which is no JSON. */
export function unpack(stored: SqlValue | undefined): string {
  if (!(stored instanceof Uint8Array)) return String(stored);
  try {
    return inflateRawSync(stored, { maxOutputLength: LONGEST }).toString();
  } catch {
    return '';
  }
}
