import type { Look } from '../model/look.ts';

export interface LookMaker {
  /** @throws ImageError `corrupt`, `too-large`, `unreadable`, `vanished` or `empty` @throws DecoderLacks */
  look(path: string): Promise<Look>;
}
