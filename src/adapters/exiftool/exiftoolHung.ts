import { ImageError } from '../../core/model/failure.ts';

/**
 * A command that ExifTool did not answer in time; its process was killed. Not transient for the runner: each try takes
 * minutes, and what hangs twice on the same sidecar hangs always. Whoever sent the command decides about the second try.
 */
export class ExiftoolHung extends ImageError {
  constructor(seconds: number, cause: unknown) {
    super('exiftool', `ExifTool did not answer for ${seconds} s and was ended.`, { cause });
  }
}
