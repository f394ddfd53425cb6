import { lstat, readdir } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { firstSorted } from './firstSorted.ts';
import { isImageName } from './imageName.ts';
import { isSidecar, sidecarOf } from '../../core/model/image.ts';

/** A folder that has images in it. */
export interface CountedFolder {
  /** absolute */
  readonly path: string;
  /** below the root, levels separated by `/`; empty for the root itself */
  readonly name: string;
  /** directly in it */
  readonly images: number;
}

export interface ListedImage {
  /** absolute */
  readonly path: string;
  readonly hasSidecar: boolean;
}

interface Listing {
  /** names */
  readonly images: Set<string>;
  readonly sidecars: Set<string>;
  readonly folders: ReadonlySet<string>;
}

/** Made when it is needed: the first part of Intl takes 12 ms, a fifth of what VS Code takes to load us. */
let collator: Intl.Collator | undefined;
const byName = (a: string, b: string): number =>
  (collator ??= new Intl.Collator(undefined, { numeric: true })).compare(a, b);

/**
 * The images of folders, by name. A folder is read when somebody asks for it, and again only when something other than an
 * image or a sidecar came or went in it: those are followed one by one, so that a folder of 100,000 is read once.
 *
 * Links are not followed; what begins with a dot or `@` (droppings of a NAS) is passed over, and so is what can't be read.
 */
export class ImageFolders {
  private readonly listings = new Map<string, Listing>();
  private readonly reading = new Map<string, Promise<Listing | undefined>>();

  /** Something came or went. @param path absolute, of a file or a folder */
  changed(path: string, how: 'created' | 'deleted'): void {
    const [folder, name] = [dirname(path), basename(path)];
    if (/^[.@]/.test(name)) return;
    // what is being read may or may not have it
    this.reading.delete(folder);
    const listing = this.listings.get(folder);
    const set = isImageName(name) ? listing?.images : isSidecar(name) ? listing?.sidecars : undefined;
    if (set) {
      if (how === 'created') set.add(name);
      else set.delete(name);
      return;
    }
    this.listings.delete(folder);
    for (const known of this.listings.keys()) {
      if (known === path || known.startsWith(path + sep)) this.listings.delete(known);
    }
  }

  /** Forgets everything. */
  clear(): void {
    this.listings.clear();
    this.reading.clear();
  }

  /**
   * The folder and all below it that have images, by name.
   * @param exclude absolute paths that are not entered
   * @returns undefined when the root is not there
   */
  async count(root: string, exclude: readonly string[]): Promise<readonly CountedFolder[] | undefined> {
    const found: CountedFolder[] = [];
    const pending = [{ path: root, name: '' }];
    for (let next = pending.pop(); next; next = pending.pop()) {
      const { path, name } = next;
      const listing = await this.listing(path);
      if (!listing) {
        if (name === '') return undefined;
        continue;
      }
      if (listing.images.size > 0) found.push({ path, name, images: listing.images.size });
      for (const folder of listing.folders) {
        const below = join(path, folder);
        if (!exclude.includes(below)) pending.push({ path: below, name: name === '' ? folder : `${name}/${folder}` });
      }
    }
    return found.sort((a, b) => byName(a.name, b.name));
  }

  /** The first images directly in a folder, by name, and how many there are. */
  async first(folder: string, count: number): Promise<{ images: readonly ListedImage[]; total: number }> {
    const { images, sidecars } = (await this.listing(folder)) ?? EMPTY;
    const shown = firstSorted(images, count, byName);
    return {
      images: shown.map((name) => ({ path: join(folder, name), hasSidecar: sidecars.has(sidecarOf(name)) })),
      total: images.size,
    };
  }

  /** Whether the image has a sidecar, as far as its folder was read. */
  hasSidecar(image: string): boolean {
    return this.listings.get(dirname(image))?.sidecars.has(sidecarOf(basename(image))) ?? false;
  }

  private async listing(folder: string): Promise<Listing | undefined> {
    const known = this.listings.get(folder);
    if (known) return known;
    let read = this.reading.get(folder);
    if (!read) {
      read = readListing(folder);
      this.reading.set(folder, read);
    }
    const listing = await read;
    // else it changed meanwhile, and is read again when it is asked for again
    if (this.reading.get(folder) === read) {
      this.reading.delete(folder);
      if (listing) this.listings.set(folder, listing);
    }
    return listing;
  }
}

const EMPTY: Listing = { images: new Set(), sidecars: new Set(), folders: new Set() };

/**
 * Looks only at what its name does not tell: asking for the kind of each of 100,000 entries takes longer than the names.
 * @returns undefined when it can't be read
 */
async function readListing(folder: string): Promise<Listing | undefined> {
  const names = await readdir(folder).catch(() => undefined);
  if (!names) return undefined;
  const [images, sidecars, others]: [Set<string>, Set<string>, string[]] = [new Set(), new Set(), []];
  for (const name of names) {
    if (isImageName(name)) images.add(name);
    else if (isSidecar(name)) sidecars.add(name);
    else if (!/^[.@]/.test(name)) others.push(name);
  }
  const folders = new Set<string>();
  // few: reports of earlier runs, and the folders
  for (const name of others) if (await isFolder(join(folder, name))) folders.add(name);
  return { images, sidecars, folders };
}

/** Not of a link to one. */
async function isFolder(path: string): Promise<boolean> {
  return lstat(path).then(
    (facts) => facts.isDirectory(),
    () => false,
  );
}
