/** Names that Windows keeps for devices, whatever their extension. */
const RESERVED = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?$/i;
/** What Windows, SMB shares or a shell can't hold in a name, and control characters. */
// eslint-disable-next-line no-control-regex -- that is what is looked for
const FORBIDDEN = /[\u0000-\u001f\u007f<>:"\\|?*]/g;
/** Bytes of UTF-8 that every file system takes for one name, with room for ` (2)` and `.xmp`. */
const MAX_BYTES = 200;

/**
 * The category as a relative folder that Windows, macOS and Linux can all hold and that never leads out of the sorted folder:
 * `..`, `.` and empty levels are dropped, forbidden characters and reserved names get an underscore, Unicode is NFC.
 * A category that holds nothing usable is `Uncategorized`.
 */
export function categoryFolder(category: string): string {
  const levels = category.normalize('NFC').split(/[/\\]/).map(safeName).filter(Boolean).slice(0, 8);
  return levels.length > 0 ? levels.join('/') : 'Uncategorized';
}

function safeName(level: string): string {
  const text = cut(level.replace(FORBIDDEN, '_').trim(), MAX_BYTES)
    .replace(/[. ]+$/, '')
    .replace(/^\.+/, '');
  return RESERVED.test(text) ? `_${text}` : text;
}

function cut(text: string, bytes: number): string {
  let out = '';
  let length = 0;
  for (const char of text) {
    length += new TextEncoder().encode(char).length;
    if (length > bytes) break;
    out += char;
  }
  return out;
}
