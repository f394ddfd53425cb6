import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { sampleInbox } from './samplePosts.ts';

/** A multipart form with one file and any text fields. */
export function form(
  field: string,
  picture: Buffer,
  filename: string,
  fields: readonly (readonly [string, string])[] = [],
): FormData {
  const body = new FormData();
  for (const [name, value] of fields) body.append(name, value);
  body.append(field, new Blob([new Uint8Array(picture)]), filename);
  return body;
}

/** A sample picture as a client uploads it: at most 1000 pixels a side, JPEG. */
export function reduced(picture: string): Promise<Buffer> {
  return sharp(join(sampleInbox, picture))
    .flatten({ background: '#fff' })
    .resize(1000, 1000, { fit: 'inside' })
    .jpeg({ quality: 85 })
    .toBuffer();
}

export function sampleBytes(picture: string): Promise<Buffer> {
  return readFile(join(sampleInbox, picture));
}
