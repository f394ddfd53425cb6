import { cleanText } from './cleanText.ts';
import type { SidecarTag, TagPlace } from './content.ts';
import { IN_SIDECAR } from './origin.ts';
import { toLeaf, toLevel } from './tagPath.ts';

/** A tag of a sidecar that we wrote, and where it is from. */
export interface TagSource {
  /** its levels joined with `/` */
  readonly key: string;
  /** in the words of origin.ts */
  readonly origin: string;
  /** in the booru's spelling, made a level (`|_|` is `｜_｜`); empty where it is from no booru */
  readonly name: string;
}

const BETWEEN_PARTS = ' | ';
const BETWEEN_TAGS = ' || ';

/**
 * `general/blue eyes | danbooru:1 via saucenao 93.4 % | blue_eyes || Places/Home | user`: one text and not a list, since each
 * argument costs ExifTool as much as a tag. No level holds a `|`, so nothing is ambiguous.
 */
export function formatTagSources(sources: readonly TagSource[]): string | undefined {
  if (sources.length === 0) return undefined;
  return sources
    .map(({ key, origin, name }) => [key, origin, name].filter(Boolean).join(BETWEEN_PARTS))
    .join(BETWEEN_TAGS);
}

/** The way back; a text that somebody else has made of it gives as much as can be understood. */
export function parseTagSources(text: string | undefined): readonly TagSource[] {
  return (text ?? '').split(BETWEEN_TAGS).flatMap((entry) => {
    const [key = '', origin = IN_SIDECAR, name = ''] = entry.split(BETWEEN_PARTS).map(cleanText);
    return key ? [{ key, origin, name }] : [];
  });
}

export const sourceOf = ({ path, origin, name }: SidecarTag): TagSource => ({
  key: keyOf(path),
  origin,
  name: toLevel(name),
});

/** The tag that a source speaks of. */
export function placeOf({ key }: TagSource): TagPlace {
  const path = key.split('/');
  return { path, leaf: toLeaf(path) };
}

/** Tells tags apart. */
export const keyOf = (path: readonly string[]): string => path.join('/');
