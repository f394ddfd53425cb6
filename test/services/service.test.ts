import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { Danbooru } from './danbooru.ts';
import { loadSamplePosts } from './samplePosts.ts';

const headers = { 'user-agent': 'image-inbox-tests/1.0' };

describe('a stand-in service that misbehaves', () => {
  let danbooru: Danbooru;

  before(async () => {
    danbooru = await new Danbooru(await loadSamplePosts()).start();
  });
  after(() => danbooru.close());
  beforeEach(() => {
    danbooru.setFaults([]);
    danbooru.forget();
  });

  const ask = (init: RequestInit = {}): Promise<Response> =>
    fetch(`${danbooru.url}/posts/99100008.json`, { headers, ...init });

  it('fails as often as it is told, then answers', async () => {
    danbooru.setFaults([{ fault: { kind: 'status', status: 503, retryAfter: 7 }, times: 2 }]);
    const statuses = [];
    for (let i = 0; i < 3; i++) {
      const response = await ask();
      statuses.push([response.status, response.headers.get('retry-after')]);
      await response.text();
    }
    assert.deepEqual(statuses, [
      [503, '7'],
      [503, '7'],
      [200, null],
    ]);
    assert.deepEqual(
      danbooru.counts,
      new Map([
        ['fault:status', 2],
        ['found', 1],
      ]),
    );
  });

  it('fails for one path and not for others', async () => {
    danbooru.setFaults([{ fault: { kind: 'html' }, path: '/posts.json' }]);
    assert.equal((await ask()).headers.get('content-type'), 'application/json; charset=utf-8');
    const list = await fetch(`${danbooru.url}/posts.json`, { headers });
    assert.equal(list.status, 200);
    assert.match(await list.text(), /^<html>/);
  });

  it('never answers a request that hangs, and closes all the same', async () => {
    const own = await new Danbooru([], { faults: [{ fault: { kind: 'hang' } }] }).start();
    const pending = fetch(`${own.url}/posts/1.json`, { headers });
    while (own.requests.length === 0) await wait(5);
    await Promise.all([assert.rejects(pending), own.close()]);
    assert.equal(own.counts.get('fault:hang'), 1);
  });

  it('resets the connection in the middle of a body', async () => {
    danbooru.setFaults([{ fault: { kind: 'reset', afterBytes: 100 } }]);
    const response = await ask();
    assert.equal(response.status, 200);
    await assert.rejects(response.text());
  });

  it('shows the Cloudflare page, redirects, or says anything at all', async () => {
    danbooru.setFaults([
      { fault: { kind: 'cloudflare' }, times: 1 },
      { fault: { kind: 'redirect', to: 'http://127.0.0.2:9/elsewhere' }, times: 1 },
      { fault: { kind: 'answer', status: 200, type: 'application/json', body: '{"cut' } },
    ]);
    assert.equal((await ask()).headers.get('cf-mitigated'), 'challenge');
    const redirect = await ask({ redirect: 'manual' });
    assert.deepEqual([redirect.status, redirect.headers.get('location')], [302, 'http://127.0.0.2:9/elsewhere']);
    assert.equal(await (await ask()).text(), '{"cut');
  });

  it('refuses a form that breaks off', async () => {
    const response = await fetch(`${danbooru.url}/iqdb_queries.json`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'multipart/form-data; boundary=x' },
      body: '--x\r\ncontent-disposition: form-data; name="search[file]"; filename="a.jpg"\r\n\r\nabc',
    });
    assert.equal(response.status, 400);
    assert.equal(danbooru.requests[0]?.files.length, 0);
  });

  it('answers rightly but late, and counts how many wait at the same time', async () => {
    danbooru.setFaults([{ fault: { kind: 'latency', ms: 60 } }]);
    const responses = await Promise.all([ask(), ask(), ask()]);
    assert.ok(responses.every(({ status }) => status === 200));
    assert.equal(danbooru.maxConcurrent, 3);
    assert.equal(danbooru.requests.length, 3);
  });
});
