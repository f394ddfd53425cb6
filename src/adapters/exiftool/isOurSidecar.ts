import { readFile } from 'node:fs/promises';
import { OWN_NAMESPACE } from './fieldTable.ts';

/** Whether the sidecar holds fields of our own: then we have written it, whoever has changed it since. */
export async function isOurSidecar(path: string): Promise<boolean> {
  try {
    return (await readFile(path, 'utf8')).includes(OWN_NAMESPACE);
  } catch {
    // none, or one that can't be read
    return false;
  }
}
