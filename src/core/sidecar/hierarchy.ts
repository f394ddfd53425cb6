import type { TagCategory } from '../model/tag.ts';
import type { Settings } from '../settings/settingsTable.ts';
import { seriesOf } from './seriesOf.ts';
import { toLevel } from './tagPath.ts';
import { tagText, type TagCase } from './tagText.ts';

export type Hierarchy = Settings['xmp.hierarchy'];

export interface TreeShape {
  readonly hierarchy: Hierarchy;
  readonly tagCase: TagCase;
  /** the post's copyright tags, booru spelling */
  readonly copyrights: readonly string[];
}

/** First levels of the shape `series`; general tags stand at the top there. */
const SERIES_LEVELS: Readonly<Record<TagCategory, string | undefined>> = {
  general: undefined,
  character: 'Character',
  copyright: 'Series',
  artist: 'Artist',
  meta: 'Meta',
};

/** Levels of a booru's tag, from the top down. Empty when nothing of it can be written. */
export function booruTagPath(category: TagCategory, tag: string, shape: TreeShape): readonly string[] {
  const level = (text: string): string => toLevel(tagText(text, shape.tagCase));
  const own = level(tag);
  if (!own) return [];
  if (category === 'character' && shape.hierarchy !== 'flat') {
    const found = seriesOf(tag, shape.copyrights, shape.hierarchy === 'series');
    if (found) {
      const path = [level(found.series), level(found.name)];
      return shape.hierarchy === 'category' ? ['character', ...path] : path;
    }
  }
  return [...categoryLevel(category, shape.hierarchy), own];
}

/** Levels of a tag that a person typed: as typed, `a/b` being two levels. General ones stand at the top. */
export function typedTagPath(category: TagCategory, tag: string, hierarchy: Hierarchy): readonly string[] {
  const levels = tag.split('/').map(toLevel).filter(Boolean);
  if (levels.length === 0 || category === 'general') return levels;
  return [...categoryLevel(category, hierarchy), ...levels];
}

/** Levels of a tag of ours, `rating/explicit`: a flat list keeps both words of a rating, since `general` alone would say nothing. */
export function ownTagPath(
  group: 'rating' | 'style' | 'general',
  text: string,
  hierarchy: Hierarchy,
): readonly string[] {
  if (group === 'general') return [...categoryLevel(group, hierarchy), text];
  if (hierarchy !== 'flat') return [group, text];
  return [group === 'rating' ? `rating:${text}` : text];
}

function categoryLevel(category: TagCategory, hierarchy: Hierarchy): readonly string[] {
  switch (hierarchy) {
    case 'category':
      return [category];
    case 'series':
      return SERIES_LEVELS[category] === undefined ? [] : [SERIES_LEVELS[category]];
    case 'flat':
      return [];
  }
}
