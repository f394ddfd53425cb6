/**
 * Makes the photographs among the samples from those that scikit-image ships:
 * `node scripts/samples/photos.ts FOLDER`, where FOLDER is skimage/data of the Debian package python3-skimage 0.19.3.
 * test/samples/README.md names their authors and licences.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { sampleInbox as inbox } from '../../test/services/samplePosts.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error('usage: node scripts/samples/photos.ts FOLDER');
  process.exit(2);
}

await mkdir(join(inbox, 'camera'), { recursive: true });

// What a camera leaves in a file: the tests look whether it survives the pipeline.
const camera = { IFD0: { Make: 'Sample', Model: 'Pocket 1', DateTime: '2024:05:18 09:41:00' } };

const photos = {
  'IMG_2041.jpg': sharp(join(folder, 'chelsea.png')).jpeg({ quality: 88 }).withExif(camera),
  'coffee break.jpeg': sharp(join(folder, 'coffee.png')).jpeg({ quality: 84 }).withExif(camera),
  'astronaut.jpg': sharp(join(folder, 'astronaut.png')).jpeg({ quality: 86 }),
  'rocket at dawn.webp': sharp(join(folder, 'rocket.jpg')).webp({ quality: 80 }),
} as const;

for (const [name, picture] of Object.entries(photos)) {
  await writeFile(join(inbox, 'camera', name), await picture.toBuffer());
}
