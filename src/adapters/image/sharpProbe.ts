import { DecoderLacks } from '../../core/model/failure.ts';
import type { DecoderProbe } from '../../core/ports/decoderProbe.ts';
import type { PartAnswer } from '../../core/ports/partProbe.ts';
import { loadSharp } from './loadSharp.ts';
import { missingFormats } from './undecodableFormat.ts';

/** Loads sharp, and lets it make a picture and read it again. */
export class SharpProbe implements DecoderProbe {
  readonly name = 'sharp (decodes pictures)';

  async probe(): Promise<PartAnswer> {
    try {
      const sharp = await loadSharp();
      const black = { width: 2, height: 2, channels: 3, background: '#000' } as const;
      await sharp(await sharp({ create: black }).png().toBuffer()).stats();
      const { sharp: version, vips } = sharp.versions;
      return { kind: 'works', version: `${version}, libvips ${vips}` };
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return { kind: 'broken', why: error instanceof DecoderLacks ? why : `Pictures can't be decoded: ${why}` };
    }
  }

  async missingFormats(): Promise<readonly string[]> {
    return missingFormats(await loadSharp());
  }
}
