import { CONTENT_RATINGS } from '../../core/model/rating.ts';
import { NO_TAGS } from '../../core/model/tag.ts';
import type { Candidate } from '../../core/ports/reverseImageSearch.ts';
import { orderedPosts, pageOfPost } from '../http/postAddress.ts';
import type { IqdbRow } from './parseIqdb.ts';

/** The rows as candidates, best first; rows of one file (the same MD5) on several sites are one candidate. */
export function candidatesOf(rows: readonly IqdbRow[]): readonly Candidate[] {
  const pictures = Map.groupBy(rows, (row) => row.md5 ?? row.url);
  return [...pictures.values()].map(candidateOf).sort((a, b) => b.similarity - a.similarity);
}

function candidateOf(rows: readonly IqdbRow[]): Candidate {
  const posts = orderedPosts(rows.flatMap(({ post }) => post ?? []));
  const pages = [...new Set(rows.map(({ url }) => url))];
  const [first] = posts;
  const url = (first && pageOfPost(first)) ?? pages[0] ?? '';
  const md5 = rows[0]?.md5;
  // of one site, the one with the best kept tags: together they would name one thing in several ways (`glasses`, `megane`)
  const [general] = posts.flatMap(({ site }) => {
    const row = rows.find(({ post, tags }) => post?.site === site && tags);
    return row?.tags ? [row.tags] : [];
  });
  // of several the strictest: an explicit picture is not sorted among the others
  const rating = CONTENT_RATINGS.findLast((one) => rows.some((row) => row.rating === one));
  return {
    similarity: Math.max(...rows.map(({ similarity }) => similarity)),
    url,
    posts,
    sources: pages.filter((page) => page !== url),
    ...(md5 !== undefined && { md5 }),
    ...(rating && { rating }),
    ...(general && { tags: { ...NO_TAGS, general } }),
  };
}
