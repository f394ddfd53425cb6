/** undefined for what is no JSON */
export function parseJson(text: string): unknown {
  try {
    // editors and proxies add a byte order mark, which JSON.parse refuses
    return JSON.parse(text.replace(/^\uFEFF/, '')) as unknown;
  } catch {
    return undefined;
  }
}
