import picomatch from 'picomatch';
import type { TagSet } from '../model/tag.ts';

/**
 * Meta tags that speak of the post and its upkeep (who translates, what is missing, where the file is from), not of the
 * picture: Danbooru's, which the other boorus have taken over in part.
 */
export const DEFAULT_IGNORED_TAGS = [
  '*_request', '*commentary', 'commentary_*', '*_commentary_*', 'translated', '*_translated', 'check_*', 'bad_id', 'bad_*_id',
  'bad_link', 'bad_source', 'source_larger', 'md5_mismatch', 'resolution_mismatch', '*_sample', 'duplicate', '*_duplicate',
  'third-party_*', 'tagme', 'revision',
] as const; // prettier-ignore

/** Takes general and meta tags out that a pattern (`*` any letters) fits; names of persons and works are never ignored. */
export class TagFilter {
  private readonly isIgnored: (tag: string) => boolean;

  constructor(patterns: readonly string[]) {
    // tags are no paths, and `(`, `!`, `[` in a tag are letters
    const match = picomatch([...patterns.map(flat)], { dot: true, noextglob: true, nobrace: true, nobracket: true });
    this.isIgnored = patterns.length === 0 ? () => false : (tag) => match(flat(tag));
  }

  apply(tags: TagSet): TagSet {
    const keep = (list: readonly string[]): readonly string[] => list.filter((tag) => !this.isIgnored(tag));
    return { ...tags, general: keep(tags.general), meta: keep(tags.meta) };
  }
}

const flat = (text: string): string => text.replaceAll('/', '\u2215');
