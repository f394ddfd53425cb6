import { isAbsolute } from 'node:path';
import { PathPrograms } from '../files/pathPrograms.ts';

/** Keys and logins of the image services, which no sync program has any business with. */
const OURS = new Set(['SAUCENAO_API_KEY', 'DANBOORU_LOGIN', 'DANBOORU_API_KEY']);

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
