/** What a service says of the key or login that it was shown. */
export type KeyVerdict =
  | { readonly kind: 'accepted'; readonly detail: string }
  /** none is set: what that means for the search */
  | { readonly kind: 'missing'; readonly detail: string }
  /** the service refuses it: the causes that are possible, and what to do */
  | { readonly kind: 'refused'; readonly detail: string }
  /** it could not be asked, which says nothing of the key */
  | { readonly kind: 'unknown'; readonly detail: string };

/** Checks the key of one service without spending a search. */
export interface KeyCheck {
  /** name of the service, for people */
  readonly service: string;
  /** Rejects only when `signal` is aborted. */
  checkKey(signal: AbortSignal): Promise<KeyVerdict>;
}
