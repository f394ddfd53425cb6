import * as v from 'valibot';
import type { ImageId } from '../core/model/ids.ts';
import { TAG_CATEGORIES } from '../core/model/tag.ts';
import { REVIEW_ACT_IDS } from './reviewActs.ts';

/**
 * What host and review panel say to each other: commands up, state down. The host owns the state; a panel can be made anew
 * from `rows` at any time. Both sides check what they get.
 *
 *   panel                                          host
 *                                            <-    the first rows and their thumbnails, where they are known so early
 *   ready                                    ->
 *                                            <-    rows (the others, or the first few and then the others), history
 *   thumbnails-wanted, details-wanted        ->
 *                                            <-    thumbnail, large-picture, details
 *   decide, edit, undo, redo                 ->
 *                                            <-    changed, details-outdated, history: to every panel
 *                                            <-    act: a command of VS Code that this panel carries out on what it has selected
 */
const imageId = v.pipe(
  v.string(),
  v.regex(/^[0-9a-f]{16}$/),
  v.transform((text) => text as ImageId),
);
const imageIds = v.array(imageId);
const tagCategory = v.picklist(TAG_CATEGORIES);

/** `waiting` and `skipped` (put off by the person) are to be decided; the others are. */
export const REVIEW_STATUSES = ['waiting', 'skipped', 'approved', 'edited', 'rejected'] as const;

/** What the grid shows of an image, and what is filtered and sorted by: small, since there may be many thousands. */
const row = v.object({
  id: imageId,
  name: v.string(),
  /** relative to the folder that is open; empty for that folder itself */
  folder: v.string(),
  status: v.picklist(REVIEW_STATUSES),
  /** 0 to 1: what a threshold is compared with */
  evidence: v.number(),
  /** of the match, 0 to 100; absent where there is none, it brings no tags, or nothing was compared */
  similarity: v.optional(v.number()),
  /** the tagger's best score, 0 to 1 */
  confidence: v.optional(v.number()),
  /** where it goes as things stand */
  category: v.string(),
  /** its tags or its category were changed by the person */
  edited: v.optional(v.literal(true)),
});

const shownTag = v.object({
  /** the booru's spelling */
  name: v.string(),
  category: tagCategory,
  /** 0 to 1, where a tagger suggests it */
  score: v.optional(v.number()),
  /** who says so: the site of the match, `tagger`, `you` */
  from: v.array(v.string()),
  /** suggested, and taken away by the person */
  removed: v.optional(v.literal(true)),
});

/** What the large view shows besides. */
const details = v.object({
  id: imageId,
  tags: v.array(shownTag),
  rating: v.optional(v.string()),
  match: v.optional(
    v.object({
      provider: v.string(),
      /** 0 to 100; absent where nothing was compared */
      similarity: v.optional(v.number()),
      url: v.string(),
      title: v.optional(v.string()),
      artist: v.optional(v.string()),
    }),
  ),
  /** the category that it would have without the person's choice, and why */
  suggested: v.object({ category: v.string(), because: v.string() }),
  /** the picture that was looked up for this near copy of it, when that one is in the review too */
  twin: v.optional(v.object({ id: imageId, name: v.string() })),
});

const tagName = v.pipe(v.string(), v.minLength(1), v.maxLength(500));
const edit = v.variant('kind', [
  /** without a category, here and below: the one in which the image has it, else in which it was seen before, else general */
  v.object({ kind: v.literal('add'), name: tagName, category: v.optional(tagCategory) }),
  v.object({ kind: v.literal('remove'), name: tagName }),
  v.object({ kind: v.literal('replace'), name: tagName, by: tagName, category: v.optional(tagCategory) }),
  /** empty: as the rules and what was learned say */
  v.object({ kind: v.literal('category'), category: v.pipe(v.string(), v.maxLength(1000)) }),
]);

