import type { SqlValue } from 'sql.js';
import type { ContentHash } from '../../core/model/ids.ts';

const SHA256 = /^[0-9a-f]{64}$/;

/** The SHA-256 of an image for a column: as its 32 bytes, which is half of what its digits take, in every row and index. */
export const storedHash = (sha256: ContentHash): SqlValue =>
  SHA256.test(sha256) ? Buffer.from(sha256, 'hex') : sha256;

export const readHash = (stored: SqlValue | undefined): ContentHash =>
  (stored instanceof Uint8Array
    ? Buffer.from(stored.buffer, stored.byteOffset, stored.byteLength).toString('hex')
    : String(stored)) as ContentHash;
