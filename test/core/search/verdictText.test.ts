import assert from 'node:assert/strict';
import type { Match } from '../../../src/core/model/match.ts';
import { NO_TAGS } from '../../../src/core/model/tag.ts';
import { verdictText } from '../../../src/core/search/verdictText.ts';

const match: Match = { provider: 'saucenao', similarity: 93.41, url: '', tags: NO_TAGS, sources: [] };

describe('What came of a search in words', () => {
  it('is five different things', () => {
    const texts = [
      verdictText({ verdict: 'found', match }),
      verdictText({ verdict: 'no-match', reason: 'iqdb: no match (best 41 %, needs 80 %)' }),
      verdictText({ verdict: 'filtered', reason: 'saucenao: danbooru 1 is gone' }),
      verdictText({ verdict: 'quota', reason: 'saucenao: spent' }),
      verdictText({ verdict: 'error', reason: 'iqdb: down' }),
    ];
    assert.deepEqual(texts, [
      'found by saucenao, 93.4 % alike',
      'no match (iqdb: no match (best 41 %, needs 80 %))',
      'known, but nothing of it is left (saucenao: danbooru 1 is gone)',
      'waits for quota (saucenao: spent)',
      'a service failed (iqdb: down)',
    ]);
  });

  it('names the near copy that it was searched for, and no similarity where nothing was compared', () => {
    const { similarity: _, ...told } = match;
    assert.equal(
      verdictText({ verdict: 'found', match: { ...told, provider: 'file-name' }, copyOf: '/a/b.jpg' }),
      'found by file-name, for the near copy /a/b.jpg',
    );
  });

  it('is short where there is nothing more to say', () => {
    assert.equal(verdictText({ verdict: 'no-match' }), 'no match');
    assert.equal(verdictText({ verdict: 'error', reason: '' }), 'a service failed');
    assert.equal(verdictText({ verdict: 'found', reason: 'as an old journal has it' }), 'found');
  });
});
