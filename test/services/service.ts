import { once } from 'node:events';
import {
  createServer,
  STATUS_CODES,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { listenOnOwnPort } from '../adapters/support/ownPort.ts';
import { challenge } from './cloudflare.ts';
import { Faults, type Fault, type FaultRule } from './faults.ts';
import { readForm, type Form, type UploadedFile } from './multipart.ts';

/** One request as it arrived, keys and all: this is what tests assert on. */
export interface ReceivedRequest {
  /** By the service's clock, in milliseconds. */
  readonly at: number;
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** Address of the client. */
  readonly client: string;
  /** Length of the body. */
  readonly bytes: number;
  readonly fields: URLSearchParams;
  /** The body, where it says that it is JSON; undefined for what is none. */
  readonly json?: unknown;
  /** The pictures of the newest `uploadsKept` requests; older ones are let go. */
  readonly files: readonly UploadedFile[];
}

/** A received request and what it got. `kind` is the service's own word for it, or `fault:<kind>`. */
export interface LoggedRequest extends ReceivedRequest {
  readonly answered?: { readonly status: number; readonly kind: string };
}

export interface Answer {
  readonly status: number;
  /** What this answer is, for the counters: `found`, `no-match`, `short-limit`, … */
  readonly kind: string;
  readonly type: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A list is streamed, one chunk after another. */
  readonly body: string | AsyncIterable<string>;
}

export interface ServiceOptions {
  /** Milliseconds since 1970, like Date.now, which is the default: rate windows and the log go by it. */
  readonly now?: () => number;
  readonly faults?: readonly FaultRule[];
  /** Of how many of the newest requests the pictures are kept; 32 unless told. */
  readonly uploadsKept?: number;
}

type OpenEntry = { -readonly [K in keyof LoggedRequest]: LoggedRequest[K] };

// A bench sends a thousand pictures; a test looks at the last few.
const UPLOADS_KEPT = 32;

const emptyForm: Form = { fields: new URLSearchParams(), files: [] };

const brokenForm: Answer = { status: 400, kind: 'broken-form', type: 'text/html', body: '400 Bad Request' };

/** An HTTP server on 127.0.0.1 that logs, counts and misbehaves on demand. What it says is its subclass's business. */
export abstract class Service {
  /** All requests since the start or the last `forget()`, in the order of their arrival. */
  readonly requests: readonly LoggedRequest[];
  /** How many answers of each kind. */
  readonly counts: ReadonlyMap<string, number>;
  protected readonly now: () => number;

  readonly #log: OpenEntry[] = [];
  readonly #counts = new Map<string, number>();
  readonly #faults = new Faults();
  readonly #closing = new AbortController();
  #released = Promise.withResolvers<undefined>();
  readonly #uploadsKept: number;
  readonly #server = createServer((incoming, outgoing) => void this.#serve(incoming, outgoing));
  #open = 0;
  #maxConcurrent = 0;

  constructor({ now = Date.now, faults = [], uploadsKept = UPLOADS_KEPT }: ServiceOptions) {
    this.#uploadsKept = uploadsKept;
    this.requests = this.#log;
    this.counts = this.#counts;
    this.now = now;
    this.#faults.set(faults);
  }

  /** Bodies of more bytes are not kept; the client gets `tooLarge`. */
  protected abstract readonly maxBody: number;
  protected abstract readonly tooLarge: Answer;
  protected abstract answer(request: ReceivedRequest): Promise<Answer> | Answer;

  /** Listens on a free port, which stays its own when it is closed. Whoever starts it closes it. */
  async start(): Promise<this> {
    await listenOnOwnPort(this.#server);
    return this;
  }

  /** Base address, without a slash at the end. Only while it runs. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The most requests that were open at the same time. */
  get maxConcurrent(): number {
    return this.#maxConcurrent;
  }

  setFaults(rules: readonly FaultRule[]): void {
    this.#faults.set(rules);
  }

  /** Answers what hangs, as if nothing had been the matter. */
  release(): void {
    this.#released.resolve(undefined);
    this.#released = Promise.withResolvers();
  }

  /** Forgets the requests and counters, for a test that shares a server. */
  forget(): void {
    this.#log.length = 0;
    this.#counts.clear();
    this.#maxConcurrent = 0;
  }

  /** Ends at once, hanging and streaming answers included. */
  async close(): Promise<void> {
    this.#closing.abort();
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    this.#open += 1;
    this.#maxConcurrent = Math.max(this.#maxConcurrent, this.#open);
    outgoing.once('close', () => (this.#open -= 1));
    try {
      await this.#exchange(incoming, outgoing);
    } catch (error) {
      // The client went away or we are closing: nobody is left to tell. Anything else is a bug of the stand-in.
      if (incoming.socket.destroyed || this.#closing.signal.aborted) return;
      console.error('stand-in service failed', error);
      outgoing.destroy();
    }
  }

  async #exchange(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { body, bytes } = await readBody(incoming, this.maxBody);
    const form = body === undefined ? emptyForm : await readForm(incoming.headers, body).catch(() => undefined);
    const json = isJson(incoming.headers) && body !== undefined ? parsed(body) : undefined;
    const request = { ...this.#received(incoming, bytes, form ?? emptyForm), ...(json !== undefined && { json }) };
    const entry: OpenEntry = { ...request };
    this.#log.push(entry);
    const old = this.#log[this.#log.length - 1 - this.#uploadsKept];
    if (old !== undefined) old.files = [];

    const faults = this.#faults.take(request.path);
    for (const fault of faults) {
      if (fault.kind === 'latency') await wait(fault.ms, undefined, { signal: this.#closing.signal });
    }
    let fault = faults.find(({ kind }) => kind !== 'latency');
    if (fault?.kind === 'hang') {
      this.#note(entry, 0, 'fault:hang');
      await this.#released.promise;
      if (outgoing.destroyed) return;
      fault = undefined;
    }
    const spoiled = fault === undefined ? undefined : answerOf(fault);
    const refused = body === undefined ? this.tooLarge : form === undefined ? brokenForm : undefined;
    const answer = spoiled ?? refused ?? (await this.answer(request));
    this.#note(entry, answer.status, fault === undefined ? answer.kind : `fault:${fault.kind}`);
    await send(outgoing, answer, fault?.kind === 'reset' ? fault.afterBytes : Infinity);
  }

  #received(incoming: IncomingMessage, bytes: number, form: Form): ReceivedRequest {
    const address = new URL(incoming.url ?? '/', this.url);
    return {
      at: this.now(),
      method: incoming.method ?? 'GET',
      path: address.pathname,
      query: address.searchParams,
      headers: incoming.headers,
      client: incoming.socket.remoteAddress ?? '',
      bytes,
      ...form,
    };
  }

  #note(entry: OpenEntry, status: number, kind: string): void {
    entry.answered = { status, kind };
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
  }
}

const isJson = (headers: IncomingHttpHeaders): boolean =>
  (headers['content-type'] ?? '').startsWith('application/json');

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString()) as unknown;
  } catch {
    return undefined;
  }
}

/** Reads the body to its end; keeps nothing (`undefined`) once it is over the limit. */
async function readBody(
  incoming: IncomingMessage,
  limit: number,
): Promise<{ readonly body: Buffer | undefined; readonly bytes: number }> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > limit) chunks.length = 0;
    else chunks.push(chunk);
  }
  return { body: bytes > limit ? undefined : Buffer.concat(chunks), bytes };
}

