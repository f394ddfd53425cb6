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

/**
 * Takes general and meta tags out that a pattern fits; names of persons and works are never ignored. Only `*` (any letters)
 * means something in a pattern: `!`, `?`, `(night)` and `a\b` are tags like any other, and mean something else in a glob.
 */
export class TagFilter {
  private readonly ignored: readonly RegExp[];

  constructor(patterns: readonly string[]) {
    this.ignored = patterns.map((pattern) => new RegExp(`^${pattern.split(/\*+/).map(literal).join('.*')}$`, 's'));
  }

  apply(tags: TagSet): TagSet {
    const keep = (list: readonly string[]): readonly string[] =>
      list.filter((tag) => !this.ignored.some((pattern) => pattern.test(tag)));
    return { ...tags, general: keep(tags.general), meta: keep(tags.meta) };
  }
}

/** The text as a regular expression that fits it alone. */
const literal = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
