import type { TagCategory, TagSet } from '../../core/model/tag.ts';
import { at, texts, type Metadata } from './galleryDlMetadata.ts';
import { tagSetOf } from './tagSetOf.ts';

/** The categories of tags in gallery-dl's names, `tags_artist` or `tags: {artist}`. Not `invalid`, e621's for mistakes. */
const CATEGORIES: Readonly<Record<string, TagCategory>> = {
  general: 'general',
  species: 'general',
  lore: 'general',
  genre: 'general',
  faults: 'general',
  character: 'character',
  copyright: 'copyright',
  studio: 'copyright',
  artist: 'artist',
  circle: 'artist',
  meta: 'meta',
  metadata: 'meta',
  medium: 'meta',
};

/**
 * The tags of a booru's post: by category where they are given so (`tags_artist` as a list or with blanks between them,
 * Danbooru's `tag_string_artist`, e621's `tags: {"artist": …}`); what only `tags` names is taken for general.
 */
export function galleryDlTags(metadata: Metadata): TagSet {
  const given = (word: string): readonly string[] =>
    words(metadata[`tags_${word}`] ?? metadata[`tag_string_${word}`] ?? at(metadata, ['tags', word]));
  const of = (category: TagCategory): readonly string[] =>
    Object.entries(CATEGORIES).flatMap(([word, its]) => (its === category ? given(word) : []));
  const sorted = {
    general: of('general'),
    character: of('character'),
    copyright: of('copyright'),
    artist: of('artist'),
    meta: of('meta'),
  };
  if (sorted.general.length > 0) return tagSetOf(sorted);
  const known = new Set(Object.values(sorted).flat());
  const general = words(metadata['tags'] ?? metadata['tag_string']).filter((tag) => !known.has(tag));
  return tagSetOf({ ...sorted, general });
}

/** Words between blanks, or the elements of a list as they are. */
const words = (value: unknown): readonly string[] =>
  texts(value).flatMap((text) => (Array.isArray(value) ? [text] : text.split(/\s+/).filter((word) => word !== '')));
