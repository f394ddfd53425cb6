export type PartAnswer =
  { readonly kind: 'works'; readonly version: string } | { readonly kind: 'broken'; readonly why: string };

/** Tries whether a part of the program works on this machine: a native module, a program that is started. */
export interface PartProbe {
  readonly name: string;
  /** Rejects only when `signal` is aborted. */
  probe(signal: AbortSignal): Promise<PartAnswer>;
}
