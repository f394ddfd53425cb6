import assert from 'node:assert/strict';
import { DanbooruKeyCheck } from '../../../src/adapters/danbooru/danbooruKeyCheck.ts';
import { Danbooru, sampleDanbooruAccount } from '../../services/danbooru.ts';
import { danbooruError } from '../../services/danbooruError.ts';
import { loadSamplePosts } from '../../services/samplePosts.ts';
import { CollectedLog } from '../support/collectedLog.ts';

describe('The check of Danbooru’s login', () => {
  const signal = new AbortController().signal;
  const log = new CollectedLog();
  const { login, apiKey } = sampleDanbooruAccount;
  let service: Danbooru;
  before(async () => (service = await new Danbooru(await loadSamplePosts()).start()));
  after(() => service.close());
  beforeEach(() => {
    service.forget();
    service.setFaults([]);
    service.setRate();
  });

  const checkWith = (account: { login?: string; apiKey?: string }, endpoint = service.url) =>
    new DanbooruKeyCheck({ endpoint, version: '1.2.3', log, ...account }).checkKey(signal);

  it('finds a good one with one small read', async () => {
    assert.equal((await checkWith({ login, apiKey })).kind, 'accepted');
    const [request, ...more] = service.requests;
    assert.deepEqual([request?.method, request?.path, more.length], ['GET', '/posts.json', 0]);
    assert.equal(request?.query.has('api_key'), false, 'the key is in no address');
  });

  it('finds a refused one, without repeating it', async () => {
    const { kind, detail } = await checkWith({ login: 'somebody else', apiKey: 'wrongKey0000' });
    assert.equal(kind, 'refused');
    assert.match(detail, /refuses the login or the API key.*not its e-mail/);
    assert.doesNotMatch(detail + log.lines.join('\n'), /wrongKey0000|somebody else/);
  });

  it('finds a key that may not be used from here', async () => {
    const { status, type, body } = danbooruError('User::PrivilegeError', 'Access denied');
    assert.ok(typeof body === 'string');
    service.setFaults([{ fault: { kind: 'answer', status, type, body } }]);
    const { kind, detail } = await checkWith({ login, apiKey });
    assert.equal(kind, 'refused');
    assert.match(detail, /limited to other addresses or uses/);
  });

  it('asks nobody with half a login, and says which half is missing', async () => {
    for (const [account, what] of [
      [{}, /No login is set/],
      [{ login }, /no API key/],
      [{ apiKey }, /no login/],
    ] as const) {
      const { kind, detail } = await checkWith(account);
      assert.equal(kind, 'missing');
      assert.match(detail, what);
    }
    assert.equal(service.requests.length, 0);
  });

  it('says nothing of the login when Danbooru can’t be asked, or is asked too often', async () => {
    for (const fault of [
      { kind: 'cloudflare' },
      { kind: 'html' },
      { kind: 'status', status: 503 },
      { kind: 'reset', afterBytes: 1 },
    ] as const) {
      service.setFaults([{ fault }]);
      const { kind, detail } = await checkWith({ login, apiKey });
      assert.equal(kind, 'unknown', fault.kind);
      assert.ok(!detail.includes(apiKey) && !detail.includes(login));
    }
    service.setFaults([]);
    service.setRate({ limit: 0, seconds: 60 });
    assert.equal((await checkWith({ login, apiKey })).kind, 'unknown');
    assert.equal((await checkWith({ login, apiKey }, 'http://127.0.0.1:1')).kind, 'unknown');
  });
});
