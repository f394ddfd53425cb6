import type { Log } from '../../../core/ports/log.ts';
import type { HttpAnswer, HttpFailure, HttpTrouble } from '../../http/httpResult.ts';
import type { Traffic } from '../../http/traffic.ts';
import { userAgent } from '../../http/userAgent.ts';

export interface InferenceHttpOptions {
  /** base address, with or without a path */
  readonly endpoint: string;
  /** of this program */
  readonly version: string;
  readonly log: Log;
  readonly traffic: Traffic;
  /** for a whole exchange about one picture, milliseconds; default 30,000: the pictures wait for it */
  readonly timeoutMs?: number;
}

export interface InferenceRequest {
  /** below the endpoint, with its slash */
  readonly path: string;
  /** sent by POST; without it the request is a GET */
  readonly body?: TensorBody;
  /** how many there are in it: a server without a graphics card takes seconds for each */
  readonly pictures?: number;
}

/** JSON, and tensors after it; where there are none, all of it is JSON. */
export interface TensorBody {
  readonly json: Uint8Array;
  readonly tensors: readonly Uint8Array[];
}

/** `text` is the JSON. */
export interface TensorAnswer extends HttpAnswer {
  readonly tensors: Uint8Array;
}

type Undici = typeof import('../../http/undici.ts');

/** Whom requests count for in the manifest. */
export const PROVIDER = 'inference-server';
/** How long the JSON is, where tensors follow. */
const JSON_LENGTH = 'inference-header-content-length';
const CONNECT_MS = 5_000;
const EXCHANGE_MS = 30_000;
/** Of a batch of pictures each of 20,000 tags, written out in JSON, 2 MB. */
const MAX_ANSWER = 32 * 1024 * 1024;

/**
 * One exchange at a time with an inference server: JSON, or JSON followed by tensors as bytes, both ways (the binary tensor
 * extension of the Open Inference Protocol). The services' HttpClient sends forms and reads text.
 */
export class InferenceHttp {
  private readonly options: InferenceHttpOptions;
  private readonly base: URL;
  private opened: Promise<{ readonly undici: Undici; readonly agent: InstanceType<Undici['Agent']> }> | undefined;

  constructor(options: InferenceHttpOptions) {
    this.options = options;
    this.base = new URL(options.endpoint);
  }

  /** Rejects only when `signal` is aborted. */
  async exchange(request: InferenceRequest, signal: AbortSignal): Promise<TensorAnswer | HttpFailure> {
    const expired = AbortSignal.timeout((this.options.timeoutMs ?? EXCHANGE_MS) * (request.pictures ?? 1));
    const begun = performance.now();
    const result = await this.attempt(request, AbortSignal.any([signal, expired])).catch((error: unknown) => {
      signal.throwIfAborted();
      return failureOf(error, expired.aborted);
    });
    const outcome = result.kind === 'answer' ? result.status : result.message;
    this.options.log.debug(
      `Inference server: ${request.path} ${outcome} (${Math.round(performance.now() - begun)} ms)`,
    );
    return result;
  }

  /** Lets go of the connections. */
  async close(): Promise<void> {
    const opened = this.opened;
    this.opened = undefined;
    if (opened) await (await opened).agent.destroy();
  }

  private async attempt({ path, body }: InferenceRequest, signal: AbortSignal): Promise<TensorAnswer | HttpFailure> {
    const { undici, agent } = await (this.opened ??= open());
    const { version, traffic } = this.options;
    traffic.request(PROVIDER);
    const address = new URL(this.base);
    address.pathname = this.base.pathname.replace(/\/$/, '') + path;
    const {
      statusCode,
      headers,
      body: answer,
    } = await undici.request(address, {
      dispatcher: agent,
      method: body ? 'POST' : 'GET',
      headers: { 'user-agent': userAgent(version), accept: '*/*', ...(body && headersOf(body)) },
      body: body ? Buffer.concat([body.json, ...body.tensors]) : null,
      signal,
    });
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of answer as AsyncIterable<Uint8Array>) {
      bytes += chunk.length;
      if (bytes > MAX_ANSWER) return failure('too-large', `answers with more than ${MAX_ANSWER} bytes`);
      chunks.push(chunk);
    }
    return answerOf(statusCode, headers, Buffer.concat(chunks));
  }
}

async function open() {
  // loaded at the first request: 80 ms that no activation should pay
  const undici = await import('../../http/undici.ts');
  // silence is measured by the whole
  const agent = new undici.Agent({
    connect: { timeout: CONNECT_MS },
    headersTimeout: 0,
    bodyTimeout: 0,
    allowH2: false,
  });
  return { undici, agent };
}

function headersOf({ json, tensors }: TensorBody): Readonly<Record<string, string>> {
  return tensors.length > 0
    ? { 'content-type': 'application/octet-stream', [JSON_LENGTH]: String(json.length) }
    : { 'content-type': 'application/json' };
}

function answerOf(
  status: number,
  received: Readonly<Record<string, string | string[] | undefined>>,
  body: Buffer,
): TensorAnswer {
  const headers = Object.fromEntries(
    Object.entries(received).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)] as const])),
  );
  const stated = headers[JSON_LENGTH];
  const length = stated !== undefined && /^\d+$/.test(stated) ? Number(stated) : body.length;
  // TextDecoder drops the byte order mark
  const text = new TextDecoder().decode(body.subarray(0, length));
  return { kind: 'answer', status, headers, text, tensors: body.subarray(length) };
}

const failure = (trouble: HttpTrouble, message: string): HttpFailure => ({ kind: 'failure', trouble, message });

const TIMEOUT_CODES: ReadonlySet<string> = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'ETIMEDOUT',
]);

function failureOf(error: unknown, isExpired: boolean): HttpFailure {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  // no code, or a complaint about what we hand in: not a trouble of the network but a mistake of ours
  if (!isExpired && (code === undefined || /^(?:ERR_|UND_ERR_)(?:INVALID|NOT_SUPPORTED)/.test(code))) throw error;
  return isExpired || (code !== undefined && TIMEOUT_CODES.has(code))
    ? failure('timeout', 'does not answer in time')
    : failure('network', `can't be reached (${code ?? 'unknown'})`);
}
