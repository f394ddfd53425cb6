import { createHash } from 'node:crypto';
import type { ContentHash } from '../../../src/core/model/ids.ts';

export const sha256Of = (content: string | Uint8Array): ContentHash =>
  createHash('sha256').update(content).digest('hex') as ContentHash;
