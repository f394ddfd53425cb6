import type { ProgramFinder } from '../../ports/programFinder.ts';
import type { Settings } from '../../settings/settingsTable.ts';
import { chooseEngine, parseDestination } from '../../sync/destination.ts';
import { whyHarmful } from '../../sync/harmfulOptions.ts';
import type { Check } from '../check.ts';
import type { Finding } from '../finding.ts';

/** The program that copies to the NAS, where the settings or the NAS ask for one. */
export class SyncCheck implements Check {
  readonly id = 'sync';
  readonly title = 'Sync program';
  private readonly settings: Pick<Settings, 'sync.engine' | 'sync.options'>;
  private readonly programs: ProgramFinder;
  private readonly nas: string | undefined;

  /** @param nas the NAS folder or address; undefined when none is set, or the stage is off */
  constructor(
    settings: Pick<Settings, 'sync.engine' | 'sync.options'>,
    programs: ProgramFinder,
    nas: string | undefined,
  ) {
    this.settings = settings;
    this.programs = programs;
    this.nas = nas;
  }

  async look(): Promise<readonly Finding[]> {
    const title = 'Sync program';
    const grave = this.nas === undefined ? 'warning' : 'problem';
    // without a NAS: as for a folder
    const choice = chooseEngine(
      this.settings['sync.engine'],
      parseDestination(this.nas ?? '', process.platform),
      process.platform,
    );
    if (choice.kind === 'impossible') {
      const whatToDo = 'Set imageInbox.sync.engine to auto.';
      return [{ status: grave, title, detail: `${choice.why}.`, whatToDo }];
    }
    const { engine } = choice;
    const harm = whyHarmful(engine, this.settings['sync.options']);
    if (harm !== undefined) {
      const whatToDo = 'Change imageInbox.sync.options.';
      return [{ status: grave, title, detail: harm, whatToDo }];
    }
    if (engine === 'builtin') return [{ status: 'ok', title, detail: 'Image Inbox’s own can always be used.' }];
    const path = await this.programs.find(engine);
    if (path !== undefined) return [{ status: 'ok', title, detail: path }];
    return [
      {
        status: grave,
        title,
        detail: `${engine} is to sync, but there is no program of that name on the PATH.`,
        whatToDo: `Install ${engine}, or set another imageInbox.sync.engine; builtin needs a NAS that is mounted.`,
      },
    ];
  }
}
