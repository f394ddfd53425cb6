import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import type { ContentHash } from '../../../src/core/model/ids.ts';
import type { ImageQuery } from '../../../src/core/ports/reverseImageSearch.ts';
import { sampleInbox } from '../../services/samplePosts.ts';

/** A search for a sample picture, as the search stage would make it. */
export async function queryFor(sample: string): Promise<ImageQuery> {
  const path = join(sampleInbox, sample);
  const bytes = await readFile(path);
  return {
    path,
    sha256: createHash('sha256').update(bytes).digest('hex') as ContentHash,
    md5: createHash('md5').update(bytes).digest('hex'),
    upload: async () =>
      await sharp(bytes)
        .flatten({ background: 'white' })
        .resize({ width: 1000, height: 1000, fit: 'inside', withoutEnlargement: true })
        .jpeg()
        .toBuffer(),
  };
}

/** A search for a picture that no post shows. */
export function strangerQuery(): ImageQuery {
  return {
    path: '/nowhere/stranger.png',
    sha256: 'f'.repeat(64) as ContentHash,
    md5: '0123456789abcdef0123456789abcdef',
    upload: async () =>
      await sharp({
        create: {
          width: 64,
          height: 64,
          channels: 3,
          background: '#777',
          noise: { type: 'gaussian', mean: 128, sigma: 80 },
        },
      })
        .jpeg()
        .toBuffer(),
  };
}
