/** Items of one category folder, in the order given. */
export interface FolderGroup<T> {
  /** below the sorted folder, levels separated by `/` */
  readonly folder: string;
  readonly items: readonly T[];
}

/** The folders in the order of their names. */
export function byFolder<T>(items: readonly T[], folderOf: (item: T) => string): readonly FolderGroup<T>[] {
  const groups = Map.groupBy(items, folderOf);
  return [...groups]
    .map(([folder, group]) => ({ folder, items: group }))
    .sort((a, b) => (a.folder < b.folder ? -1 : 1));
}
