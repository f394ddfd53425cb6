import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sources from './pictures.json' with { type: 'json' };

/**
 * What a picture is, by eye: `people` are photographs with people, `photo` those without; `character` is drawn or painted
 * character art; `scenery` is painted, `graphic` is flat or abstract.
 */
export const KINDS = ['photo', 'people', 'character', 'scenery', 'graphic'] as const;
export type Kind = (typeof KINDS)[number];

export interface LabelledPicture {
  /** package and path in it: for people, and for dividing the pictures always in the same way */
  readonly name: string;
  /** absolute */
  readonly path: string;
  readonly kind: Kind;
}

interface Source extends Readonly<Partial<Record<Kind, readonly string[]>>> {
  readonly package: string;
  readonly from: string;
  /** in the package; the pictures' paths are below it */
  readonly folder: string;
}

const run = promisify(execFile);

/**
 * The pictures of pictures.json, from the packages of Debian 12 and npm that hold them; none of them is in this repository.
 * What is missing is fetched: 0.6 GB, with apt-get, dpkg-deb, npm and tar.
 * @param folder where they are kept for the next time
 */
export async function labelledPictures(folder: string): Promise<readonly LabelledPicture[]> {
  await mkdir(folder, { recursive: true });
  const pictures: LabelledPicture[] = [];
  for (const source of sources as readonly Source[]) {
    const root = join(folder, source.package.replace('/', '+'));
    await access(root).catch(() => fetchPackage(source, folder, root));
    for (const kind of KINDS) {
      for (const path of source[kind] ?? []) {
        const inside = join(source.folder, path);
        pictures.push({ name: `${source.package}/${path}`, path: join(root, inside), kind });
      }
    }
  }
  return pictures;
}

async function fetchPackage(source: Source, folder: string, root: string): Promise<void> {
  const aside = await mkdtemp(join(folder, 'fetch-'));
  try {
    console.error(`fetching ${source.package}`);
    const isDebian = source.from === 'debian';
    if (isDebian) await run('apt-get', ['download', source.package], { cwd: aside });
    else await run('npm', ['pack', source.package], { cwd: aside });
    const [file = ''] = await readdir(aside);
    const unpacked = join(aside, 'unpacked');
    await mkdir(unpacked);
    if (isDebian) await run('dpkg-deb', ['-x', file, unpacked], { cwd: aside });
    else await run('tar', ['-xzf', file, '-C', unpacked, '--strip-components=1'], { cwd: aside });
    await rename(unpacked, root);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}
