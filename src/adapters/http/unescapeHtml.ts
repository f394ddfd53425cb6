const CHARACTERS: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

/**
 * Undoes what PHP's htmlspecialchars does to a text (`grabbing_another&#039;s_arm`). Not for markup: plainText is, which
 * would take the tag `<o>_<o>` for a part of it.
 */
export function unescapeHtml(text: string): string {
  return text.replace(/&(?:#0*39|(lt|gt|quot|apos|amp));/g, (_, name?: string) => (name && CHARACTERS[name]) ?? "'");
}
