import { isSidecar } from '../../core/model/image.ts';

/** Names that are never looked at, in any folder; lower case. */
const DROPPINGS = new Set([
  '@eadir', '#recycle', '#snapshot', '@recycle', '$recycle.bin', 'system volume information', 'lost+found',
  'thumbs.db', 'ehthumbs.db', 'desktop.ini',
]); // prettier-ignore

/** What browsers and downloaders append to a name until the file is whole. */
const UNFINISHED = [
  '.part', '.partial', '.crdownload', '.download', '.opdownload', '.filepart', '.tmp', '.!ut', '.aria2',
] as const; // prettier-ignore

/** Dot files, what NAS and desktop systems leave everywhere, sidecars, and unfinished downloads. */
export function isPassedOver(name: string): boolean {
  return isDropping(name) || isSidecar(name) || finishedName(name) !== undefined;
}

/** Dot files, and what NAS and desktop systems leave everywhere. */
export const isDropping = (name: string): boolean => name.startsWith('.') || DROPPINGS.has(name.toLowerCase());

/** The name that an unfinished download will have: `a.jpg` for `a.jpg.part`; undefined for all else. */
export function finishedName(name: string): string | undefined {
  const lower = name.toLowerCase();
  const suffix = UNFINISHED.find((s) => lower.endsWith(s));
  return suffix === undefined ? undefined : name.slice(0, -suffix.length);
}
