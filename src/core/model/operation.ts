/** One change to the user's files, as the manifest lists it. Paths are absolute. */
export interface FileOperation {
  /** ISO 8601 with zone */
  readonly at: string;
  readonly op: 'move' | 'copy' | 'write' | 'mkdir' | 'trash';
  /** absent for `write` and `mkdir` */
  readonly from?: string;
  readonly to: string;
}
