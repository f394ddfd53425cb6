/** What native libraries say goes on for many lines, with advice for developers; the first one tells. */
export const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
