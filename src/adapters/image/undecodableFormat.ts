import { heicLibrary } from './heic.ts';
import type { SharpModule } from './loadSharp.ts';

/** Formats of ours that not every build of libvips reads, and that are not read here without it. */
const OPTIONAL_FORMATS: readonly {
  readonly name: string;
  readonly has: (bytes: Buffer) => boolean;
  readonly isDecodedBy: (sharp: SharpModule) => boolean;
}[] = [
  {
    name: 'JPEG XL',
    has: (b) => b.subarray(0, 2).equals(JXL_CODESTREAM) || b.subarray(0, 12).equals(JXL_CONTAINER),
    isDecodedBy: ({ format }) => format.jxl.input.buffer,
  },
  {
    name: 'HEIC',
    has: isHeic,
    isDecodedBy: (sharp) => readsHeic(sharp) || heicLibrary() !== undefined,
  },
];

const JXL_CODESTREAM = Buffer.from([0xff, 0x0a]);
const JXL_CONTAINER = Buffer.from('\0\0\0\x0cJXL \r\n\x87\n', 'latin1');
/** ISO/IEC 23008-12, annex B: image items and sequences coded with HEVC */
const HEVC_BRANDS = new Set(['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'hevm', 'hevs']);

/** Whether its pixels are coded with HEVC, which AVIF's, in the same container, are not. */
export function isHeic(bytes: Buffer): boolean {
  return brands(bytes).some((brand) => HEVC_BRANDS.has(brand));
}

/** Whether this build of libvips decodes HEVC. AVIF comes through the same loader, so that only the names of files tell. */
export const readsHeic = ({ format }: SharpModule): boolean => format.heif.input.fileSuffix?.includes('.heic') ?? false;

/**
 * The name of the picture's format, if this is why the installed decoder could not read it; undefined if the fault is the
 * file's. Only the head is looked at: libvips says the same of an unknown format and of a damaged file.
 */
export function undecodableFormat(bytes: Buffer, sharp: SharpModule): string | undefined {
  return OPTIONAL_FORMATS.find((format) => format.has(bytes) && !format.isDecodedBy(sharp))?.name;
}

/** Names of the formats of ours that the installed decoder does not read. */
export function missingFormats(sharp: SharpModule): readonly string[] {
  return OPTIONAL_FORMATS.filter((format) => !format.isDecodedBy(sharp)).map(({ name }) => name);
}

/** Major and compatible brands of an ISO base media file (ISO/IEC 14496-12, 4.3), none when it is something else. */
function brands(bytes: Buffer): readonly string[] {
  if (bytes.length < 16 || bytes.toString('latin1', 4, 8) !== 'ftyp') return [];
  const end = Math.min(bytes.readUInt32BE(0), bytes.length);
  const found = [bytes.toString('latin1', 8, 12)];
  for (let at = 16; at + 4 <= end; at += 4) found.push(bytes.toString('latin1', at, at + 4));
  return found;
}
