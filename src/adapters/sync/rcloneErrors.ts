import { ImageError } from '../../core/model/failure.ts';
import type { RcloneError } from './rcloneDaemon.ts';
import { nameHint, tooLongName, unfitName } from './unfitNames.ts';

/** An error of rclone about one file, with its place on the NAS. It has no numbers, but its texts are in English always. */
export function rcloneError(error: RcloneError, where: string, place: string): ImageError {
  const { message, status } = error;
  const cause = { cause: error };
  if (status === 404) return new ImageError('vanished', `${where} is not there: ${message}.`, cause);
  // it compares what arrived with what it sent
  if (message.includes('corrupted on transfer')) {
    const text = `The copy to ${where} came out different: ${message}.`;
    return new ImageError('verify-failed', text, { ...cause, transient: true });
  }
  if (/no space left|not enough space|quota|insufficient storage|disk is full/i.test(message)) {
    return new ImageError('no-space', `The NAS is full: ${where} can't be written.`, cause);
  }
  if (/name too long/i.test(message)) return tooLongName(where);
  const unfit =
    /invalid argument|no such file|file does not exist|invalid character|illegal/i.test(message) &&
    unfitName(where, place);
  if (unfit) return unfit;
  // WebDAV has numbers for all troubles, and none for this one
  const hint = /permission|denied|forbidden/i.test(message) ? '' : nameHint(place);
  return new ImageError('not-writable', `${where} can't be written: ${message}.${hint}`, cause);
}

/**
 * Whether an error of a look says that nothing can be there: below a file, or under a name that the NAS does not take. What copies
 * there says what is wrong.
 */
export const saysNothingThere = (error: RcloneError, where: string, place: string): boolean =>
  /not a directory$/i.test(error.message) || rcloneError(error, where, place).reason === 'unsafe-name';
