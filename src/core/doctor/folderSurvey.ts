import type { FolderFacts, FolderProbe } from '../ports/folderProbe.ts';
import type { Folders } from '../settings/folders.ts';
import { mountedFolder } from '../sync/destination.ts';

export type FolderRole = keyof Folders;

/** How the folders are; the NAS only where one is set that is a folder of this system. */
export type SurveyedFolders = Readonly<Record<Exclude<FolderRole, 'nas'>, FolderFacts>> & {
  readonly nas?: FolderFacts;
};

/** Looks at the folders once, for all the checks that ask. */
export class FolderSurvey {
  readonly folders: Folders;
  private readonly probe: FolderProbe;
  private looked: Promise<SurveyedFolders> | undefined;
  private measured: Promise<number | undefined> | undefined;

  constructor(folders: Folders, probe: FolderProbe) {
    this.folders = folders;
    this.probe = probe;
  }

  /** The signal of the first one who asks counts. */
  facts(signal: AbortSignal): Promise<SurveyedFolders> {
    return (this.looked ??= this.look(signal));
  }

  /** Bytes of the images in the inbox, sorted and working folder left out; undefined when it can't be said. */
  inboxBytes(signal: AbortSignal): Promise<number | undefined> {
    const { inbox, sorted, working } = this.folders;
    return (this.measured ??= this.probe.sizeOf(inbox, [sorted, working], signal));
  }

  private async look(signal: AbortSignal): Promise<SurveyedFolders> {
    const { inbox, sorted, working } = this.folders;
    const nas = mountedFolder(this.folders.nas);
    const [inboxFacts, sortedFacts, workingFacts, nasFacts] = await Promise.all([
      this.probe.look(inbox, signal),
      this.probe.look(sorted, signal),
      this.probe.look(working, signal),
      nas === undefined ? undefined : this.probe.look(nas, signal),
    ]);
    return {
      inbox: inboxFacts,
      sorted: sortedFacts,
      working: workingFacts,
      ...(nasFacts && { nas: nasFacts }),
    };
  }
}
