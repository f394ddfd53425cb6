import type { RequestMeter } from '../../core/ports/requestMeter.ts';
import type { Traffic } from './traffic.ts';

/** Adds up what the clients of all services send. */
export class TrafficMeter implements RequestMeter, Traffic {
  private requests = new Map<string, number>();
  private retries = 0;

  request(provider: string): void {
    this.requests.set(provider, (this.requests.get(provider) ?? 0) + 1);
  }

  retry(): void {
    this.retries++;
  }

  take(): ReturnType<RequestMeter['take']> {
    const { requests, retries } = this;
    this.requests = new Map();
    this.retries = 0;
    return {
      ...(requests.size > 0 && { requests: Object.fromEntries(requests) }),
      ...(retries > 0 && { retries }),
    };
  }
}
