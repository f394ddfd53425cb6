import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** A folder's content as an indented tree, folders first, a line each. */
export function treeLines(folder: string, indent = '  '): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => Number(b.isDirectory()) - Number(a.isDirectory()) || a.name.localeCompare(b.name))
    .flatMap((entry) =>
      entry.isDirectory()
        ? [`${indent}${entry.name}/`, ...treeLines(join(folder, entry.name), `${indent}  `)]
        : [`${indent}${entry.name}`],
    );
}
