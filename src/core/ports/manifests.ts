/** The manifests that runs have left in the sorted folder. */
export interface Manifests {
  /** absolute path of the newest; undefined when there is none */
  latest(): Promise<string | undefined>;
  /** absolute paths, the newest first */
  all(): Promise<readonly string[]>;
  /** The text of one, wherever it is; undefined when nothing is there. @throws ImageError `unreadable`, `not-a-file` */
  read(path: string): Promise<string | undefined>;
}
