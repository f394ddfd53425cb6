import type { Look } from '../model/look.ts';

export interface LookMaker {
  /**
   * @param signal gives up waiting; a decoding that has begun goes on
   * @throws ImageError `corrupt`, `too-large`, `unreadable`, `vanished` or `empty` @throws DecoderLacks; the signal's reason
   */
  look(path: string, signal: AbortSignal): Promise<Look>;
}
