import type { KeyCheck, KeyVerdict } from '../../core/ports/keyCheck.ts';
import type { Log } from '../../core/ports/log.ts';
import { HttpClient } from '../http/httpClient.ts';
import { redact } from '../http/redact.ts';
import { TrafficMeter } from '../http/trafficMeter.ts';
import { userAgent } from '../http/userAgent.ts';
import { parseDanbooru } from './parseDanbooru.ts';

export interface DanbooruKeyCheckOptions {
  readonly endpoint: string;
  /** of this program */
  readonly version: string;
  readonly login?: string;
  readonly apiKey?: string;
  readonly log: Log;
}

/** Reads the number of one post with the login: Danbooru refuses a bad one (401) whatever is asked. Reading has no quota. */
export class DanbooruKeyCheck implements KeyCheck {
  readonly service = 'Danbooru';
  private readonly options: DanbooruKeyCheckOptions;

  constructor(options: DanbooruKeyCheckOptions) {
    this.options = options;
  }

  async checkKey(signal: AbortSignal): Promise<KeyVerdict> {
    const { endpoint, version, login, apiKey, log } = this.options;
    if (login === undefined || apiKey === undefined) return missing(login, apiKey);
    const secrets = [login, apiKey];
    const http = new HttpClient({
      service: this.service,
      endpoint,
      userAgent: userAgent(version, login),
      login: { name: login, password: apiKey },
      secrets,
      timeouts: { connect: 10_000, silence: 15_000, total: 20_000 },
      maxAnswer: 1024 * 1024,
      log,
      traffic: new TrafficMeter(),
    });
    try {
      const query = { limit: '1', only: 'id' };
      const answer = await http.exchange({ provider: 'danbooru', path: '/posts.json', query }, signal);
      if (answer.kind === 'failure') return { kind: 'unknown', detail: `${answer.message}.` };
      const reply = parseDanbooru(answer.status, answer.text);
      if (reply.kind !== 'error') return { kind: 'accepted', detail: 'Danbooru takes login and API key.' };
      const detail = `${redact(reply.message, secrets).replace(/\.$/, '')}.`;
      if (reply.reason !== 'key-refused') return { kind: 'unknown', detail };
      return { kind: 'refused', detail: `${detail} The login is the name of the account, not its e-mail address.` };
    } finally {
      await http.close();
    }
  }
}

function missing(login: string | undefined, apiKey: string | undefined): KeyVerdict {
  const what =
    login !== undefined
      ? 'A login is set, but no API key'
      : apiKey !== undefined
        ? 'An API key is set, but no login'
        : 'No login is set';
  const detail = `${what}: Danbooru’s search by picture is passed over. A free account has both: My Account, API Key. What needs none goes on: posts by MD5, and their tags.`;
  return { kind: 'missing', detail };
}
