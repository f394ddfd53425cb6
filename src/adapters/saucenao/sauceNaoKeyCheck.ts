import type { KeyCheck, KeyVerdict } from '../../core/ports/keyCheck.ts';
import type { Log } from '../../core/ports/log.ts';
import { HttpClient } from '../http/httpClient.ts';
import { redact } from '../http/redact.ts';
import { TrafficMeter } from '../http/trafficMeter.ts';
import { userAgent } from '../http/userAgent.ts';
import { parseSauceNao, type SauceNaoReply } from './parseSauceNao.ts';

export interface SauceNaoKeyCheckOptions {
  readonly endpoint: string;
  /** of this program */
  readonly version: string;
  readonly apiKey?: string;
  readonly log: Log;
}

/**
 * Shows the key without a picture: SauceNAO refuses a bad key before it looks for one ("The anonymous account type does not
 * permit API usage.", 403), and says "You need an Image!" to whoever it would let search. That is no search, so that none is
 * spent. One that is refused for its limits has been recognised as well.
 */
export class SauceNaoKeyCheck implements KeyCheck {
  readonly service = 'SauceNAO';
  private readonly options: SauceNaoKeyCheckOptions;

  constructor(options: SauceNaoKeyCheckOptions) {
    this.options = options;
  }

  async checkKey(signal: AbortSignal): Promise<KeyVerdict> {
    const { endpoint, version, apiKey, log } = this.options;
    if (apiKey === undefined) {
      const detail =
        'No API key is set, and SauceNAO is passed over. A free account has one: saucenao.com, Account, api.';
      return { kind: 'missing', detail };
    }
    const http = new HttpClient({
      service: this.service,
      endpoint,
      userAgent: userAgent(version),
      secrets: [apiKey],
      timeouts: { connect: 10_000, silence: 15_000, total: 20_000 },
      maxAnswer: 4 * 1024 * 1024,
      log,
      traffic: new TrafficMeter(),
    });
    try {
      const query = { output_type: '2', api_key: apiKey };
      const answer = await http.exchange({ provider: 'saucenao', path: '/search.php', query }, signal);
      if (answer.kind === 'failure') return { kind: 'unknown', detail: `${answer.message}.` };
      return verdictOf(parseSauceNao(answer.status, answer.text), (text) => redact(text, [apiKey]));
    } finally {
      await http.close();
    }
  }
}

/** @param clean takes the key out of what SauceNAO said */
function verdictOf(reply: SauceNaoReply, clean: (text: string) => string): KeyVerdict {
  switch (reply.kind) {
    case 'key-refused':
      return {
        kind: 'refused',
        detail:
          'SauceNAO refuses the API key. It says the same when there is none at all: the key is mistyped or cut short, or ' +
          'it was replaced by a new one in the account.',
      };
    case 'failure': {
      const isRecognised = /need an image/i.test(reply.message) || Object.keys(reply.limits).length > 0;
      return isRecognised
        ? { kind: 'accepted', detail: 'SauceNAO does not refuse the key.' }
        : { kind: 'unknown', detail: `${clean(reply.message)}.` };
    }
    case 'results':
      return { kind: 'accepted', detail: 'SauceNAO takes the key.' };
    case 'daily-limit':
      return { kind: 'accepted', detail: 'SauceNAO knows the key; its searches of the day are used up.' };
    case 'short-limit':
      return { kind: 'accepted', detail: 'SauceNAO knows the key; for the moment it is asked too often.' };
    case 'cooling-down':
      return {
        kind: 'accepted',
        detail: 'SauceNAO knows the key; it holds off for a while after too many searches that failed.',
      };
    case 'blocked':
      return { kind: 'unknown', detail: 'SauceNAO turned the request away before it looked at the key.' };
    case 'too-large':
      return { kind: 'unknown', detail: 'SauceNAO answers something that does not fit the question.' };
    case 'bad-answer':
      return { kind: 'unknown', detail: `${clean(reply.message)}.` };
  }
}
