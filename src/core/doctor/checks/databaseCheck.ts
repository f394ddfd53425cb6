import type { DatabaseFacts, DatabaseProbe } from '../../ports/databaseProbe.ts';
import type { Check } from '../check.ts';
import type { Finding } from '../finding.ts';
import { sizeText } from '../sizeText.ts';

/** The database of answers and sorted files. It can always be made again, at the price of asking the services again. */
export class DatabaseCheck implements Check {
  readonly id = 'database';
  readonly title = 'Database';
  private readonly database: DatabaseProbe;

  constructor(database: DatabaseProbe) {
    this.database = database;
  }

  async look(): Promise<readonly Finding[]> {
    return [databaseFinding(await this.database.look())];
  }
}

export function databaseFinding(facts: DatabaseFacts): Finding {
  const title = 'Database';
  switch (facts.kind) {
    case 'none':
      return { status: 'ok', title, detail: 'There is none yet; the first run makes it.' };
    case 'sound':
      return {
        status: 'ok',
        title,
        detail: `Sound: ${facts.answers} answers of services and ${facts.sortedFiles} sorted files in ${sizeText(facts.bytes)}.`,
      };
    case 'broken':
      return {
        status: 'warning',
        title,
        detail: `It is damaged: ${facts.why}.`,
        whatToDo:
          'Nothing: the next run moves it aside and makes a new one from the journals and the manifests. image-inbox doctor --repair does so now.',
        isRepairable: true,
      };
    case 'unusable':
      return {
        status: 'problem',
        title,
        detail: facts.why,
        whatToDo: 'Update Image Inbox, or set imageInbox.directories.working to another folder.',
      };
  }
}