const suggestion = v.object({
  text: v.string(),
  /** of a tag */
  category: v.optional(tagCategory),
  /** how many images have it */
  count: v.number(),
});

const toPanel = v.variant('kind', [
  /** a part of all images; `first` says that those before it are void, `last` that it is the end; `select` may be in another part */
  v.object({
    kind: v.literal('rows'),
    rows: v.array(row),
    total: v.number(),
    first: v.boolean(),
    last: v.boolean(),
    select: v.optional(imageId),
  }),
  /** new or other rows */
  v.object({ kind: v.literal('changed'), rows: v.array(row) }),
  v.object({ kind: v.literal('removed'), ids: imageIds }),
  v.object({ kind: v.literal('details'), details: v.array(details) }),
  /** those that were sent may say no longer why a category is suggested: something was learned since */
  v.object({ kind: v.literal('details-outdated') }),
  /** without `uri` there is none */
  v.object({ kind: v.literal('thumbnail'), id: imageId, uri: v.optional(v.string()) }),
  /** for the large view, a WebP file: the page may load nothing by itself but what an `<img>` can show; without `file` there is none */
  v.object({ kind: v.literal('large-picture'), id: imageId, file: v.optional(v.instance(Uint8Array<ArrayBuffer>)) }),
  /** what the next undo and redo would do, in words */
  v.object({ kind: v.literal('history'), undo: v.optional(v.string()), redo: v.optional(v.string()) }),
  v.object({ kind: v.literal('completions'), request: v.number(), items: v.array(suggestion) }),
  v.object({ kind: v.literal('found'), text: v.string(), ids: imageIds }),
  v.object({ kind: v.literal('act'), act: v.picklist(REVIEW_ACT_IDS) }),
  v.object({ kind: v.literal('select'), id: imageId }),
]);

const toHost = v.variant('kind', [
  v.object({ kind: v.literal('ready') }),
  /** in the order in which they matter; replaces what was wanted before */
  v.object({ kind: v.literal('thumbnails-wanted'), ids: imageIds, large: imageIds }),
  v.object({ kind: v.literal('details-wanted'), ids: imageIds }),
  v.object({ kind: v.literal('decide'), decision: v.picklist(['approved', 'rejected', 'skipped']), ids: imageIds }),
  v.object({ kind: v.literal('edit'), ids: imageIds, edit }),
  v.object({ kind: v.literal('undo') }),
  v.object({ kind: v.literal('redo') }),
  v.object({
    kind: v.literal('complete'),
    request: v.number(),
    what: v.picklist(['tag', 'category']),
    text: v.string(),
  }),
  /** which images have this in their name, folder or tags */
  v.object({ kind: v.literal('find'), text: v.string() }),
  v.object({ kind: v.literal('open'), id: imageId }),
  v.object({ kind: v.literal('open-match'), id: imageId }),
  /** whether keys are the panel's: it has the focus. What is typed into its fields does not get out to VS Code */
  v.object({ kind: v.literal('keys'), taken: v.boolean() }),
  v.object({ kind: v.literal('change-keys') }),
]);

export type ReviewStatus = (typeof REVIEW_STATUSES)[number];
export type ReviewRow = v.InferOutput<typeof row>;
export type ReviewDetails = v.InferOutput<typeof details>;
export type ShownTag = v.InferOutput<typeof shownTag>;
export type ReviewEdit = v.InferOutput<typeof edit>;
export type Completion = v.InferOutput<typeof suggestion>;
export type ToPanel = v.InferOutput<typeof toPanel>;
export type ToHost = v.InferOutput<typeof toHost>;

/** The message, or undefined for what is none. */
export function readToPanel(message: unknown): ToPanel | undefined {
  const result = v.safeParse(toPanel, message);
  return result.success ? result.output : undefined;
}

/** The message, or undefined for what is none. */
export function readToHost(message: unknown): ToHost | undefined {
  const result = v.safeParse(toHost, message);
  return result.success ? result.output : undefined;
}
