import type { SearchResult } from '../model/stageResults.ts';

/** What came of an image's search, for people: `found by saucenao, 93.4 % alike`, `no match (danbooru-md5: no match; …)`. */
export function verdictText({ verdict, match, copyOf, reason }: SearchResult): string {
  const why = reason === undefined || reason === '' ? '' : ` (${reason})`;
  switch (verdict) {
    case 'found': {
      if (!match) return 'found';
      const { provider, similarity } = match;
      const alike = similarity === undefined ? '' : `, ${Number(similarity.toFixed(1))} % alike`;
      return `found by ${provider}${alike}${copyOf === undefined ? '' : `, for the near copy ${copyOf}`}`;
    }
    case 'no-match':
      return `no match${why}`;
    case 'filtered':
      return `known, but nothing of it is left${why}`;
    case 'quota':
      return `waits for quota${why}`;
    case 'error':
      return `a service failed${why}`;
  }
}