async function send(
  outgoing: ServerResponse,
  { status, type, headers, body }: Answer,
  breakAfter: number,
): Promise<void> {
  outgoing.writeHead(status, { 'content-type': type, ...headers });
  let written = 0;
  for await (const text of typeof body === 'string' ? [body] : body) {
    const chunk = Buffer.from(text);
    if (written + chunk.length > breakAfter) {
      await new Promise<void>((flushed) => outgoing.write(chunk.subarray(0, breakAfter - written), () => flushed()));
      outgoing.socket?.resetAndDestroy();
      return;
    }
    outgoing.write(chunk);
    written += chunk.length;
  }
  outgoing.end();
}

/** The whole answer that a fault gives in place of the service's own, if it does. */
function answerOf(fault: Fault): Answer | undefined {
  const html = (status: number, title: string, headers: Readonly<Record<string, string>> = {}): Answer => ({
    status,
    kind: fault.kind,
    type: 'text/html; charset=utf-8',
    headers,
    body: `<html><head><title>${title}</title></head><body><center><h1>${title}</h1></center></body></html>`,
  });
  switch (fault.kind) {
    case 'status':
      return html(
        fault.status,
        `${fault.status} ${STATUS_CODES[fault.status] ?? 'Error'}`,
        fault.retryAfter === undefined ? {} : { 'retry-after': String(fault.retryAfter) },
      );
    case 'html':
      return html(200, 'Down for maintenance');
    case 'cloudflare':
      return challenge;
    case 'redirect':
      return html(302, '302 Found', { location: fault.to });
    case 'answer':
      return { ...fault, kind: fault.kind };
    case 'latency':
    case 'hang':
    case 'reset':
      return undefined;
  }
}
