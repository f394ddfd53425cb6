import { cleanText } from '../../core/sidecar/cleanText.ts';
import type { TagCategory, TagSet } from '../../core/model/tag.ts';

/** Danbooru's own limit is 170 characters; anything longer is no tag. */
const LONGEST_TAG = 200;
/** Of one category. The fullest posts of Danbooru have some 500 tags in all. */
const MOST_TAGS = 2000;

/** Tags as a file has them, by category, in the boorus' spelling: without control characters, `_` for blanks, each one once. */
export function tagSetOf(tags: Readonly<Partial<Record<TagCategory, readonly string[]>>>): TagSet {
  const spelled = (category: TagCategory): readonly string[] =>
    [...new Set((tags[category] ?? []).map(booruSpelling))].filter(isTag).slice(0, MOST_TAGS);
  return {
    general: spelled('general'),
    character: spelled('character'),
    copyright: spelled('copyright'),
    artist: spelled('artist'),
    meta: spelled('meta'),
  };
}

const booruSpelling = (text: string): string => cleanText(text).replace(/\s+/gu, '_');
const isTag = (tag: string): boolean => tag !== '' && tag.length <= LONGEST_TAG;
