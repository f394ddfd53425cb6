/** Between Looks and lookWorker: one answer a question, in their order. */
export interface LookQuestion {
  readonly folder: string;
  /** relative to the folder, with a NUL between two: one string goes to a thread far quicker than a list of them */
  readonly names: string;
}

export const joinedNames = (names: readonly string[]): string => names.join('\0');
export const splitNames = (names: string): readonly string[] => names.split('\0');

export type LookAnswer =
  | {
      readonly kind: 'facts';
      /** LOOK_FIELDS numbers a name: index in LOOK_KINDS, bytes, milliseconds */
      readonly facts: Float64Array<ArrayBuffer>;
      /** names that can't be looked at: index, and the system's name of the error */
      readonly unseen: readonly (readonly [number, string])[];
    }
  /** about all of them */
  | { readonly kind: 'error'; readonly code: string; readonly message: string };

export const LOOK_KINDS = ['none', 'file', 'link', 'other'] as const;
export const LOOK_FIELDS = 3;
