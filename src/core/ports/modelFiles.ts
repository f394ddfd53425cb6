export interface ModelFile {
  /** absolute */
  readonly path: string;
  /** `changed`: its bytes are not those of its checksum */
  readonly state: 'sound' | 'missing' | 'changed';
}

/** The files of the bundled models. */
export interface ModelFiles {
  /** Compares each with its checksum; undefined when there is no list of checksums. */
  check(signal: AbortSignal): Promise<readonly ModelFile[] | undefined>;
}
