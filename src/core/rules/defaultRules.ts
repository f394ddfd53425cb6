import type { CategoryRule } from './rule.ts';

/** Booru tags that say that somebody is in the picture: `1girl`, `2boys`, `6+girls`, `multiple_others`, `solo`. */
const PEOPLE = ['+([0-9])?(+)@(girl|boy|other)?(s)', 'multiple_@(girls|boys|others)', 'solo'];

/** The first suggestion for everybody who has not written rules of their own. */
export const DEFAULT_RULES: readonly CategoryRule[] = [
  { category: 'Explicit', when: { rating: ['explicit'] } },
  { category: 'Anime/Characters', when: { matched: true, characters: ['*'] } },
  { category: 'Anime/Characters', when: { matched: true, tags: PEOPLE } },
  { category: 'Anime/Scenery', when: { matched: true, tags: ['scenery', 'landscape', 'no_humans', 'cityscape'] } },
  // The bundled classifier is sure of drawings only where they show characters (docs/analysis.md), so that is what it suggests.
  { category: 'Anime/Characters', when: { style: ['drawing'] } },
  { category: 'Photos/People', when: { style: ['photo'], persons: 1 } },
  { category: 'Photos/Other', when: { style: ['photo'] } },
  { category: 'Uncategorized' },
];
