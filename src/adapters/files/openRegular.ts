import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { ImageError } from '../../core/model/failure.ts';
import { patiently } from './patiently.ts';

// Windows has neither flag, and neither danger
const { O_RDONLY } = constants;
const O_NOFOLLOW = process.platform === 'win32' ? 0 : constants.O_NOFOLLOW;
const O_NONBLOCK = process.platform === 'win32' ? 0 : constants.O_NONBLOCK;

/**
 * Opens a regular file for reading. What was a file a moment ago may have been replaced: a link is not followed (ELOOP), and
 * a FIFO does not block for ever.
 * @throws ImageError `not-a-file`, or the system's error
 */
export async function openRegular(path: string | Buffer): Promise<FileHandle> {
  const handle = await patiently(() => open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK));
  try {
    if (!(await handle.stat()).isFile()) {
      throw new ImageError('not-a-file', `${path.toString()} is not a regular file.`);
    }
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}
