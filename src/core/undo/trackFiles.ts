import type { ContentHash } from '../model/ids.ts';
import type { ManifestImage } from './runManifest.ts';

/** What a run has done, in the end, to one file. Paths are absolute. */
export interface TrackedFile {
  /** where the run left it */
  readonly at: string;
  /** where it was before; absent when the run made it */
  readonly origin?: string;
  /** its bytes as the run left them; absent where the manifest does not tell */
  readonly sha256?: ContentHash;
  /** its bytes as the run found them, when it changed them, and where they are kept */
  readonly before?: { readonly kept: string; readonly sha256: ContentHash };
  /** what it is a copy of, when it is one; of a copy's copy the first, which no undo removes */
  readonly copyOf?: string;
  /** the bytes of that copy, which the run has written over since */
  readonly copied?: ContentHash;
  /** the image, not a sidecar */
  readonly isImage: boolean;
}

/**
 * Follows each file of an image through the operations on it. A file written and then moved is one file with an origin; one
 * written where nothing was is one without.
 */
export function trackFiles({ source, sha256, operations }: ManifestImage): readonly TrackedFile[] {
  const files = new Map<string, TrackedFile>();
  for (const operation of operations) {
    const { op, from, to } = operation;
    const hash = operation.sha256;
    switch (op) {
      case 'mkdir':
        break;
      case 'write': {
        const known = files.get(to);
        // without a hash it is not told whether the file was there: then it counts as one that was
        const found = known ?? {
          at: to,
          isImage: false,
          ...((hash === undefined || operation.before) && { origin: to }),
        };
        const { sha256: _, ...rest } = found;
        const copied = found.copyOf === undefined ? undefined : (found.copied ?? found.sha256);
        const before = found.before ?? (known ? undefined : operation.before);
        files.set(to, {
          ...rest,
          ...(hash !== undefined && { sha256: hash }),
          ...(before && { before }),
          ...(copied && { copied }),
        });
        break;
      }
      case 'move':
      case 'trash':
      case 'copy': {
        if (from === undefined) break;
        const known = files.get(from) ?? {
          at: from,
          origin: from,
          isImage: from === source,
          ...(from === source && sha256 !== undefined && { sha256 }),
        };
        const bytes = hash ?? known.sha256;
        if (op === 'copy') {
          files.set(to, {
            at: to,
            copyOf: known.copyOf ?? from,
            isImage: known.isImage,
            ...(bytes !== undefined && { sha256: bytes }),
          });
        } else {
          files.delete(from);
          files.set(to, { ...known, at: to, ...(bytes !== undefined && { sha256: bytes }) });
        }
        break;
      }
    }
  }
  // moved away and back within the run: nothing has become of it
  return [...files.values()].filter(
    ({ at, origin, sha256: now, before }) => at !== origin || now === undefined || before,
  );
}
