/** What a test run reports, one JSON object a line. `title` is the path of suites down to the test. */
export type TestEvent =
  | { readonly kind: 'passed'; readonly title: readonly string[]; readonly ms: number }
  | { readonly kind: 'failed'; readonly title: readonly string[]; readonly error: string }
  | { readonly kind: 'skipped'; readonly title: readonly string[] }
  /** The last line of every run that was not cut short. */
  | { readonly kind: 'ended' };

/** Names the file that `EventReporter` appends to: the one channel that mocha, an extension host and a desktop VS Code share. */
export const eventsVariable = 'TEST_EVENTS_FILE';
