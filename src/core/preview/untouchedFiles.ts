import type { Files } from '../ports/files.ts';

/** The user's files for looking only. What would change one is a fault of ours, which ends the dry run before it is done. */
export function untouchedFiles(files: Files): Files {
  const refuse = (): never => {
    throw new Error('A dry run touches no file.');
  };
  return {
    stat: (path) => files.stat(path),
    fingerprint: (image, signal) => files.fingerprint(image, signal),
    hash: (path, signal) => files.hash(path, signal),
    isWritable: (folder) => files.isWritable(folder),
    device: (path) => files.device(path),
    mountPoint: (path) => files.mountPoint(path),
    makeFolder: refuse,
    move: refuse,
    copy: refuse,
    linkOrCopy: refuse,
    removeDouble: refuse,
    removeOneName: refuse,
    removeIfSame: refuse,
    writeText: refuse,
  };
}
