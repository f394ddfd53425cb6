/** The boorus' own categories of tags. */
export const TAG_CATEGORIES = ['general', 'character', 'copyright', 'artist', 'meta'] as const;
export type TagCategory = (typeof TAG_CATEGORIES)[number];

/** Tags by category, each in the booru's spelling (`blue_eyes`), without repeats. */
export type TagSet = Readonly<Record<TagCategory, readonly string[]>>;

export const NO_TAGS: TagSet = { general: [], character: [], copyright: [], artist: [], meta: [] };

export const countTags = (tags: TagSet): number => TAG_CATEGORIES.reduce((sum, c) => sum + tags[c].length, 0);

export const namesOf = (tags: TagSet): readonly string[] => TAG_CATEGORIES.flatMap((c) => tags[c]);

/** The tags of both, the first one's order kept. */
export function mergeTags(a: TagSet, b: TagSet): TagSet {
  const union = (c: TagCategory): readonly string[] => [...new Set([...a[c], ...b[c]])];
  return {
    general: union('general'),
    character: union('character'),
    copyright: union('copyright'),
    artist: union('artist'),
    meta: union('meta'),
  };
}
