import { isInside, whatStandsInTheWay, type Folders } from '../../settings/folders.ts';
import { shownNas } from '../../sync/shownNas.ts';
import type { FolderFacts } from '../../ports/folderProbe.ts';
import type { Check } from '../check.ts';
import type { Finding } from '../finding.ts';
import type { FolderRole, FolderSurvey, SurveyedFolders } from '../folderSurvey.ts';

const TITLES: Readonly<Record<FolderRole, string>> = {
  inbox: 'Inbox',
  sorted: 'Sorted folder',
  working: 'Working folder',
  nas: 'NAS folder',
};

/** The folders: there or to be made, their rights, and whether one stands in another's way. */
export class FoldersCheck implements Check {
  readonly id = 'folders';
  readonly title = 'Folders';
  private readonly survey: FolderSurvey;

  constructor(survey: FolderSurvey) {
    this.survey = survey;
  }

  async look(signal: AbortSignal): Promise<readonly Finding[]> {
    const { folders } = this.survey;
    const facts = await this.survey.facts(signal);
    return [
      folderFinding('inbox', folders.inbox, facts.inbox),
      folderFinding('sorted', folders.sorted, facts.sorted),
      folderFinding('working', folders.working, facts.working),
      facts.nas ? nasFinding(folders.nas ?? '', facts.nas, facts.sorted) : withoutFolder(folders.nas),
      ...collisions(folders, facts),
    ];
  }
}

export function folderFinding(role: FolderRole, path: string, facts: FolderFacts): Finding {
  const title = TITLES[role];
  const setting = `imageInbox.directories.${role}`;
  const problem = (detail: string, whatToDo: string): Finding => ({ status: 'problem', title, detail, whatToDo });
  switch (facts.kind) {
    case 'folder':
      if (facts.unreadable !== undefined) {
        return problem(`${path} can’t be read: ${facts.unreadable}.`, 'Give yourself the right to read it.');
      }
      if (facts.unwritable !== undefined) {
        return problem(
          `${path} can’t be written to: ${facts.unwritable}.`,
          role === 'inbox'
            ? 'Give yourself the right to write there, or make room: sidecars are written beside the images, and images move away.'
            : `Give yourself the right to write there, make room, or set ${setting} to another folder.`,
        );
      }
      return { status: 'ok', title, detail: path };
    case 'missing':
      if (role === 'inbox' || role === 'nas') {
        return problem(
          `${path} is not there.`,
          role === 'inbox'
            ? `Make it, or set ${setting} to the folder in which your images arrive.`
            : `Switch the NAS on and mount it, or correct ${setting}. The folder itself is never made: without a mount it would fill the local disk.`,
        );
      }
      if (facts.uncreatable !== undefined) {
        return problem(
          `${path} is not there, and can’t be made: ${facts.uncreatable}.`,
          `Make it yourself, or set ${setting} to another folder.`,
        );
      }
      return { status: 'ok', title, detail: `${path} is not there yet; the first run makes it.` };
    case 'not-a-folder':
      return problem(`${path} is a file.`, `Move that file away, or set ${setting} to another folder.`);
    case 'out-of-reach':
      return problem(`${path} can’t be looked at: ${facts.why}.`, 'Check the rights of the folders above it.');
    case 'no-answer':
      return problem(
        `${path} gives no answer within ${facts.seconds} seconds.`,
        'Check the network drive that it is on: switch its machine on, or mount it again.',
      );
  }
}

function withoutFolder(nas: string | undefined): Finding {
  const detail =
    nas === undefined
      ? 'None is set: nothing is synced.'
      : `${shownNas(nas)} is no folder of this system; whether it can be reached shows when something is synced: image-inbox sync --dry-run.`;
  return { status: 'ok', title: TITLES.nas, detail };
}

function nasFinding(path: string, facts: FolderFacts, sorted: FolderFacts): Finding {
  const found = folderFinding('nas', path, facts);
  const here = 'device' in sorted ? sorted.device : undefined;
  // the classic one: the mount point of a NAS that is not mounted is an ordinary, empty folder
  if (found.status !== 'ok' || facts.kind !== 'folder' || !facts.isEmpty || facts.device !== here) return found;
  return {
    status: 'warning',
    title: TITLES.nas,
    detail: `${path} is empty, and on the same disk as the sorted folder.`,
    whatToDo:
      'If it should be a mounted NAS: it is not mounted. If it is a folder on this disk on purpose, all is well.',
  };
}

/** Folders of which one would spoil the other, by their paths, or by being the same in truth (links, mounts, spelling). */
function collisions(folders: Folders, facts: SurveyedFolders): readonly Finding[] {
  const whatToDo = 'Set imageInbox.directories.* so that they are apart.';
  const found: Finding[] = whatStandsInTheWay(folders).map((detail) => ({
    status: 'problem',
    title: 'In each other’s way',
    detail,
    whatToDo,
  }));
  if (found.length > 0) return found;
  const { sorted, working } = folders;
  if (isInside(working, sorted)) {
    const detail = `The working folder ${working} is in the sorted folder ${sorted}: thumbnails and trash may be synced with it.`;
    found.push({ status: 'warning', title: 'In each other’s way', detail, whatToDo });
  }
  const roles = ['inbox', 'sorted', 'working', 'nas'] as const;
  roles.forEach((a, i) => {
    for (const b of roles.slice(i + 1)) {
      const [one, other] = [facts[a], facts[b]];
      if (one?.kind !== 'folder' || other?.kind !== 'folder' || folders[a] === folders[b]) continue;
      if (one.identity === '' || one.identity !== other.identity) continue;
      const detail = `${folders[a] ?? ''} and ${folders[b] ?? ''} are the same folder (a link or a mount).`;
      found.push({ status: 'problem', title: 'In each other’s way', detail, whatToDo });
    }
  });
  return found;
}
