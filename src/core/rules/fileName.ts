/**
 * Names that Windows keeps for devices, whatever their extension and whatever spaces stand before it. `COM¹` is one of them.
 * (learn.microsoft.com/windows/win32/fileio/naming-a-file)
 */
const RESERVED = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$|clock\$) *(\..*)?$/i;
/** What Windows, SMB shares or a shell can't hold in a name. */
const FORBIDDEN = /[/<>:"\\|?*]/g;
/**
 * What can't be seen but makes names look alike or read backwards: control characters, marks of direction, spaces of no width,
 * soft hyphens, half surrogates. The joiners U+200C and U+200D stay: Persian, Hindi and emoji are written with them.
 */
const UNSEEN =
  // eslint-disable-next-line no-control-regex -- that is what is looked for
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\p{Surrogate}/gu;
/**
 * Bytes of UTF-8. File systems take 255, but eCryptfs, with which Synology encrypts shared folders, takes 143, and what is
 * sorted goes to a NAS.
 */
const MAX_BYTES = 143;

/** Made when it is needed, which is seldom: it takes 12 ms. */
let characters: Intl.Segmenter | undefined;

/**
 * A text as the name of a file or folder on any system: NFC, no forbidden or invisible characters, no reserved name, no dot at
 * its ends, at most 143 bytes, cut between what a reader takes for characters. Empty when nothing usable is left.
 */
export function fileName(text: string): string {
  // removing what stands between two characters may let them combine
  let name = trimmed(
    text
      .replace(/[\t\n\r\v\f]/g, '_')
      .replace(UNSEEN, '')
      .replace(FORBIDDEN, '_')
      .normalize('NFC'),
  );
  name = trimmed(cut(name));
  return RESERVED.test(name) ? trimmed(cut(`_${name}`)) : name;
}

/** Windows drops dots and spaces at the end; a dot in front hides the folder. */
const trimmed = (name: string): string => name.replace(/^[\s.]+|[\s.]+$/gu, '');

function cut(name: string): string {
  if (Buffer.byteLength(name) <= MAX_BYTES) return name;
  characters ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  let out = '';
  for (const { segment } of characters.segment(name)) {
    if (Buffer.byteLength(out + segment) > MAX_BYTES) break;
    out += segment;
  }
  return out;
}
