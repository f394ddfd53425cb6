import assert from 'node:assert/strict';
import { SauceNaoKeyCheck } from '../../../src/adapters/saucenao/sauceNaoKeyCheck.ts';
import { freeAccount, Saucenao, sampleSaucenaoKey } from '../../services/saucenao.ts';
import { AnsweringServer } from '../support/answeringServer.ts';
import { CollectedLog } from '../support/collectedLog.ts';

describe('The check of SauceNAO’s key', () => {
  const signal = new AbortController().signal;
  const log = new CollectedLog();
  let service: Saucenao;
  before(async () => (service = await new Saucenao([]).start()));
  after(() => service.close());
  beforeEach(() => {
    service.forget();
    service.setFaults([]);
    service.setLimits(freeAccount);
  });

  const checkWith = (apiKey: string | undefined, endpoint = service.url) =>
    new SauceNaoKeyCheck({ endpoint, version: '1.2.3', log, ...(apiKey !== undefined && { apiKey }) }).checkKey(signal);

  it('finds a good key without spending a search', async () => {
    for (let i = 0; i < 5; i++) assert.equal((await checkWith(sampleSaucenaoKey)).kind, 'accepted');
    assert.equal(service.requests.length, 5);
    assert.deepEqual([...service.counts], [['need-an-image', 5]]);
    for (const { files, bytes } of service.requests) assert.deepEqual([files.length, bytes], [0, 0]);
  });

  it('finds a refused key, and says all that can be the cause', async () => {
    const { kind, detail } = await checkWith('a key that nobody gave out');
    assert.equal(kind, 'refused');
    for (const cause of [/none at all/, /mistyped/, /replaced/]) assert.match(detail, cause);
    assert.doesNotMatch(detail + log.lines.join('\n'), /nobody gave out/);
  });

  it('asks nobody when there is no key', async () => {
    assert.equal((await checkWith(undefined)).kind, 'missing');
    assert.equal(service.requests.length, 0);
  });

  it('takes a limit that is reached for the sign of a good key', async () => {
    service.setLimits({ short: { limit: 4, seconds: 30 }, long: { limit: 0, seconds: 86_400 } });
    const daily = await checkWith(sampleSaucenaoKey);
    assert.equal(daily.kind, 'accepted');
    assert.match(daily.detail, /searches of the day are used up/);
    service.setLimits({ short: { limit: 0, seconds: 30 }, long: { limit: 100, seconds: 86_400 } });
    assert.match((await checkWith(sampleSaucenaoKey)).detail, /asked too often/);
  });

  it('says nothing of the key when SauceNAO can’t be asked', async () => {
    for (const fault of [
      { kind: 'cloudflare' },
      { kind: 'html' },
      { kind: 'status', status: 502 },
      { kind: 'reset', afterBytes: 10 },
      { kind: 'redirect', to: 'http://127.0.0.2:9/elsewhere' },
    ] as const) {
      service.setFaults([{ fault }]);
      const { kind, detail } = await checkWith(sampleSaucenaoKey);
      assert.equal(kind, 'unknown', fault.kind);
      assert.ok(!detail.includes(sampleSaucenaoKey), fault.kind);
    }
    assert.equal((await checkWith(sampleSaucenaoKey, 'http://127.0.0.1:1')).kind, 'unknown');
    assert.ok(!log.lines.join('\n').includes(sampleSaucenaoKey));
  });

  it('never throws, whatever is said, and never repeats the key', async () => {
    const server = new AnsweringServer();
    const endpoint = await server.start();
    try {
      for (const [status, text, kind] of [
        [200, `{"header":{"status":-3,"message":"no ${sampleSaucenaoKey}"}}`, 'unknown'],
        [200, '{"header":{"status":-3,"message":"You need an Image!","user_id":"1","short_limit":"4"}}', 'accepted'],
        [200, '{"header":{"status":0,"long_remaining":99},"results":null}', 'accepted'],
        [200, '[]', 'unknown'],
        [200, '', 'unknown'],
        [401, '', 'refused'],
        [413, 'x', 'unknown'],
        [429, '<html>Too many</html>', 'accepted'],
      ] as const) {
        server.says = { status, text };
        const verdict = await checkWith(sampleSaucenaoKey, endpoint);
        assert.equal(verdict.kind, kind, `${status} ${text}`);
        assert.ok(!verdict.detail.includes(sampleSaucenaoKey));
      }
    } finally {
      await server.close();
    }
  });

  it('is given up when nobody waits for it', async () => {
    service.setFaults([{ fault: { kind: 'hang' } }]);
    const abort = new AbortController();
    const check = new SauceNaoKeyCheck({ endpoint: service.url, version: '1', log, apiKey: sampleSaucenaoKey });
    const asked = check.checkKey(abort.signal);
    abort.abort(new Error('enough'));
    await assert.rejects(asked, /enough/);
  });
});
