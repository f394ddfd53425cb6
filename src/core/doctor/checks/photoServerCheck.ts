import { WHAT_TO_DO } from '../../photoServer/announcementText.ts';
import { chooseLibrary } from '../../photoServer/chooseLibrary.ts';
import { PhotoServerError, type PhotoServer } from '../../ports/photoServer.ts';
import type { Check } from '../check.ts';
import type { Finding } from '../finding.ts';

export interface PhotoServerInUse {
  readonly server: PhotoServer;
  /** the setting, see chooseLibrary */
  readonly library: string;
  /** absent: no sync, and nothing to tell it */
  readonly nas?: string;
}

/** Immich: whether it answers, takes the key, allows what is asked of it, and has a library for the NAS folder. */
export class PhotoServerCheck implements Check {
  readonly id = 'immich';
  readonly title = 'Immich';
  private readonly inUse: PhotoServerInUse | undefined;
  private readonly offline: boolean;

  /** @param inUse absent when no address is set */
  constructor(inUse: PhotoServerInUse | undefined, offline: boolean) {
    this.inUse = inUse;
    this.offline = offline;
  }

  async look(signal: AbortSignal): Promise<readonly Finding[]> {
    const { title, inUse } = this;
    if (!inUse) return [{ status: 'ok', title, detail: 'Not used: no address is set.' }];
    if (this.offline) return [{ status: 'unknown', title, detail: 'Not asked (--offline).' }];
    const { server, library, nas } = inUse;
    try {
      const libraries = await server.libraries(signal);
      const missing = await server.missingPermissions(signal);
      if (missing.length > 0) {
        const detail = `The API key lacks ${missing.join(', ')}.`;
        return [{ status: 'problem', title, detail, whatToDo: WHAT_TO_DO['not-permitted'] }];
      }
      if (nas === undefined) {
        return [{ status: 'ok', title, detail: 'It takes the key. Nothing is told to it as long as no NAS is set.' }];
      }
      const { name, importPaths } = chooseLibrary(libraries, library, nas);
      const folders = importPaths.join(', ');
      return [{ status: 'ok', title, detail: `It takes the key; its library for the NAS is “${name}” (${folders}).` }];
    } catch (error) {
      if (!(error instanceof PhotoServerError)) throw error;
      const { reason, message } = error;
      // the sync does without it
      const status = reason === 'unreachable' ? 'warning' : 'problem';
      return [{ status, title, detail: `Not usable: ${message}.`, whatToDo: WHAT_TO_DO[reason] }];
    } finally {
      await server.close();
    }
  }
}
