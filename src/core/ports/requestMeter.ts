/** Counts what goes out to the services. */
export interface RequestMeter {
  /** What was counted since the last call; nothing when there was nothing. Keys are provider ids, or `<site>-posts` for posts fetched by their number. */
  take(): { readonly requests?: Readonly<Record<string, number>>; readonly retries?: number };
}
