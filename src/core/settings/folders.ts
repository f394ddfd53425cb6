import { isAbsolute, relative, resolve, sep } from 'node:path';
import { mountedFolder } from '../sync/destination.ts';
import { SettingsError } from './resolveSettings.ts';
import type { Settings } from './settingsTable.ts';
import { syncProgram } from './syncProgram.ts';

/** Absolute paths. */
export interface Folders {
  readonly inbox: string;
  readonly sorted: string;
  readonly working: string;
  /** a path, or an address for rsync or rclone (`mountedFolder` tells which); absent: no sync */
  readonly nas?: string;
}

/**
 * The folders of a workspace.
 * @param inbox the folder to process instead of the inbox of the settings
 * @throws SettingsError when they stand in each other's way, or when what is set to sync can't reach the NAS
 */
export function foldersOf(settings: Settings, workspace: string, inbox?: string): Folders {
  const folders = placesOf(settings, workspace, inbox);
  const [trouble] = whatStandsInTheWay(folders);
  if (trouble !== undefined) throw new SettingsError(trouble);
  if (folders.nas !== undefined && settings['stages.sync']) syncProgram(settings, folders.nas);
  return folders;
}

/** The same, whatever they do to each other. */
export function placesOf(settings: Settings, workspace: string, inbox?: string): Folders {
  const filled = (text: string): string => text.replaceAll('${workspaceFolder}', () => workspace);
  const place = (text: string): string => resolve(workspace, filled(text));
  const nas = filled(settings['directories.nas']);
  return {
    inbox: inbox === undefined ? place(settings['directories.inbox']) : resolve(workspace, inbox),
    sorted: place(settings['directories.sorted']),
    working: place(settings['directories.working']),
    ...(nas !== '' && { nas: mountedFolder(nas) === undefined ? nas : resolve(workspace, nas) }),
  };
}

/** Which of the folders can't be where they are, a sentence each. */
export function whatStandsInTheWay({ inbox, sorted, working, nas }: Folders): readonly string[] {
  const troubles: string[] = [];
  if (isInside(inbox, sorted)) {
    troubles.push(
      `The folder to process, ${inbox}, is in the sorted folder ${sorted}. What is sorted is not sorted again; choose another folder.`,
    );
  }
  if (isInside(inbox, working)) {
    troubles.push(`The folder to process, ${inbox}, is in the working folder ${working}; choose another one.`);
  }
  const mounted = mountedFolder(nas);
  if (mounted !== undefined && isInside(mounted, inbox)) {
    troubles.push(
      `The NAS folder ${mounted} is in the folder to process, ${inbox}: what is synced would be taken in again. Choose another one.`,
    );
  }
  if (mounted !== undefined && isInside(mounted, working)) {
    troubles.push(`The NAS folder ${mounted} is in the working folder ${working}; choose another one.`);
  }
  if (mounted !== undefined && (isInside(mounted, sorted) || isInside(sorted, mounted))) {
    troubles.push(`The NAS folder ${mounted} and the sorted folder ${sorted} must not be one in the other.`);
  }
  return troubles;
}

/** Whether `path` is `folder` or below it. */
export function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}
