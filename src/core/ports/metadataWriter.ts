import type { SidecarContent } from '../sidecar/content.ts';

/** Writes XMP sidecars; never the image itself. */
export interface MetadataWriter {
  /**
   * Merges `content` into the sidecar (made when missing): fields and tags that others wrote stay, ours are there once.
   * Written aside in the same folder, read back, renamed over. The same content again changes no byte (`written: false`).
   * @throws ImageError `sidecar-malformed` (the file is left as found), `exiftool`, `not-writable`, `verify-failed`
   */
  write(sidecarPath: string, content: SidecarContent, signal: AbortSignal): Promise<{ readonly written: boolean }>;
  close(): Promise<void>;
}
