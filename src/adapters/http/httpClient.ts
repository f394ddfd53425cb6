import type { Log } from '../../core/ports/log.ts';
import { isCloudflarePage } from './cloudflare.ts';
import type { HttpAnswer, HttpFailure, HttpResult, HttpTrouble } from './httpResult.ts';
import { redact } from './redact.ts';
import type { Traffic } from './traffic.ts';

export interface HttpClientOptions {
  /** name of the service, for messages */
  readonly service: string;
  /** base address, with or without a path; the only host that is ever contacted */
  readonly endpoint: string;
  readonly userAgent: string;
  /** HTTP Basic; stays out of addresses, and so out of other people's logs */
  readonly login?: { readonly name: string; readonly password: string };
  /** more headers, of every request; for a key that travels in one */
  readonly headers?: Readonly<Record<string, string>>;
  /** values that must not be seen in a log or message */
  readonly secrets: readonly string[];
  readonly timeouts: HttpTimeouts;
  /** bytes; an answer of more is dropped */
  readonly maxAnswer: number;
  readonly log: Log;
  readonly traffic: Traffic;
}

/** All in milliseconds. */
export interface HttpTimeouts {
  readonly connect: number;
  /** the longest silence, before the answer and inside it */
  readonly silence: number;
  /** the whole exchange */
  readonly total: number;
}

export interface HttpRequest {
  /** whom it counts for in the manifest: a provider's id, or the site's with `-posts` where posts are asked for by number */
  readonly provider: string;
  /** below the endpoint, with its slash */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** without the login */
  readonly anonymous?: true;
  /** sent as multipart/form-data by POST; without it or `json` the request is a GET */
  readonly upload?: Upload;
  /** sent as JSON, by POST unless `method` says otherwise */
  readonly json?: unknown;
  readonly method?: 'POST' | 'PUT';
}

export interface Upload {
  readonly fields: readonly (readonly [name: string, value: string])[];
  readonly fileField: string;
  /** a JPEG */
  readonly bytes: Uint8Array;
}

type Undici = typeof import('./undici.ts');

const MAX_REDIRECTS = 3;

/** One exchange at a time with one service. Throttling and further tries are the Courier's. */
export class HttpClient {
  private readonly options: HttpClientOptions;
  private readonly base: URL;
  private opened: Promise<{ readonly undici: Undici; readonly agent: InstanceType<Undici['Agent']> }> | undefined;

  constructor(options: HttpClientOptions) {
    this.options = options;
    this.base = new URL(options.endpoint);
  }

  /** Sends a request and reads the answer to its end. Rejects only when `signal` is aborted. */
  async exchange(request: HttpRequest, signal: AbortSignal): Promise<HttpResult> {
    signal.throwIfAborted();
    const { timeouts, log, service } = this.options;
    const expired = AbortSignal.timeout(timeouts.total);
    const begun = performance.now();
    const note = (outcome: string | number): void =>
      log.debug(
        this.clean(
          `${service}: ${methodOf(request)} ${this.addressOf(request).pathname} ${outcome} (${Math.round(performance.now() - begun)} ms)`,
        ),
      );
    try {
      const result = await this.follow(request, AbortSignal.any([signal, expired]));
      note(result.kind === 'answer' ? result.status : result.trouble);
      return result;
    } catch (error) {
      signal.throwIfAborted();
      const code = codeOf(error);
      // no code: not a trouble of the network but a mistake of ours
      if (code === undefined && !expired.aborted) throw error;
      const late = expired.aborted || (code !== undefined && TIMEOUT_CODES.has(code));
      note(late ? 'timeout' : (code ?? 'network'));
      const failure = late
        ? this.failure('timeout', `${service} did not answer in time`)
        : this.failure('network', `${service} can't be reached (${code ?? 'unknown'})`);
      return { ...failure, ...(isUnsent(error) && { unsent: true }) };
    }
  }

  /** Lets go of the connections. */
  async close(): Promise<void> {
    const opened = this.opened;
    this.opened = undefined;
    if (opened) await (await opened).agent.destroy();
  }

