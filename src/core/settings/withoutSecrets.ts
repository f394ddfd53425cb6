import { shownNas } from '../sync/shownNas.ts';
import type { Folders } from './folders.ts';
import type { Settings } from './settingsTable.ts';

/** An argument's name, and what else holds no value. */
const NAME = /^(?:--[a-z][a-z-]*=?|-[A-Za-z]$)/;

/** Settings and folders as they may be written down for others to read. All other settings refuse what could be a secret. */
export function withoutSecrets<S extends Settings, F extends Folders>(
  settings: S,
  folders: F,
): { readonly settings: S; readonly folders: F } {
  return {
    settings: {
      ...settings,
      'directories.nas': shownNas(settings['directories.nas']),
      'sync.options': settings['sync.options'].map(nameAlone),
    },
    folders: { ...folders, ...(folders.nas !== undefined && { nas: shownNas(folders.nas) }) },
  };
}

/** `--sftp-pass=x` and `--sftp-pass`, `x`: which of a program's arguments are secrets, only the program knows. */
function nameAlone(option: string): string {
  const name = NAME.exec(option)?.[0] ?? '';
  return name === option ? option : `${name}***`;
}
