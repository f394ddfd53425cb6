import assert from 'node:assert/strict';
import type { Analysis } from '../../../src/core/model/analysis.ts';
import type { Match } from '../../../src/core/model/match.ts';
import { NO_TAGS, type TagSet } from '../../../src/core/model/tag.ts';
import { chooseCategory, type CategoryFacts } from '../../../src/core/rules/chooseCategory.ts';
import { DEFAULT_RULES } from '../../../src/core/rules/defaultRules.ts';

const analysis = (style: Analysis['style'], persons = 0): Analysis => ({
  style,
  styleConfidence: 0.9,
  scores: {},
  persons: Array.from({ length: persons }, () => ({ box: [0, 0, 0.5, 0.5] as const, confidence: 0.6 })),
  model: 'test',
  width: 100,
  height: 100,
  processingMs: 1,
});

const match = (tags: TagSet): Match => ({
  provider: 'danbooru-md5',
  similarity: 100,
  url: 'https://danbooru.donmai.us/posts/1',
  tags,
  sources: [],
});

const facts = (given: Partial<TagSet>, more: Partial<CategoryFacts> = {}): CategoryFacts => {
  const tags = { ...NO_TAGS, ...given };
  return { tags, match: match(tags), analysis: undefined, ...more };
};

const category = (f: CategoryFacts): string => chooseCategory(DEFAULT_RULES, f).category;

describe('the default rules', () => {
  it('put a post with a character or with people among the characters', () => {
    assert.equal(category(facts({ character: ['aoi_(starlit_harbor)'] })), 'Anime/Characters');
    for (const tag of ['1girl', '2boys', '6+girls', '1other', 'multiple_girls', 'solo']) {
      assert.equal(category(facts({ general: ['blue_sky', tag] })), 'Anime/Characters', tag);
    }
  });

  it('put scenery without people among the scenery, and take no tag for people that only looks like one', () => {
    assert.equal(category(facts({ general: ['scenery', 'girly_running', 'school_girls_poster'] })), 'Anime/Scenery');
  });

  it('sort what no booru knows by its style', () => {
    const unknown = { tags: NO_TAGS };
    assert.equal(category({ ...unknown, analysis: analysis('drawing') }), 'Anime/Characters');
    assert.equal(category({ ...unknown, analysis: analysis('photo', 2) }), 'Photos/People');
    assert.equal(category({ ...unknown, analysis: analysis('photo') }), 'Photos/Other');
    assert.equal(category({ ...unknown, analysis: analysis('unsure') }), 'Uncategorized');
    assert.equal(category({ ...unknown, analysis: undefined }), 'Uncategorized');
  });

  it('take only a booru’s or a tagger’s word for explicit', () => {
    assert.equal(category(facts({ general: ['1girl'] }, { rating: 'explicit' })), 'Explicit');
    assert.equal(
      category({ tags: NO_TAGS, analysis: { ...analysis('photo'), scores: { porn: 0.99 } } }),
      'Photos/Other',
    );
  });
});

describe('rules of one’s own', () => {
  it('hold only when all of their conditions do, and say why they held', () => {
    const rules = [{ category: 'Both', when: { tags: ['cat*'], style: ['photo' as const] } }, { category: 'Rest' }];
    assert.equal(
      chooseCategory(rules, facts({ general: ['cat_ears'] }, { analysis: analysis('drawing') })).category,
      'Rest',
    );
    const both = chooseCategory(rules, facts({ general: ['cat_ears'] }, { analysis: analysis('photo') }));
    assert.deepEqual(both, { category: 'Both', because: 'rule 1: tag cat_ears, style photo' });
  });

  it('match tags that hold slashes, brackets and stars as they are', () => {
    const rules = [{ category: 'Fate', when: { copyrights: ['fate/*'] } }];
    assert.equal(chooseCategory(rules, facts({ copyright: ['fate/stay_night'] })).category, 'Fate');
    assert.equal(chooseCategory(rules, facts({ copyright: ['fateful'] })).category, 'Uncategorized');
  });

  it('leave to Uncategorized what none of them takes', () => {
    assert.deepEqual(chooseCategory([], facts({})), { category: 'Uncategorized', because: 'no rule holds' });
  });
});
