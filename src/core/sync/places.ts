import { isAbsolute, relative, sep } from 'node:path';

/** What our own files and folders on the NAS begin with: copies that are under way, the trash. */
export const OURS = '.image-inbox';

/** Whether a file or folder in the NAS folder is one of ours. */
export const isOurs = (name: string): boolean => name.startsWith(OURS);

/** What is removed from the NAS is moved here first. */
export const TRASH = `${OURS}-trash`;

/** Levels that are no names, or are empty. */
const HAS_DOTS = /\/(\.{0,2})(\/|$)/;

/** Where a file of the sorted folder has its place on the NAS: relative, with `/`. @throws Error when it is not in there */
export function placeOf(root: string, file: string): string {
  // nearly always, and `relative` costs as much as looking at the file
  if (sep === '/' && file.startsWith(`${root}/`) && !HAS_DOTS.test(file)) return file.slice(root.length + 1);
  const place = relative(root, file);
  if (place === '' || place === '..' || place.startsWith(`..${sep}`) || isAbsolute(place)) {
    throw new Error(`${file} is not in the sorted folder ${root}`);
  }
  return sep === '/' ? place : place.replaceAll(sep, '/');
}

/** What is not synced: by the names that the user lists, in any folder and any case, and what is ours. */
export class Exclusion {
  private readonly names: ReadonlySet<string>;
  /** by folder: nearly all places share theirs with others */
  private readonly folders = new Map<string, boolean>();

  constructor(names: readonly string[]) {
    this.names = new Set(names.map((name) => name.toLowerCase()));
  }

  has(place: string): boolean {
    const end = place.lastIndexOf('/');
    return this.hasName(place.slice(end + 1)) || (end > 0 && this.hasFolder(place.slice(0, end)));
  }

  private hasFolder(folder: string): boolean {
    const known = this.folders.get(folder);
    if (known !== undefined) return known;
    const has = this.has(folder);
    this.folders.set(folder, has);
    return has;
  }

  private hasName(name: string): boolean {
    return isOurs(name) || this.names.has(name.toLowerCase());
  }
}

// eslint-disable-next-line no-control-regex -- all of ASCII
const ASCII = /^[\x00-\x7f]*$/;

/** The same for two places that a file system may take for one: by case (`ß` is `ss` to APFS), or by how accents are composed. */
export const foldPlace = (place: string): string =>
  ASCII.test(place) ? place.toLowerCase() : place.toUpperCase().toLowerCase().normalize('NFC');
