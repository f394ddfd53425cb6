import type { Match } from '../model/match.ts';
import { TAG_CATEGORIES, type TagSet } from '../model/tag.ts';

/** https://cv.iptc.org/newscodes/digitalsourcetype/, whose addresses begin with http */
const VOCABULARY = 'http://cv.iptc.org/newscodes/digitalsourcetype/';

/** The boorus' tags for pictures that a model made, in whole or in part; the first that is there counts. */
const TYPES: readonly (readonly [tag: string, type: string])[] = [
  ['ai-generated', 'trainedAlgorithmicMedia'],
  ['ai-assisted', 'compositeWithTrainedAlgorithmicMedia'],
];

/**
 * IPTC's kind of digital source. The only evidence is a tag that people gave the post at the booru and that was approved
 * here: what a tagger thinks is a guess, and the absence of the tag proves no other kind.
 */
export function digitalSourceTypeOf({
  match,
  tags,
}: {
  readonly match: Match | undefined;
  readonly tags: TagSet;
}): string | undefined {
  const found = TYPES.find(([tag]) =>
    TAG_CATEGORIES.some((category) => match?.tags[category].includes(tag) && tags[category].includes(tag)),
  );
  return found && VOCABULARY + found[1];
}
