/** What gallery-dl knows of a file: the site's own answer, flattened a little, with fields of gallery-dl's. */
export type Metadata = Readonly<Record<string, unknown>>;

const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&quot;': '"',
  '&lt;': '<',
  '&gt;': '>',
  '&#39;': "'",
  '&#039;': "'",
};

/**
 * A text or a list of texts, as a list. Gelbooru escapes the tags and sources in its JSON (`&gt;_&lt;`), and gallery-dl
 * passes them on as they are.
 */
export function texts(value: unknown): readonly string[] {
  const all: readonly unknown[] = Array.isArray(value) ? value : [value];
  return all
    .filter((one) => typeof one === 'string')
    .map((text) => text.replace(/&(?:amp|quot|lt|gt|#0?39);/g, (entity) => ENTITIES[entity] ?? entity));
}

/** The value at a path of keys; undefined where it leads nowhere. */
export function at(value: unknown, path: readonly string[]): unknown {
  let found = value;
  for (const key of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined;
    found = (found as Metadata)[key];
  }
  return found;
}
