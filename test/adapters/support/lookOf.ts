import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sharp } from 'sharp';
import { SharpLookMaker } from '../../../src/adapters/image/sharpLookMaker.ts';
import type { Look } from '../../../src/core/model/look.ts';
import { temporaryFolder } from './temporaryFolder.ts';

/** How a picture looks whose file has a difficult name. */
export async function lookOf(picture: Sharp | Uint8Array): Promise<Look> {
  await using folder = await temporaryFolder();
  const path = join(folder.path, `it's "one" 絵 🌄 [1]`);
  await writeFile(path, picture instanceof Uint8Array ? picture : await picture.toBuffer());
  return await new SharpLookMaker().look(path);
}
