import * as v from 'valibot';
import type { ImageId } from '../core/model/ids.ts';
import { TAG_CATEGORIES } from '../core/model/tag.ts';

/**
 * What host and review panel say to each other: commands up, state down. The host owns the state; the panel can be made anew
 * from `images` at any time. Both sides check what they get.
 */
const imageId = v.pipe(
  v.string(),
  v.regex(/^[0-9a-f]{16}$/),
  v.transform((text) => text as ImageId),
);

const suggestedTag = v.object({
  /** the booru's spelling */
  name: v.string(),
  /** 0 to 1, where a tagger suggests it */
  score: v.optional(v.number()),
});

const reviewImage = v.object({
  id: imageId,
  name: v.string(),
  /** relative to the folder that is open; empty for that folder itself */
  folder: v.string(),
  tags: v.object(v.entriesFromList(TAG_CATEGORIES, v.array(suggestedTag))),
  /** 0 to 1 */
  evidence: v.number(),
  rating: v.optional(v.string()),
  match: v.optional(
    v.object({
      provider: v.string(),
      /** 0 to 100; absent where nothing was compared */
      similarity: v.optional(v.number()),
      url: v.string(),
    }),
  ),
});

const toPanel = v.variant('kind', [
  /** all that wait; replaces what the panel has */
  v.object({ kind: v.literal('images'), images: v.array(reviewImage), select: v.optional(imageId) }),
  v.object({ kind: v.literal('added'), image: reviewImage }),
  v.object({ kind: v.literal('removed'), ids: v.array(imageId) }),
  v.object({ kind: v.literal('thumbnail'), id: imageId, uri: v.string() }),
  v.object({ kind: v.literal('no-thumbnail'), id: imageId }),
]);

const toHost = v.variant('kind', [
  v.object({ kind: v.literal('ready') }),
  v.object({ kind: v.literal('thumbnail-wanted'), id: imageId }),
  v.object({ kind: v.literal('decide'), decision: v.picklist(['approved', 'rejected']), ids: v.array(imageId) }),
  v.object({ kind: v.literal('open'), id: imageId }),
]);

/** One image that waits, as the panel shows it. */
export type ReviewImage = v.InferOutput<typeof reviewImage>;
export type SuggestedTag = v.InferOutput<typeof suggestedTag>;
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
