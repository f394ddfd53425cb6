import { isAbsolute } from 'node:path';
import { KEY_VARIABLES } from '../../core/settings/secrets.ts';
import { PathPrograms } from '../files/pathPrograms.ts';

/** No sync program has any business with them. */
const OURS: ReadonlySet<string> = new Set(Object.values(KEY_VARIABLES));

/**
 * What a sync program is started with: all that leads it to its remotes (the user's folders, agents, proxies, its own
 * variables), and none of our keys.
 */
export function outsideEnvironment(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !OURS.has(name.toUpperCase()));
  return { ...Object.fromEntries(kept), ...more };
}

/**
 * Where a program is, by the PATH alone: Windows would look into the current folder first, which may be the workspace of
 * somebody else. Undefined when it is not installed.
 */
export async function outsideProgram(name: string): Promise<string | undefined> {
  return isAbsolute(name) ? name : new PathPrograms(process.env).find(name);
}
