import type { FolderFacts } from '../../core/ports/folderProbe.ts';

/** What the process of folderProbeProcess.ts is asked, once in its life. */
export type FolderQuestion =
  | { readonly kind: 'look'; readonly path: string }
  | { readonly kind: 'size'; readonly path: string; readonly exclude: readonly string[] };

export type FolderAnswer =
  { readonly kind: 'facts'; readonly facts: FolderFacts } | { readonly kind: 'bytes'; readonly bytes: number };
