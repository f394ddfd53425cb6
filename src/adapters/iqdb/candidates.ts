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
  return {
    similarity: Math.max(...rows.map(({ similarity }) => similarity)),
    url,
    posts,
    sources: pages.filter((page) => page !== url),
  };
}
