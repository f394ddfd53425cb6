export interface LockOwner {
  readonly pid: number;
  readonly command: string;
  /** ISO 8601 */
  readonly since: string;
}

export type LockFacts =
  | { readonly kind: 'free' }
  | ({ readonly kind: 'held' } & LockOwner)
  /** by another computer or container, whose processes can't be looked at; it was touched within a day */
  | ({ readonly kind: 'held-elsewhere'; readonly host: string; readonly path: string } & LockOwner)
  /** its owner is gone, or it does not say whose it is: the next run takes it over */
  | { readonly kind: 'left-behind' };

/** Looks at the lock of the working folder without taking it. */
export interface LockProbe {
  look(): Promise<LockFacts>;
}
