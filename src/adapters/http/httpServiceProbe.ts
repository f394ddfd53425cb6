import type { Log } from '../../core/ports/log.ts';
import type { ServiceAddress, ServiceFacts, ServiceProbe } from '../../core/ports/serviceProbe.ts';
import { HttpClient } from './httpClient.ts';
import { TrafficMeter } from './trafficMeter.ts';
import { userAgent } from './userAgent.ts';

/** Asks a service one thing, without a key, and looks no further than its status and its date. */
export class HttpServiceProbe implements ServiceProbe {
  private readonly version: string;
  private readonly log: Log;

  /** @param version of this program */
  constructor(version: string, log: Log) {
    this.version = version;
    this.log = log;
  }

  async ask({ name, endpoint, path, query }: ServiceAddress, signal: AbortSignal): Promise<ServiceFacts> {
    const http = new HttpClient({
      service: name,
      endpoint,
      userAgent: userAgent(this.version),
      secrets: [],
      timeouts: { connect: 10_000, silence: 15_000, total: 20_000 },
      maxAnswer: 4 * 1024 * 1024,
      log: this.log,
      traffic: new TrafficMeter(),
    });
    try {
      const sent = Date.now();
      const answer = await http.exchange({ provider: name, path, ...(query && { query }) }, signal);
      if (answer.kind === 'failure') {
        return { kind: answer.trouble === 'blocked' ? 'blocked' : 'unreachable', why: answer.message };
      }
      const received = Date.now();
      const stated = Date.parse(answer.headers['date'] ?? '');
      const ahead = stated - (sent + received) / 2;
      return {
        kind: 'answers',
        status: answer.status,
        ms: received - sent,
        ...(!Number.isNaN(ahead) && { ahead }),
      };
    } finally {
      await http.close();
    }
  }
}
