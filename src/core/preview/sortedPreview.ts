import type { CategoryChooser } from '../learning/categoryChooser.ts';
import { categoryAt } from '../learning/movements.ts';
import { ImageError } from '../model/failure.ts';
import type { ContentHash } from '../model/ids.ts';
import type { FileFacts, Files } from '../ports/files.ts';
import type { Manifests } from '../ports/manifests.ts';
import type { Store } from '../ports/store.ts';
import { categoryFolder } from '../rules/categoryFolder.ts';
import { manifestStates, type ManifestState } from './manifestStates.ts';

/** A sorted image that would be put elsewhere today. */
export interface ElsewhereImage {
  /** absolute */
  readonly path: string;
  /** its category, by the folder in which it is */
  readonly now: string;
  readonly category: string;
  readonly because: string;
  /** it is on the NAS: a photo library there would take the moved file for a new one */
  readonly synced: boolean;
}

export interface SortedPreview {
  /** false: it was stopped */
  readonly complete: boolean;
  readonly elsewhere: readonly ElsewhereImage[];
  /** where they would be put today, too, or where a person has put them */
  readonly staying: number;
  /** of which no manifest tells what was known of them, or that can't be looked at */
  readonly unknown: number;
}

export interface SortedPreviewParts {
  readonly manifests: Manifests;
  readonly store: Store;
  readonly files: Pick<Files, 'stat'>;
  readonly chooser: CategoryChooser;
  /** absolute paths of files that are on the NAS */
  readonly synced: ReadonlySet<string>;
  /** absolute path of the sorted folder */
  readonly sorted: string;
}

/**
 * Where the rules and what was learned would put the sorted images today, by what the manifests say of them. Where a person
 * has put an image it stays: that is what is learned from. Nothing is touched.
 * @throws ImageError when a manifest can't be read
 */
export async function previewSorted(parts: SortedPreviewParts, signal: AbortSignal): Promise<SortedPreview> {
  const { manifests, store } = parts;
  const left = new Map<ContentHash, string[]>();
  for (const { sha256, path } of store.allSorted()) left.set(sha256, [...(left.get(sha256) ?? []), path]);
  const elsewhere: ElsewhereImage[] = [];
  let [staying, unknown] = [0, 0];
  const toldOf = async (told: ManifestState): Promise<void> => {
    const paths = left.get(told.sha256);
    left.delete(told.sha256);
    for (const path of paths ?? []) {
      const image = await today(told, path, parts);
      if (image === 'stays') staying++;
      else if (image === 'unreadable') unknown++;
      else if (image !== 'gone') elsewhere.push(image);
    }
  };
  const isStopped = (): boolean => signal.aborted;
  // the newest first: it knows best
  for (const manifest of await manifests.all()) {
    if (left.size === 0 || isStopped()) break;
    for (const told of manifestStates((await manifests.read(manifest)) ?? '')) {
      if (isStopped()) break;
      await toldOf(told);
    }
  }
  for (const path of [...left.values()].flat()) {
    if (!isStopped() && (await factsOf(path, parts.files))) unknown++;
  }
  elsewhere.sort((a, b) => (a.path < b.path ? -1 : 1));
  return { complete: !isStopped(), elsewhere, staying, unknown };
}

async function today(
  { sha256, state }: ManifestState,
  path: string,
  { store, files, chooser, synced, sorted }: SortedPreviewParts,
): Promise<ElsewhereImage | 'stays' | 'gone' | 'unreadable'> {
  const facts = await factsOf(path, files);
  const now = categoryAt(path, sorted);
  if (!facts || now === undefined) return 'gone';
  if (facts === 'unreadable') return facts;
  if (store.preferences.correction(sha256)?.to === now) return 'stays';
  const image = { ...state.image, path, size: facts.size };
  const { final, because } = await chooser.choose({ ...state, image });
  const category = categoryFolder(final);
  return category === now ? 'stays' : { path, now, category, because, synced: synced.has(path) };
}

/** A category that is locked hides what is in it, and not the others. */
async function factsOf(
  path: string,
  files: SortedPreviewParts['files'],
): Promise<FileFacts | 'unreadable' | undefined> {
  try {
    return await files.stat(path);
  } catch (error) {
    if (error instanceof ImageError) return 'unreadable';
    throw error;
  }
}
