import { ImageError } from '../model/failure.ts';
import type { FoundImage } from '../model/image.ts';
import type { Files } from '../ports/files.ts';

/**
 * The file is still the one that was read: somebody may have saved over it, or removed it, in the meantime.
 * @throws ImageError `vanished`, `changed`
 */
export async function assertUnchanged(image: FoundImage, files: Pick<Files, 'stat'>): Promise<void> {
  const now = await files.stat(image.path);
  if (!now) throw new ImageError('vanished', `${image.path} is no longer there.`);
  if (now.size !== image.size || now.mtimeMs !== image.mtimeMs) {
    throw new ImageError(
      'changed',
      `${image.path} was changed while it was processed; the next run takes it as it then is.`,
    );
  }
}
