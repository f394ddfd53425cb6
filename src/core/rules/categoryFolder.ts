import { fileName } from './fileName.ts';

/** Where an image goes that no rule takes, or whose category is no name for a folder. */
export const UNCATEGORIZED = 'Uncategorized';

const MAX_LEVELS = 8;
/** Bytes of UTF-8 of the whole folder: macOS takes 1,024 for a path, in which the sorted folder and the file's name have a share. */
const MAX_BYTES = 600;

/**
 * The category as a relative folder that Windows, macOS and Linux can all hold and that never leads out of the sorted folder:
 * `..`, `.` and empty levels are dropped, each level is made a name by `fileName`. Levels are separated by `/`. A category
 * that holds nothing usable is `Uncategorized`. What comes out comes out of it again unchanged.
 */
export function categoryFolder(category: string): string {
  const levels = category.split(/[/\\]/).map(fileName).filter(Boolean).slice(0, MAX_LEVELS);
  while (Buffer.byteLength(levels.join('/')) > MAX_BYTES) levels.pop();
  return levels.length > 0 ? levels.join('/') : UNCATEGORIZED;
}
