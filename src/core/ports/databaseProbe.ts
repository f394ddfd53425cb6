export type DatabaseFacts =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'sound';
      readonly bytes: number;
      /** how many answers of services it remembers */
      readonly answers: number;
      /** how many sorted files it knows */
      readonly sortedFiles: number;
    }
  | { readonly kind: 'broken'; readonly why: string }
  /** this program can't use it, and must not replace it */
  | { readonly kind: 'unusable'; readonly why: string };

/** Looks through the database without changing it. */
export interface DatabaseProbe {
  look(): Promise<DatabaseFacts>;
}
