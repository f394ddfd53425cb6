import assert from 'node:assert/strict';
import { Said } from '../../../src/core/search/said.ts';

describe('What services say of one image', () => {
  it('names who was not asked, and why', () => {
    const said = new Said();
    said.add('danbooru-md5', { kind: 'no-match', threshold: 100 }, false);
    said.add('saucenao', { kind: 'unavailable', why: 'it needs an API key of SauceNAO' }, false);
    const { kind, result } = said.conclude();
    assert.equal(kind, 'done');
    assert.equal(result.reason, 'danbooru-md5: no match; saucenao: not asked (it needs an API key of SauceNAO)');
  });

  it('states no best similarity where nothing was compared', () => {
    const said = new Said();
    said.add('danbooru-md5', { kind: 'no-match', threshold: 100 }, false);
    assert.ok(!('bestSimilarity' in (said.conclude().result ?? {})));
    said.add('iqdb', { kind: 'no-match', best: 28, threshold: 80 }, false);
    assert.equal(said.conclude().result?.bestSimilarity, 28);
  });

  it('is no match only when somebody has answered', () => {
    const said = new Said();
    assert.deepEqual(said.conclude(), { kind: 'skipped', why: 'no search service can be asked' });
    said.add('saucenao', { kind: 'unavailable', why: 'no key' }, false);
    assert.equal(said.conclude().kind, 'skipped');
    said.add('iqdb', { kind: 'no-match', best: 28, threshold: 80 }, false);
    said.add('saucenao', { kind: 'no-match', best: 15, threshold: 70 }, false);
    const { kind, result } = said.conclude('/inbox/copy.jpg');
    assert.equal(kind, 'done');
    assert.deepEqual(result, {
      verdict: 'no-match',
      reason:
        'saucenao: not asked (no key); iqdb: no match (best 28 %, needs 80 %); saucenao: no match (best 15 %, needs 70 %)',
      bestSimilarity: 28,
      copyOf: '/inbox/copy.jpg',
    });
  });

  it('is known from before only when all of it is', () => {
    const said = new Said();
    said.add('danbooru-md5', { kind: 'no-match', threshold: 100 }, true);
    said.add('saucenao', { kind: 'unavailable', why: 'no key' }, false);
    said.add('iqdb', { kind: 'found', candidates: [] }, true);
    assert.equal(said.conclude().result?.cached, true);
    assert.ok(!('copyOf' in (said.conclude().result ?? {})));
    said.add('yandere-md5', { kind: 'no-match', threshold: 100 }, false);
    assert.ok(!('cached' in (said.conclude().result ?? {})));
  });

  it('is not that nobody knows the picture when what is known of it is gone', () => {
    const said = new Said();
    const posts = [{ site: 'danbooru', id: '1' }] as const;
    const candidates = [{ similarity: 90, url: '', posts, sources: [] }];
    said.add('saucenao', { kind: 'found', candidates }, false);
    said.gone('saucenao', candidates);
    said.gone('iqdb', [{ ...candidates[0]!, posts: [] }]);
    said.gone('danbooru-iqdb', []);
    assert.deepEqual(said.conclude().result, {
      verdict: 'filtered',
      reason: 'saucenao: danbooru 1 is gone; iqdb: what it names is gone; danbooru-iqdb: what it names is gone',
    });
  });

  it('is nothing yet when a service failed: the first trouble counts, and all are told', () => {
    const said = new Said();
    assert.equal(said.hasFailed, false);
    said.notes(['file-name: danbooru 1 is gone']);
    said.add('danbooru-md5', { kind: 'error', reason: 'network', message: 'down' }, false);
    said.add('iqdb', { kind: 'error', reason: 'bad-answer', message: 'no page of IQDB' }, false);
    said.add('saucenao', { kind: 'no-match', threshold: 70 }, false);
    assert.equal(said.hasFailed, true);
    assert.deepEqual(said.conclude(), {
      kind: 'failed',
      error: { reason: 'network', message: 'danbooru-md5: down', attempts: 1 },
      result: {
        verdict: 'error',
        reason: 'file-name: danbooru 1 is gone; danbooru-md5: down; iqdb: no page of IQDB; saucenao: no match',
      },
    });
  });

  it('waits for the service that can be asked first, whatever else there is', () => {
    const said = new Said();
    const [soon, late] = [Date.parse('2026-03-02T00:00:00Z'), Date.parse('2026-03-03T00:00:00Z')];
    said.add('iqdb', { kind: 'error', reason: 'network', message: 'down' }, false);
    said.add('saucenao', { kind: 'quota', until: late, why: 'the day is spent' }, false);
    said.add('danbooru-iqdb', { kind: 'quota', until: soon, why: 'the hour is spent' }, false);
    said.add('danbooru-iqdb', { kind: 'quota', until: late, why: 'spent again' }, false);
    assert.deepEqual(said.conclude(), {
      kind: 'waiting',
      why: 'quota',
      detail: 'the hour is spent',
      until: '2026-03-02T00:00:00.000Z',
      result: {
        verdict: 'quota',
        reason: 'iqdb: down; saucenao: the day is spent; danbooru-iqdb: the hour is spent; danbooru-iqdb: spent again',
      },
    });
  });
});
