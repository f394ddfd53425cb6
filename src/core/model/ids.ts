/** Text that must not be mixed up with other text. `__brand` exists for the compiler alone. */
type Branded<T, B extends string> = T & { readonly __brand: B };

/** Names one file as it was found: 16 hex digits over path, size and modification time. A file that changes is another image. */
export type ImageId = Branded<string, 'ImageId'>;

/** SHA-256 of a file's bytes, 64 lower-case hex digits. */
export type ContentHash = Branded<string, 'ContentHash'>;

/** `YYYYMMDD_HHMMSS` of the start in local time, and four random hex digits. */
export type RunId = Branded<string, 'RunId'>;
