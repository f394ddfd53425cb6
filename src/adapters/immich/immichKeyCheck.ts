import type { KeyCheck, KeyVerdict } from '../../core/ports/keyCheck.ts';
import { PhotoServerError } from '../../core/ports/photoServer.ts';
import { ImmichServer, type ImmichOptions } from './immichServer.ts';

/** Asks for the libraries with the key, which reads nothing else. */
export class ImmichKeyCheck implements KeyCheck {
  readonly service = 'Immich';
  private readonly options: ImmichOptions;

  /** @param options an empty address: none is set */
  constructor(options: ImmichOptions) {
    this.options = options;
  }

  async checkKey(signal: AbortSignal): Promise<KeyVerdict> {
    const { apiKey, address } = this.options;
    if (apiKey === undefined)
      return { kind: 'missing', detail: 'No API key of Immich is set; it is not told of a sync.' };
    if (address === '')
      return { kind: 'unknown', detail: 'Where Immich is says imageInbox.immich.address, which is empty.' };
    const server = new ImmichServer(this.options);
    try {
      await server.libraries(signal);
      const missing = await server.missingPermissions(signal);
      return missing.length === 0
        ? { kind: 'accepted', detail: 'Immich takes the key.' }
        : { kind: 'refused', detail: `Immich knows the key, but it lacks the permissions ${missing.join(', ')}.` };
    } catch (error) {
      if (!(error instanceof PhotoServerError)) throw error;
      const isRefused = error.reason === 'key-refused' || error.reason === 'not-permitted';
      return { kind: isRefused ? 'refused' : 'unknown', detail: `Immich: ${error.message}.` };
    } finally {
      await server.close();
    }
  }
}
