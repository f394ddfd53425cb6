import { statfs } from 'node:fs/promises';

/** Magic numbers of Linux (statfs): file systems whose changes by other machines the kernel does not hear of. */
const NETWORK = new Set([
  0x6969, // NFS
  0x517b, // SMB
  0xff534d42, // CIFS
  0xfe534d42, // SMB2
  0x65735546, // FUSE: sshfs, rclone mount
  0x01021997, // 9P
  0x5346414f, // AFS
  0x00c36400, // Ceph
]);

/**
 * Whether files may come into the folder without the system reporting it. A drive letter of Windows that is mapped to a
 * server can't be told from another.
 */
export async function isNetworkFolder(folder: string): Promise<boolean> {
  if (/^[\\/]{2}[^\\/]/.test(folder)) return true;
  if (process.platform !== 'linux') return false;
  try {
    return NETWORK.has((await statfs(folder)).type);
  } catch {
    // not there yet: looking finds it
    return true;
  }
}
