import type { KeyCheck, KeyVerdict } from '../../ports/keyCheck.ts';
import type { Check } from '../check.ts';
import type { Finding, FindingStatus } from '../finding.ts';

/** A key, and whether a provider of the settings needs it. */
export interface KeyInUse {
  readonly check: KeyCheck;
  readonly isNeeded: boolean;
}

const STATUS: Readonly<Record<KeyVerdict['kind'], FindingStatus>> = {
  accepted: 'ok',
  missing: 'warning',
  refused: 'problem',
  unknown: 'unknown',
};

/** The keys of the services, without spending a search. */
export class KeysCheck implements Check {
  readonly id = 'keys';
  readonly title = 'Keys';
  private readonly keys: readonly KeyInUse[];
  private readonly offline: boolean;

  constructor(keys: readonly KeyInUse[], offline: boolean) {
    this.keys = keys;
    this.offline = offline;
  }

  async look(signal: AbortSignal): Promise<readonly Finding[]> {
    if (this.offline) {
      return [{ status: 'unknown', title: 'Keys', detail: 'Not checked: that needs the network (--offline).' }];
    }
    return Promise.all(
      this.keys.map(async ({ check, isNeeded }) =>
        isNeeded
          ? keyFinding(check.service, await check.checkKey(signal))
          : ({
              status: 'ok',
              title: check.service,
              detail: 'Not needed: no provider of the settings uses it.',
            } as const),
      ),
    );
  }
}

const SET_AGAIN: Readonly<Partial<Record<KeyVerdict['kind'], string>>> = {
  missing: 'Set it: “Image Inbox: Set API Keys” in VS Code, the environment on the command line (image-inbox --help).',
  refused:
    'Set it again: “Image Inbox: Set API Keys” in VS Code, the environment on the command line (image-inbox --help).',
  unknown: 'Try again later.',
};

/** What a service's word on a key comes to. */
export function keyFinding(service: string, { kind, detail }: KeyVerdict): Finding {
  const whatToDo = SET_AGAIN[kind];
  return { status: STATUS[kind], title: service, detail, ...(whatToDo !== undefined && { whatToDo }) };
}
