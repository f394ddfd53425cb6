import * as v from 'valibot';
import type { Candidate } from '../../core/ports/reverseImageSearch.ts';
import { pageOfPost } from '../http/postAddress.ts';
import { PostNumber } from '../http/postFields.ts';
import { parseDanbooruPost } from './parseDanbooruPost.ts';

const Matches = v.array(
  v.object({
    post_id: PostNumber,
    // a float, which may end a little above 100
    score: v.pipe(
      v.number(),
      v.finite(),
      v.minValue(0),
      v.transform((score) => Math.min(100, score)),
    ),
    post: v.optional(v.unknown()),
  }),
);

/**
 * The answer of `/iqdb_queries.json`, best first; undefined when it has another shape. `score` is the likeness squared
 * (100 * (raw / 100)²; raw 90 is 81), the figure that the site itself shows: above 50 it calls it a possible match.
 */
export function parseIqdbQueries(value: unknown): readonly Candidate[] | undefined {
  const parsed = v.safeParse(Matches, value);
  if (!parsed.success) return undefined;
  return parsed.output
    .map(({ post_id: id, score, post: sent }): Candidate => {
      const ref = { site: 'danbooru', id: String(id) } as const;
      const post = parseDanbooruPost(sent);
      return {
        similarity: score,
        url: pageOfPost(ref) ?? '',
        posts: [ref],
        sources: [],
        ...(post?.ref.id === ref.id && { post }),
      };
    })
    .sort((a, b) => b.similarity - a.similarity);
}
