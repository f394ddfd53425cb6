import { readdir } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import type { BesideEvidence } from '../../core/model/evidence.ts';
import type { BesideFiles } from '../../core/ports/besideFiles.ts';
import { asFileError } from '../files/fileErrors.ts';
import { hasImageExtension } from '../files/imageExtensions.ts';
import { parseGalleryDl } from './parseGalleryDl.ts';
import { parseHydrusTags } from './parseHydrusTags.ts';
import { parseJson } from './parseJson.ts';
import { readText } from './readText.ts';
import type { Told } from './told.ts';

/**
 * The files of gallery-dl and Hydrus on a file system that Node can reach. It remembers which names several images of a
 * folder share, so that moving one of them away does not hand its file to another: one object a run.
 */
export class NodeBesideFiles implements BesideFiles {
  private readonly shared = new Map<string, Promise<ReadonlySet<string>>>();

  async read(
    imagePath: string,
    signal: AbortSignal,
  ): Promise<{ readonly evidence: readonly BesideEvidence[]; readonly problems: readonly string[] }> {
    const evidence: BesideEvidence[] = [];
    const problems: string[] = [];
    const look = async (file: string, parse: (text: string, file: string) => Told | undefined): Promise<boolean> => {
      signal.throwIfAborted();
      try {
        const text = await readText(file, signal);
        if (text === undefined || !(await this.belongs(file, imagePath))) return false;
        const told = parse(text, file);
        if (told) evidence.push({ file, ...told });
        return told !== undefined;
      } catch (error) {
        signal.throwIfAborted();
        const { message } = asFileError(error, file, 'read');
        problems.push(message.includes(file) ? message : `${file} is not read: ${message}`);
        return false;
      }
    };
    const galleryDl = (text: string, file: string): Told | undefined => parseGalleryDl(parseJson(text, file));
    const byStem = `${stemOf(imagePath)}.json`;
    if (!(await look(`${imagePath}.json`, galleryDl)) && byStem !== `${imagePath}.json`) await look(byStem, galleryDl);
    await look(`${imagePath}.txt`, parseHydrusTags);
    return { evidence, problems };
  }

  /** `a.jpg.json` says whose it is; `a.json` only as long as `a.png` does not lie there as well. */
  private async belongs(file: string, imagePath: string): Promise<boolean> {
    if (file.startsWith(imagePath)) return true;
    return !(await this.sharedStems(dirname(imagePath))).has(keyOf(basename(imagePath)));
  }

  private sharedStems(folder: string): Promise<ReadonlySet<string>> {
    const known = this.shared.get(folder);
    if (known) return known;
    const found = sharedStems(folder);
    this.shared.set(folder, found);
    found.catch(() => this.shared.delete(folder));
    return found;
  }
}

/** The stems that more than one image of the folder has. */
async function sharedStems(folder: string): Promise<ReadonlySet<string>> {
  const once = new Set<string>();
  const shared = new Set<string>();
  for (const name of await readdir(folder)) {
    if (!hasImageExtension(name)) continue;
    const key = keyOf(name);
    (once.has(key) ? shared : once).add(key);
  }
  return shared;
}

const stemOf = (path: string): string => join(dirname(path), basename(path, extname(path)));
/** Half of all file systems take names for the same that differ in case, or in how an accent is encoded. */
const keyOf = (name: string): string => basename(name, extname(name)).normalize('NFC').toLowerCase();
