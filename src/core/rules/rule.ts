import { STYLES, type Style } from '../model/analysis.ts';
import { IMAGE_FORMATS, type ImageFormat } from '../model/image.ts';
import { CONTENT_RATINGS, type ContentRating } from '../model/rating.ts';

/** At least so much, or from `min` to `max`, both included. */
export type Range = number | { readonly min?: number; readonly max?: number };

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
  /** persons found in the picture */
  readonly persons?: Range;
  /** true: a booru knows the picture */
  readonly matched?: boolean;
  /** of the match, 0 to 100; does not hold where nothing was compared */
  readonly similarity?: Range;
  /** does not hold for what is not known */
  readonly size?: SizeConditions;
  readonly format?: readonly ImageFormat[];
}

export interface SizeConditions {
  readonly bytes?: Range;
  /** of the picture as shown, in pixels */
  readonly width?: Range;
  readonly height?: Range;
  /** width times height */
  readonly pixels?: Range;
}

/** What may stand in braces in a category. */
export const PLACEHOLDERS = ['copyright', 'character', 'artist', 'rating', 'style', 'format'] as const;
export type Placeholder = (typeof PLACEHOLDERS)[number];

/** What to do with a placeholder for which there are several values, or none. */
export const SEVERAL = ['first', 'join', 'leave-out', 'next-rule'] as const;
export const NONE = ['leave-out', 'next-rule'] as const;

/** One line of `imageInbox.categories`. Without `when` the rule always holds. */
export interface CategoryRule {
  /** folder below the sorted folder, levels separated by `/`, with placeholders in braces */
  readonly category: string;
  readonly when?: Conditions;
  /** default `first`; `join`: all of them, with commas; `leave-out`: the placeholder is empty; `next-rule`: this one does not hold */
  readonly several?: (typeof SEVERAL)[number];
  /** default `leave-out`: the placeholder is empty, and so may be its level */
  readonly none?: (typeof NONE)[number];
}

const globs = (of: string) =>
  ({
    type: 'array',
    items: { type: 'string', minLength: 1, maxLength: 200 },
    minItems: 1,
    description: `Globs over ${of}, such as \`blue_*\`. One that fits is enough.`,
  }) as const;

const range = (description: string, maximum?: number) => {
  const bound = { type: 'number', minimum: 0, ...(maximum !== undefined && { maximum }) } as const;
  return {
    anyOf: [
      bound,
      { type: 'object', additionalProperties: false, minProperties: 1, properties: { min: bound, max: bound } },
    ],
    description: `${description} A number: at least so much; or \`{ "min": …, "max": … }\`, both included.`,
  } as const;
};

const oneOf = <T extends string>(values: readonly T[], description: string) =>
  ({ type: 'array', items: { enum: values }, minItems: 1, uniqueItems: true, description }) as const;

/** The JSON schema of a rule, for the editor. What it says is checked by `wrongRules`. */
export const RULE_SCHEMA = {
  type: 'object',
  required: ['category'],
  additionalProperties: false,
  defaultSnippets: [{ label: 'Rule', body: { category: '${1:Folder}', when: { tags: ['${2:tag}'] } } }],
  properties: {
    category: {
      type: 'string',
      minLength: 1,
      maxLength: 500,
      description: `Folder below the sorted folder, levels separated by \`/\`. Placeholders: ${PLACEHOLDERS.map((p) => `{${p}}`).join(', ')}.`,
    },
    when: {
      type: 'object',
      additionalProperties: false,
      description: 'All conditions must hold; of a list one entry is enough. Without conditions the rule always holds.',
      properties: {
        tags: globs('the approved tags of all kinds'),
        characters: globs('the character tags'),
        copyrights: globs('the tags of works'),
        artists: globs('the artist tags'),
        style: oneOf(STYLES, 'What the picture looks like.'),
        rating: oneOf(CONTENT_RATINGS, 'Rating by a booru or a tagger.'),
        persons: range('Persons found in the picture.'),
        matched: { type: 'boolean', description: 'Whether a booru knows the picture.' },
        similarity: range('Similarity of the match, in per cent.', 100),
        size: {
          type: 'object',
          additionalProperties: false,
          description: 'Size of the file and the picture; what is not known does not hold.',
          properties: {
            bytes: range('Bytes of the file.'),
            width: range('Width in pixels.'),
            height: range('Height in pixels.'),
            pixels: range('Width times height.'),
          },
        },
        format: oneOf(IMAGE_FORMATS, 'What the file is, by its content.'),
      },
    },
    several: {
      enum: SEVERAL,
      default: 'first',
      description:
        'When a placeholder has several values: the first, all joined with commas, none, or let the next rule decide.',
    },
    none: {
      enum: NONE,
      default: 'leave-out',
      description: 'When a placeholder has no value: leave it out, or let the next rule decide.',
    },
  },
} as const;
