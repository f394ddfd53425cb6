import { existsSync } from 'node:fs';
import type { NodeFiles } from '../../../src/adapters/files/nodeFiles.ts';

/** The same files, of which a folder is a drive of its own: mounted for as long as the folder is there. */
export function onDrive(files: NodeFiles, folder: string): NodeFiles {
  files.mountPoint = () => Promise.resolve(existsSync(folder) ? folder : '/');
  files.device = (path) => Promise.resolve(path === folder ? (existsSync(folder) ? 'its own' : undefined) : 'of all');
  return files;
}
