import { parseFieldHashes, type FieldHashes } from './fieldHashes.ts';
import type { SidecarFields } from './fields.ts';
import { parseTagSources, type TagSource } from './tagSources.ts';

/**
 * What we wrote last, as the sidecar itself tells it: the base of the three-way merge. It travels with the file, and outlives
 * the database.
 */
export interface SidecarRecord {
  /** every tag that stood there then, by key: ours and those of others */
  readonly tags: ReadonlyMap<string, TagSource>;
  /** tags that somebody removed, by key: they stay away */
  readonly removed: ReadonlyMap<string, TagSource>;
  readonly hashes: FieldHashes;
}

/** Undefined when we have not written the sidecar, or another program has dropped our fields. */
export function recordOf(fields: SidecarFields): SidecarRecord | undefined {
  if (fields.fieldHashes === undefined) return undefined;
  return {
    tags: byKey(parseTagSources(fields.tagSources)),
    removed: byKey(parseTagSources(fields.removedTags)),
    hashes: parseFieldHashes(fields.fieldHashes),
  };
}

const byKey = (sources: readonly TagSource[]): ReadonlyMap<string, TagSource> =>
  new Map(sources.map((source) => [source.key, source]));
