import { categoryFolder } from './categoryFolder.ts';

/** One image of a preview: where it is, and where the rules and what was learned would put it. */
export interface PreviewImage {
  /** absolute path */
  readonly path: string;
  /** its category by the folder in which it is; absent in the inbox */
  readonly now?: string;
  readonly next: { readonly final: string; readonly because: string; readonly learned: boolean };
  /** it is on the NAS already */
  readonly synced: boolean;
}

export interface PreviewGroup {
  /** folder below the sorted folder */
  readonly folder: string;
  /** not there yet, in the order given */
  readonly coming: readonly PreviewImage[];
  readonly staying: number;
}

/** What would go where. Nothing is touched. */
export interface Preview {
  /** by the name of the folder */
  readonly groups: readonly PreviewGroup[];
  readonly moving: number;
  readonly staying: number;
  /** images that would move and are on the NAS: a photo library there takes a moved file for a new one */
  readonly syncedMoving: number;
}

export function previewOf(images: Iterable<PreviewImage>): Preview {
  const groups = new Map<string, { coming: PreviewImage[]; staying: number }>();
  let [moving, staying, syncedMoving] = [0, 0, 0];
  for (const image of images) {
    const folder = categoryFolder(image.next.final);
    const group = groups.get(folder) ?? { coming: [], staying: 0 };
    groups.set(folder, group);
    if (image.now === folder) {
      group.staying++;
      staying++;
    } else {
      group.coming.push(image);
      moving++;
      if (image.synced) syncedMoving++;
    }
  }
  return {
    groups: [...groups].map(([folder, group]) => ({ folder, ...group })).sort((a, b) => (a.folder < b.folder ? -1 : 1)),
    moving,
    staying,
    syncedMoving,
  };
}
