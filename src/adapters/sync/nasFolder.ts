import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf } from '../files/fileErrors.ts';

/** Makes a folder below the NAS folder, never that itself. @throws the system's error, `ENOENT` when the NAS folder is gone */
export async function makeNasFolder(nas: string, folder: string): Promise<void> {
  if (folder === nas) return;
  try {
    await mkdir(folder);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || dirname(folder) === nas) throw error;
    await makeNasFolder(nas, dirname(folder));
    // not once more from the start: exFAT says the same of a name that it does not take
    await mkdir(folder).catch((again: unknown) => {
      if (codeOf(again) !== 'EEXIST') throw again;
    });
  }
}
