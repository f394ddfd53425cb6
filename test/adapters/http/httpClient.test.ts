import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HttpClient, type HttpClientOptions } from '../../../src/adapters/http/httpClient.ts';
import { TrafficMeter } from '../../../src/adapters/http/trafficMeter.ts';
import { CollectedLog } from '../support/collectedLog.ts';

type Handler = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void;

describe('HttpClient', () => {
  const closing: (() => Promise<unknown>)[] = [];
  let log: CollectedLog;
  let traffic: TrafficMeter;
  const signal = new AbortController().signal;

  beforeEach(() => {
    log = new CollectedLog();
    traffic = new TrafficMeter();
  });
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });

  async function serve(handler: Handler): Promise<string> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => handler(request, response, Buffer.concat(chunks)));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    closing.push(async () => {
      server.closeAllConnections();
      server.close();
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  function client(endpoint: string, more: Partial<HttpClientOptions> = {}): HttpClient {
    const made = new HttpClient({
      service: 'Sample',
      endpoint,
      userAgent: 'ImageInbox/0 (+https://example.org)',
      secrets: ['s3cret'],
      timeouts: { connect: 5000, silence: 5000, total: 10_000 },
      maxAnswer: 1000,
      log,
      traffic,
      ...more,
    });
    closing.push(() => made.close());
    return made;
  }

  it('brings status, headers and text, below the path of the endpoint', async () => {
    const seen: string[] = [];
    const url = await serve((request, response) => {
      seen.push(`${request.method} ${request.url}`, String(request.headers['user-agent']));
      response.writeHead(404, { 'Retry-After': '7' }).end('\ufeffnichts für 猫');
    });
    const result = await client(`${url}/mirror/`).exchange(
      { provider: 'p', path: '/posts.json', query: { tags: 'md5:1 &x' } },
      signal,
    );
    assert.equal(result.kind, 'answer');
    assert.partialDeepStrictEqual(result, { status: 404, headers: { 'retry-after': '7' }, text: 'nichts für 猫' });
    assert.deepEqual(seen, ['GET /mirror/posts.json?tags=md5%3A1+%26x', 'ImageInbox/0 (+https://example.org)']);
  });

  it('uploads a picture as a form of known length, under a neutral name', async () => {
    let parts = '';
    let length = '';
    const url = await serve((request, response, body) => {
      parts = body.toString('latin1');
      length = String(request.headers['content-length']);
      response.end('ok');
    });
    const bytes = Uint8Array.from([255, 216, 0, 13, 10, 45, 45]);
    const fields = [
      ['service[]', '1'],
      ['service[]', '2'],
    ] as const;
    const upload = { fields, fileField: 'search[file]', bytes };
    await client(url).exchange({ provider: 'p', path: '/', upload }, signal);
    const picture = Buffer.from(bytes).toString('latin1');
    assert.ok(parts.includes('name="service[]"\r\n\r\n1\r\n'));
    assert.ok(parts.includes('name="service[]"\r\n\r\n2\r\n'));
    assert.ok(
      parts.includes(`name="search[file]"; filename="image.jpg"\r\nContent-Type: image/jpeg\r\n\r\n${picture}\r\n`),
    );
    assert.equal(Number(length), parts.length);
  });

  it('never follows a redirect to another host, and says where it led without the secret', async () => {
    const url = await serve((_, response) => {
      response.writeHead(302, { location: 'http://other.invalid/?api_key=s3cret' }).end();
    });
    const result = await client(url).exchange({ provider: 'p', path: '/' }, signal);
    assert.deepEqual(result, {
      kind: 'failure',
      trouble: 'redirected',
      message: 'Sample redirects to other.invalid, which is not followed',
    });
  });

  it('follows a redirect of a look-up on the same host, but loses no picture over one', async () => {
    const url = await serve((request, response) => {
      if (request.url === '/old') response.writeHead(301, { location: '/new' }).end();
      else response.end(`${request.method} ${request.url}`);
    });
    const followed = await client(url).exchange({ provider: 'p', path: '/old' }, signal);
    assert.partialDeepStrictEqual(followed, { kind: 'answer', text: 'GET /new' });
    const upload = { fields: [], fileField: 'file', bytes: new Uint8Array(4) };
    const refused = await client(url).exchange({ provider: 'p', path: '/old', upload }, signal);
    assert.partialDeepStrictEqual(refused, { kind: 'failure', trouble: 'redirected' });
  });

  it('ends a circle of redirects', async () => {
    const url = await serve((_, response) => response.writeHead(302, { location: '/' }).end());
    const result = await client(url).exchange({ provider: 'p', path: '/' }, signal);
    assert.partialDeepStrictEqual(result, { kind: 'failure', trouble: 'redirected' });
    assert.deepEqual(traffic.take(), { requests: { p: 4 } });
  });

  it('drops an answer that is too long', async () => {
    const url = await serve((_, response) => response.end('x'.repeat(1001)));
    const result = await client(url).exchange({ provider: 'p', path: '/' }, signal);
    assert.partialDeepStrictEqual(result, { kind: 'failure', trouble: 'too-large' });
  });

  it('gives up on a service that is silent, at the start or in the middle', async () => {
    const url = await serve((request, response) => {
      if (request.url === '/middle') response.write('the first half');
    });
    const hurried = client(url, { timeouts: { connect: 5000, silence: 5000, total: 100 } });
    for (const path of ['/start', '/middle']) {
      const result = await hurried.exchange({ provider: 'p', path }, signal);
      assert.deepEqual(result, { kind: 'failure', trouble: 'timeout', message: 'Sample did not answer in time' });
    }
  });

  it('tells a broken connection and an absent service from an answer', async () => {
    const url = await serve((_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half', () => response.destroy());
    });
    const broken = await client(url).exchange({ provider: 'p', path: '/' }, signal);
    assert.partialDeepStrictEqual(broken, { kind: 'failure', trouble: 'network' });
    assert.ok(!('unsent' in broken));
    const absent = await client('http://127.0.0.1:1').exchange({ provider: 'p', path: '/' }, signal);
    assert.deepEqual(absent, {
      kind: 'failure',
      trouble: 'network',
      message: "Sample can't be reached (ECONNREFUSED)",
      unsent: true,
    });
  });

  it('knows a check for browsers by its header or its page', async () => {
    const url = await serve((request, response) => {
      if (request.url === '/header') response.writeHead(403, { 'cf-mitigated': 'challenge' }).end('');
      else response.writeHead(403).end('<html><head><title>Just a moment...</title></head></html>');
    });
    for (const path of ['/header', '/page']) {
      const result = await client(url).exchange({ provider: 'p', path }, signal);
      assert.partialDeepStrictEqual(result, { kind: 'failure', trouble: 'blocked' });
    }
  });

  it('rejects with the reason when it is aborted, before or under way', async () => {
    const arrived = Promise.withResolvers<undefined>();
    const url = await serve(() => arrived.resolve(undefined));
    const stop = new AbortController();
    const asked = client(url).exchange({ provider: 'p', path: '/' }, stop.signal);
    await arrived.promise;
    stop.abort(new Error('cancelled by the user'));
    await assert.rejects(asked, /cancelled by the user/);
    await assert.rejects(client(url).exchange({ provider: 'p', path: '/' }, stop.signal), /cancelled by the user/);
    assert.deepEqual(traffic.take(), { requests: { p: 1 } });
  });

  it('writes one line a request, without query and secrets', async () => {
    const url = await serve((_, response) => response.end('fine'));
    await client(url).exchange({ provider: 'p', path: '/s3cret/a', query: { api_key: 's3cret' } }, signal);
    assert.equal(log.lines.length, 1);
    assert.match(log.lines[0]!, /^Sample: GET \/\*\*\*\/a 200 \(\d+ ms\)$/);
  });

  it('sends an account as HTTP Basic, names outside ASCII included', async () => {
    let header = '';
    const url = await serve((request, response) => {
      header = String(request.headers.authorization);
      response.end();
    });
    await client(url, { login: { name: '葉月', password: 'a:b' } }).exchange({ provider: 'p', path: '/' }, signal);
    assert.equal(Buffer.from(header.slice('Basic '.length), 'base64').toString(), '葉月:a:b');
  });
});
