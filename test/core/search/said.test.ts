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
});
