import { PhotoServerError, type ServerLibrary } from '../ports/photoServer.ts';
import { shownNas } from '../sync/shownNas.ts';

/**
 * The library that holds the NAS folder.
 * @param setting id or name of a library, or the NAS folder as the server sees it; empty: the only one, or the one whose folder
 *   has the most in common with the end of `nas`
 * @param nas the NAS as the user names it: a path or an address
 * @throws PhotoServerError `no-library`
 */
export function chooseLibrary(libraries: readonly ServerLibrary[], setting: string, nas: string): ServerLibrary {
  if (libraries.length === 0) throw none('it has no external library');
  const wanted = setting.trim();
  if (wanted !== '') {
    const found =
      libraries.find(({ id }) => id === wanted.toLowerCase()) ??
      only(libraries.filter(({ name }) => name.toLowerCase() === wanted.toLowerCase())) ??
      only(libraries.filter(({ importPaths }) => importPaths.some((path) => isWithin(wanted, path))));
    if (!found) throw none(`none of its libraries is “${wanted}”, by id, name or folder. It has ${listOf(libraries)}`);
    return found;
  }
  const [one] = libraries;
  if (one && libraries.length === 1) return one;
  const alike = libraries.map((library) => ({
    library,
    levels: Math.max(0, ...library.importPaths.map((path) => commonEnd(path, nas))),
  }));
  const most = Math.max(...alike.map(({ levels }) => levels));
  const best = only(alike.filter(({ levels }) => levels === most));
  if (!best || most === 0)
    throw none(`which of its libraries holds ${shownNas(nas)} is not clear. It has ${listOf(libraries)}`);
  return best.library;
}

const none = (why: string): PhotoServerError => new PhotoServerError('no-library', why);

const only = <T>(found: readonly T[]): T | undefined => (found.length === 1 ? found[0] : undefined);

const levelsOf = (path: string): readonly string[] => path.normalize('NFC').split(/[\\/:]+/).filter(Boolean); // prettier-ignore

function isWithin(path: string, folder: string): boolean {
  const [inner, outer] = [levelsOf(path), levelsOf(folder)];
  return path.startsWith('/') && outer.every((level, i) => inner[i] === level);
}

/** How many levels two paths share at their ends; case does not matter, which a share may have changed. */
export function commonEnd(a: string, b: string): number {
  const [left, right] = [levelsOf(a.toLowerCase()), levelsOf(b.toLowerCase())];
  let count = 0;
  while (count < left.length && count < right.length && left.at(-1 - count) === right.at(-1 - count)) count++;
  return count;
}

const listOf = (libraries: readonly ServerLibrary[]): string =>
  libraries.map(({ name, importPaths }) => `“${name}” (${importPaths.join(', ') || 'without folders'})`).join(', ');
