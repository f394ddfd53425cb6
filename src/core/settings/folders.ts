import { isAbsolute, relative, resolve, sep } from 'node:path';
import { SettingsError } from './resolveSettings.ts';
import type { Settings } from './settingsTable.ts';

/** Absolute paths. */
export interface Folders {
  readonly inbox: string;
  readonly sorted: string;
  readonly working: string;
  /** absent: no sync */
  readonly nas?: string;
}

/**
 * The folders of a workspace.
 * @param inbox the folder to process instead of the inbox of the settings
 * @throws SettingsError when they stand in each other's way
 */
export function foldersOf(settings: Settings, workspace: string, inbox?: string): Folders {
  const place = (text: string): string => resolve(workspace, text.replaceAll('${workspaceFolder}', workspace));
  const folders: Folders = {
    inbox: inbox === undefined ? place(settings['directories.inbox']) : resolve(workspace, inbox),
    sorted: place(settings['directories.sorted']),
    working: place(settings['directories.working']),
    ...(settings['directories.nas'] !== '' && { nas: place(settings['directories.nas']) }),
  };
  if (isInside(folders.inbox, folders.sorted)) {
    throw new SettingsError(
      `The folder to process, ${folders.inbox}, is in the sorted folder ${folders.sorted}. What is sorted is not sorted again; choose another folder.`,
    );
  }
  if (isInside(folders.inbox, folders.working)) {
    throw new SettingsError(
      `The folder to process, ${folders.inbox}, is in the working folder ${folders.working}; choose another one.`,
    );
  }
  if (folders.nas !== undefined && (isInside(folders.nas, folders.sorted) || isInside(folders.sorted, folders.nas))) {
    throw new SettingsError(
      `The NAS folder ${folders.nas} and the sorted folder ${folders.sorted} must not be one in the other.`,
    );
  }
  return folders;
}

/** Whether `path` is `folder` or below it. */
export function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}
