import type { SidecarContent } from '../sidecar/content.ts';

/** What became of a sidecar. */
export interface WrittenSidecar {
  /** false: it said the same already, no byte was changed */
  readonly written: boolean;
  /** fields that both we and somebody else have changed since we wrote them: theirs stays. A sentence each */
  readonly conflicts: readonly string[];
  /** about a sidecar of the other naming style (`a.xmp`), which is never changed. A sentence each */
  readonly notes: readonly string[];
}

/** Writes XMP sidecars; never the image itself. */
export interface MetadataWriter {
  /**
   * Merges `content` into the sidecar `a.jpg.xmp` (made when missing), with respect for what the image `a.jpg` itself and an
   * `a.xmp` beside it say: fields and tags that others wrote stay, ours are there once, what others have removed since we
   * wrote it stays away. Written aside in the same folder, read back, renamed over. The same content again changes no byte
   * (`written: false`).
   * @param original the image of which `a.jpg` is a copy, where that can have no sidecar itself: an `a.xmp` counts that lies there
   * @throws ImageError `sidecar-malformed` (the file is left as found), `exiftool`, `not-writable`, `verify-failed`
   */
  write(sidecarPath: string, content: SidecarContent, signal: AbortSignal, original?: string): Promise<WrittenSidecar>;
  /** Its version. @throws ImageError `exiftool` when it can't be started, with what to install */
  probe(): Promise<string>;
  close(): Promise<void>;
}
