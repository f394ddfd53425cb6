import { STYLES, type Style } from '../model/analysis.ts';
import { CONTENT_RATINGS, type ContentRating } from '../model/rating.ts';

/** Conditions over what is known of an image; all that are given must hold, and within a list one is enough. */
export interface Conditions {
  /** globs over the approved tags of all categories, booru spelling */
  readonly tags?: readonly string[];
  readonly characters?: readonly string[];
  readonly copyrights?: readonly string[];
  readonly artists?: readonly string[];
  readonly style?: readonly Style[];
  /** a booru's or a tagger's rating, never the bundled classifier's */
  readonly rating?: readonly ContentRating[];
  /** at least so many persons found in the picture */
  readonly persons?: number;
  /** true: a booru knows the picture */
  readonly matched?: boolean;
}

/** One line of `imageInbox.categories`. Without `when` the rule always holds. */
export interface CategoryRule {
  /** folder below the sorted folder, levels separated by `/` */
  readonly category: string;
  readonly when?: Conditions;
}

/** The JSON schema of a rule, for the editor and for the check of the settings' shape. */
export const RULE_SCHEMA = {
  type: 'object',
  required: ['category'],
  additionalProperties: false,
  properties: {
    category: { type: 'string', minLength: 1, description: 'Folder below the sorted folder, levels separated by `/`.' },
    when: {
      type: 'object',
      additionalProperties: false,
      description: 'All conditions must hold; of a list one entry is enough.',
      properties: {
        tags: { type: 'array', items: { type: 'string' }, description: 'Globs over the approved tags.' },
        characters: { type: 'array', items: { type: 'string' }, description: 'Globs over the character tags.' },
        copyrights: { type: 'array', items: { type: 'string' }, description: 'Globs over the copyright tags.' },
        artists: { type: 'array', items: { type: 'string' }, description: 'Globs over the artist tags.' },
        style: { type: 'array', items: { enum: STYLES }, description: 'What the picture looks like.' },
        rating: { type: 'array', items: { enum: CONTENT_RATINGS }, description: 'Rating by a booru or a tagger.' },
        persons: { type: 'integer', minimum: 0, description: 'At least so many persons found in the picture.' },
        matched: { type: 'boolean', description: 'Whether a booru knows the picture.' },
      },
    },
  },
} as const;
