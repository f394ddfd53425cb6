import { isAbsolute, normalize, parse } from 'node:path';
import * as v from 'valibot';
import type { ContentHash } from '../model/ids.ts';
import { MANIFEST_VERSION } from '../report/manifest.ts';

/** A file that is no manifest, or one that can't be undone. */
export class ManifestInvalid extends Error {
  override readonly name = 'ManifestInvalid';
  readonly reason: 'missing' | 'not-json' | 'wrong-shape' | 'newer-version' | 'unsafe-folder';
  constructor(reason: ManifestInvalid['reason'], message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.reason = reason;
  }
}

const Path = v.pipe(
  v.string(),
  v.maxLength(32_767),
  v.check((path) => isAbsolute(path) && !path.includes('\0'), 'must be an absolute path'),
  // one spelling for one file; a path that goes up is not to be believed, and refused later
  v.transform((path) => (path.split(/[/\\]/).includes('..') ? path : normalize(path))),
);
const Hash = v.pipe(
  v.string(),
  v.regex(/^[0-9a-f]{64}$/, 'must be a SHA-256'),
  v.transform((text) => text as ContentHash),
);
/** A root as a folder of the run would allow every path of the machine. */
const Folder = v.pipe(
  Path,
  v.check((path) => parse(path).root !== path, 'must be a folder below the root'),
);

const Operation = v.object({
  op: v.picklist(['move', 'copy', 'write', 'mkdir', 'trash']),
  from: v.exactOptional(Path),
  to: Path,
  /** of the bytes at `to` afterwards; missing in the first manifests */
  sha256: v.exactOptional(Hash),
  /** where the bytes are kept that a `write` replaced; missing when there was no file before */
  before: v.exactOptional(v.object({ kept: Path, sha256: Hash })),
});

const Image = v.object({
  source: Path,
  sha256: v.exactOptional(Hash),
  destination: v.exactOptional(Path),
  stages: v.exactOptional(
    v.object({ sync: v.exactOptional(v.object({ status: v.string(), destination: v.exactOptional(v.string()) })) }),
  ),
  operations: v.array(Operation),
});

const Manifest = v.object({
  version: v.literal(MANIFEST_VERSION),
  runId: v.string(),
  startedAt: v.string(),
  endedAt: v.string(),
  configuration: v.object({
    folders: v.object({
      inbox: Folder,
      sorted: Folder,
      working: Folder,
      /** further folders that images of the run came from: parked ones of an earlier run */
      inboxes: v.exactOptional(v.array(Folder)),
    }),
  }),
  images: v.array(Image),
});

/** What undo needs of a manifest. */
export type RunManifest = Readonly<v.InferOutput<typeof Manifest>>;
export type ManifestImage = Readonly<v.InferOutput<typeof Image>>;

/**
 * Reads a manifest, of which nothing is believed but its shape: whether its paths are what they may be is checked by
 * `planUndo`, whether files are still what they were by `examine`.
 * @throws ManifestInvalid
 */
export function readManifest(text: string): RunManifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ManifestInvalid('not-json', 'The file is no JSON.', { cause });
  }
  const version = typeof value === 'object' && value !== null && 'version' in value ? value.version : undefined;
  if (typeof version === 'number' && version > MANIFEST_VERSION) {
    throw new ManifestInvalid(
      'newer-version',
      `The manifest was written by a newer version of Image Inbox (its version is ${version}, this one reads ${MANIFEST_VERSION}).`,
    );
  }
  const parsed = v.safeParse(Manifest, value);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const place = v.getDotPath(issue) ?? 'the file';
  const reason = place.startsWith('configuration.folders') ? 'unsafe-folder' : 'wrong-shape';
  throw new ManifestInvalid(reason, `This is no manifest that can be undone: ${place}: ${issue.message}.`);
}
