import { basename, dirname } from 'node:path';
import { isInside } from '../settings/folders.ts';
import type { ManifestImage, RunManifest } from './runManifest.ts';
import { trackFiles, type TrackedFile } from './trackFiles.ts';
import { isSidecar } from '../model/image.ts';

/** One image with its sidecar, which go back together or not at all. */
export interface UndoUnit {
  /** names it among the units of a run */
  readonly key: string;
  /** absolute path from which the run took the image */
  readonly source: string;
  readonly files: readonly TrackedFile[];
}

/** What is to be put back of a run. Whether it still can be is found out by `examine`, right before. */
export interface UndoPlan {
  readonly runId: string;
  readonly startedAt: string;
  /** in the order in which they are undone: what the run did last comes first */
  readonly units: readonly UndoUnit[];
  /** folders that the run made, the innermost first; removed when they are empty in the end */
  readonly folders: readonly string[];
  /** entries that may not be undone, with why */
  readonly refused: readonly { readonly source: string; readonly why: string }[];
  /** copies on the NAS, which stay there */
  readonly onNas: readonly string[];
}

/**
 * The plan of an undo, from the manifest alone.
 * @param selection absolute paths of images (where they were or where they went) or of folders that hold them; absent: all
 */
export function planUndo(manifest: RunManifest, selection?: readonly string[]): UndoPlan {
  const { folders: named } = manifest.configuration;
  const inboxes = [named.inbox, ...(named.inboxes ?? [])];
  const units: UndoUnit[] = [];
  const refused: { source: string; why: string }[] = [];
  const folders = new Set<string>();
  const onNas: string[] = [];
  for (const image of lastWords(manifest.images)) {
    if (selection && !isSelected(image, selection)) continue;
    const files = trackFiles(image);
    const why = whyRefused(files, { ...named, inboxes });
    if (why !== undefined) {
      refused.push({ source: image.source, why });
      continue;
    }
    for (const { op, to } of image.operations) {
      // folders above the sorted folder, made on the way to it, are the user's now
      if (op === 'mkdir' && isBelow(to, named.sorted)) folders.add(to);
    }
    const synced = image.stages?.sync;
    if (synced?.status === 'done' && synced.destination !== undefined) onNas.push(synced.destination);
    if (files.length > 0) units.push({ key: keyOf(image), source: image.source, files });
  }
  const { runId, startedAt } = manifest;
  const innermostFirst = [...folders].sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
  return { runId, startedAt, units: units.reverse(), folders: innermostFirst, refused, onNas };
}

/** An image that was taken up again in the same run is listed again, with all that was done to it. */
function lastWords(images: readonly ManifestImage[]): readonly ManifestImage[] {
  return [...new Map(images.map((image) => [keyOf(image), image])).values()];
}

/** By its bytes, too: after one image another can have come from the same path. */
export const keyOf = ({ source, sha256 }: Pick<ManifestImage, 'source' | 'sha256'>): string =>
  `${sha256 ?? ''} ${source}`;

const isSelected = ({ source, destination }: ManifestImage, selection: readonly string[]): boolean =>
  selection.some((path) => isInside(source, path) || (destination !== undefined && isInside(destination, path)));

interface Places {
  readonly inboxes: readonly string[];
  readonly sorted: string;
  readonly working: string;
}

/**
 * Somebody else can have written the manifest. Nothing is touched but the image that it names and files ending in `.xmp`, and
 * these only in the folders of the run: the inbox, the sorted folder, and for removed duplicates the working folder.
 */
function whyRefused(files: readonly TrackedFile[], { inboxes, sorted, working }: Places): string | undefined {
  const within = (path: string, folders: readonly string[]): boolean =>
    basename(path) !== '..' && folders.some((folder) => isBelow(dirname(path), folder));
  for (const { at, origin, copyOf, before, isImage, sha256 } of files) {
    if (!within(at, [...inboxes, sorted, working])) return `${at} is not in a folder of the run`;
    for (const path of [origin, copyOf]) {
      if (path !== undefined && !within(path, [...inboxes, sorted])) return `${path} is not in a folder of the run`;
    }
    if (before && !within(before.kept, [working])) return `${before.kept} is not in the working folder`;
    if (copyOf === at) return `${at} is called a copy of itself`;
    const others = [at, origin].filter((path) => path !== undefined && !isSidecar(path));
    if (!isImage && others.length > 0) return `${others[0] ?? at} is neither the image nor a sidecar`;
    if (isImage && copyOf !== undefined && !within(at, [sorted])) return `${at} is a copy outside the sorted folder`;
    if (isImage && sha256 === undefined) return 'the manifest does not tell the bytes of the image';
  }
  return undefined;
}

/** Without believing a `..` to be harmless: where a link is on the way, it leads elsewhere than the text says. */
const isBelow = (path: string, folder: string): boolean =>
  !path.split(/[/\\]/).includes('..') && isInside(path, folder);
