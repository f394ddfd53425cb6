/** Time, so that tests need not wait a day for tomorrow's quota. */
export interface Clock {
  /** milliseconds since 1970 */
  now(): number;
  /** Resolves after `ms`; rejects with the signal's reason when it is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
