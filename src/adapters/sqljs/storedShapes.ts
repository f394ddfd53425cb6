import * as v from 'valibot';
import { POST_SITES, type Post } from '../../core/model/match.ts';
import { CONTENT_RATINGS } from '../../core/model/rating.ts';
import type { SearchAnswer } from '../../core/ports/reverseImageSearch.ts';

const Names = v.array(v.string());
const Tags = v.object({ general: Names, character: Names, copyright: Names, artist: Names, meta: Names });
const Ref = v.object({ site: v.picklist(POST_SITES), id: v.string() });

const StoredPost = v.object({
  ref: Ref,
  url: v.string(),
  tags: Tags,
  rating: v.exactOptional(v.picklist(CONTENT_RATINGS)),
  sources: Names,
  md5: v.exactOptional(v.string()),
  createdAt: v.exactOptional(v.string()),
  width: v.exactOptional(v.number()),
  height: v.exactOptional(v.number()),
});

const Candidate = v.object({
  similarity: v.number(),
  url: v.string(),
  posts: v.array(Ref),
  post: v.exactOptional(StoredPost),
  sources: Names,
  artist: v.exactOptional(v.string()),
  title: v.exactOptional(v.string()),
  md5: v.exactOptional(v.string()),
  tags: v.exactOptional(Tags),
  rating: v.exactOptional(v.picklist(CONTENT_RATINGS)),
});

/** Only these two are facts about a picture. */
const StoredAnswer = v.variant('kind', [
  v.object({ kind: v.literal('found'), candidates: v.array(Candidate) }),
  v.object({ kind: v.literal('no-match'), best: v.exactOptional(v.number()), threshold: v.number() }),
]);

/** undefined for what is no answer (another version's, or damaged): then the service is asked again */
export const readAnswer = (json: string): SearchAnswer | undefined => read(StoredAnswer, json);

export const readPost = (json: string): Post | undefined => read(StoredPost, json);

function read<S extends v.GenericSchema>(schema: S, json: string): v.InferOutput<S> | undefined {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return undefined;
  }
  const parsed = v.safeParse(schema, value);
  return parsed.success ? parsed.output : undefined;
}
