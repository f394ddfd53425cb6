/** Between Looks and lookWorker: one answer a question, in their order. */
export interface LookQuestion {
  readonly folder: string;
  /** relative to the folder */
  readonly names: readonly string[];
}

export type LookAnswer =
  /** LOOK_FIELDS numbers a name: index in LOOK_KINDS, bytes, milliseconds */
  | { readonly kind: 'facts'; readonly facts: Float64Array<ArrayBuffer> }
  | { readonly kind: 'error'; readonly name: string; readonly code: string; readonly message: string };

export const LOOK_KINDS = ['none', 'file', 'link', 'other'] as const;
export const LOOK_FIELDS = 3;
