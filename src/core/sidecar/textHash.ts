/**
 * FNV-1a over UTF-16 units, 8 hex digits. It tells whether a text is still the one that we wrote, nothing more: it travels
 * in the sidecar, where the text itself would stand twice.
 */
export function textHash(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}

/** Of a list, its order included. */
export const listHash = (entries: readonly string[] | undefined): string => textHash((entries ?? []).join('\n'));
