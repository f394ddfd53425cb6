import type { FolderFacts } from '../../ports/folderProbe.ts';
import type { Check } from '../check.ts';
import type { Finding } from '../finding.ts';
import type { FolderSurvey } from '../folderSurvey.ts';
import { sizeText } from '../sizeText.ts';

/** Below it little else on the machine works well either. */
const LITTLE = 1_000_000_000;

/** Free space where files come to be. Moving within one disk needs none. */
export class SpaceCheck implements Check {
  readonly id = 'space';
  readonly title = 'Free space';
  private readonly survey: FolderSurvey;
  private readonly copies: boolean;

  /** @param copies originals stay in the inbox */
  constructor(survey: FolderSurvey, copies: boolean) {
    this.survey = survey;
    this.copies = copies;
  }

  async look(signal: AbortSignal): Promise<readonly Finding[]> {
    const { inbox, sorted, working, nas } = await this.survey.facts(signal);
    const inboxBytes = inbox.kind === 'folder' ? ((await this.survey.inboxBytes(signal)) ?? 0) : 0;
    const staysOnDisk = 'device' in inbox && 'device' in sorted && inbox.device === sorted.device;
    return [
      ...spaceFinding('Sorted folder', sorted, this.copies || !staysOnDisk ? inboxBytes : 0),
      ...spaceFinding('Working folder', working, 0),
      ...(nas ? spaceFinding('NAS folder', nas, inboxBytes) : []),
    ];
  }
}

/**
 * Nothing of a folder that can't be looked at, of which the check of the folders tells why, or whose file system does not say.
 * @param needed bytes that will come there
 */
export function spaceFinding(title: string, facts: FolderFacts, needed: number): readonly Finding[] {
  if (!('freeBytes' in facts)) return [];
  const free = sizeText(facts.freeBytes);
  if (facts.freeBytes < needed) {
    return [
      {
        status: 'warning',
        title,
        detail: `${free} are free, but the inbox holds ${sizeText(needed)}.`,
        whatToDo: 'Make room. A run on a full disk stops, loses nothing, and can be resumed.',
      },
    ];
  }
  if (facts.freeBytes < LITTLE) {
    return [{ status: 'warning', title, detail: `Only ${free} are free.`, whatToDo: 'Make room soon.' }];
  }
  return [{ status: 'ok', title, detail: `${free} are free.` }];
}