  private async follow(request: HttpRequest, signal: AbortSignal): Promise<HttpResult> {
    let address = this.addressOf(request);
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      const response = await this.send(address, request, signal);
      const location = response.headers['location'];
      if (response.statusCode < 300 || response.statusCode >= 400 || location === undefined) {
        return await this.read(response);
      }
      await response.body.dump();
      const target = URL.parse(String(location), address.href);
      if (target === null || !this.isHome(target, address) || !keepsRequest(request, response.statusCode)) {
        const { service } = this.options;
        return this.failure(
          'redirected',
          `${service} redirects to ${target?.host ?? 'nowhere'}, which is not followed`,
        );
      }
      address = target;
    }
    return this.failure('redirected', `${this.options.service} redirects in a circle`);
  }

  /** The service's own host; from http to https is allowed, the way back is not. */
  private isHome(target: URL, from: URL): boolean {
    if (target.origin === this.base.origin) return from.protocol === target.protocol;
    return target.protocol === 'https:' && target.hostname === this.base.hostname && target.port === '';
  }

  private async send(address: URL, request: HttpRequest, signal: AbortSignal) {
    const { undici, agent } = await (this.opened ??= this.open());
    this.options.traffic.request(request.provider);
    const { login } = this.options;
    return undici.request(address, {
      dispatcher: agent,
      method: methodOf(request),
      headers: {
        'user-agent': this.options.userAgent,
        accept: '*/*',
        ...this.options.headers,
        ...(request.json !== undefined && { 'content-type': 'application/json' }),
        ...(login &&
          !request.anonymous && {
            authorization: `Basic ${Buffer.from(`${login.name}:${login.password}`).toString('base64')}`,
          }),
      },
      body: bodyOf(undici, request),
      signal,
    });
  }

  private async read({
    statusCode: status,
    headers: received,
    body,
  }: Awaited<ReturnType<HttpClient['send']>>): Promise<HttpResult> {
    const { service, maxAnswer } = this.options;
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      bytes += chunk.length;
      if (bytes > maxAnswer) return this.failure('too-large', `${service} answers with more than ${maxAnswer} bytes`);
      chunks.push(chunk);
    }
    // TextDecoder drops the byte order mark
    const text = new TextDecoder().decode(Buffer.concat(chunks));
    const headers = Object.fromEntries(
      Object.entries(received).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, String(value)] as const],
      ),
    );
    if ('cf-mitigated' in headers || isCloudflarePage(status, text)) {
      return this.failure('blocked', `${service} is behind a check for browsers (Cloudflare) that programs can't pass`);
    }
    return { kind: 'answer', status, headers, text } satisfies HttpAnswer;
  }

  private async open() {
    // loaded at the first request: 80 ms that no activation should pay
    const undici = await import('./undici.ts');
    const { connect, silence } = this.options.timeouts;
    const agent = new undici.Agent({
      connect: { timeout: connect },
      headersTimeout: silence,
      bodyTimeout: silence,
      // requests go one after the other: nothing to multiplex
      allowH2: false,
    });
    return { undici, agent };
  }

  private addressOf({ path, query = {} }: HttpRequest): URL {
    const address = new URL(this.base);
    address.pathname = this.base.pathname.replace(/\/$/, '') + path;
    address.search = new URLSearchParams(query).toString();
    return address;
  }

  private failure(trouble: HttpTrouble, message: string): HttpFailure {
    return { kind: 'failure', trouble, message: this.clean(message) };
  }

  private clean(text: string): string {
    return redact(text, this.options.secrets);
  }
}

const TIMEOUT_CODES: ReadonlySet<string> = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'ETIMEDOUT',
]);

const methodOf = ({ method, upload, json }: HttpRequest): 'GET' | 'POST' | 'PUT' =>
  method ?? (upload || json !== undefined ? 'POST' : 'GET');

/** After any other redirect of a POST a browser would ask by GET, and what was sent would be lost. */
const keepsRequest = (request: HttpRequest, status: number): boolean =>
  methodOf(request) === 'GET' || status === 307 || status === 308;

const bodyOf = (undici: Undici, { upload, json }: HttpRequest): InstanceType<Undici['FormData']> | string | null => {
  if (upload) return formOf(undici, upload);
  return json === undefined ? null : JSON.stringify(json);
};

function formOf({ FormData }: Undici, { fields, fileField, bytes }: Upload): InstanceType<Undici['FormData']> {
  const form = new FormData();
  for (const [name, value] of fields) form.append(name, value);
  // a neutral name: the user's file names are nobody's business, and IQDB shows them
  form.append(fileField, new Blob([Uint8Array.from(bytes)], { type: 'image/jpeg' }), 'image.jpg');
  return form;
}

/** Whether there was no address or no connection. Of a host with several addresses each has an error. */
function isUnsent(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.every(isUnsent);
  if (codeOf(error) === 'UND_ERR_CONNECT_TIMEOUT') return true;
  return error instanceof Error && 'syscall' in error && /^(?:connect|getaddrinfo)$/.test(String(error.syscall));
}

/** The code of a trouble of undici, TLS or the system (`UND_ERR_SOCKET`, `ECONNREFUSED`, `CERT_HAS_EXPIRED`, `HPE_…`). */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  return /^(?:ERR_INVALID|UND_ERR_INVALID|UND_ERR_NOT_SUPPORTED)/.test(error.code) ? undefined : error.code;
}
