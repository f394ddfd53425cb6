import { createHash } from 'node:crypto';
import type { ContentHash } from '../../../src/core/model/ids.ts';

/** A hash for each number, spread as real ones are. */
export const hashOfNumber = (n: number): ContentHash =>
  createHash('sha256').update(String(n)).digest('hex') as ContentHash;
