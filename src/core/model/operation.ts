import type { ContentHash } from './ids.ts';

/** One change to the user's files, as the manifest lists it. Paths are absolute. */
export interface FileOperation {
  /** ISO 8601 with zone */
  readonly at: string;
  readonly op: 'move' | 'copy' | 'write' | 'mkdir' | 'trash';
  /** absent for `write` and `mkdir` */
  readonly from?: string;
  readonly to: string;
  /** of the bytes at `to` afterwards; absent for `mkdir` */
  readonly sha256?: ContentHash;
  /** of a `write`: where the bytes are kept that it replaced; absent when there was no file before */
  readonly before?: KeptFile;
}

/** Bytes that are kept in the working folder, so that an undo can put them back. */
export interface KeptFile {
  /** absolute path */
  readonly kept: string;
  readonly sha256: ContentHash;
}
