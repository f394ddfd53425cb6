import assert from 'node:assert/strict';
import type { Analysis } from '../../../src/core/model/analysis.ts';
import type { Match } from '../../../src/core/model/match.ts';
import { NO_TAGS, type TagSet } from '../../../src/core/model/tag.ts';
import type { CategoryFacts } from '../../../src/core/rules/categoryFacts.ts';
import { chooseCategory } from '../../../src/core/rules/chooseCategory.ts';
import { DEFAULT_RULES } from '../../../src/core/rules/defaultRules.ts';
import type { CategoryRule, Conditions } from '../../../src/core/rules/rule.ts';

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

const fits = (glob: string, tag: string): boolean =>
  chooseCategory([{ category: 'Yes', when: { tags: [glob] } }], facts({ general: [tag] })).category === 'Yes';

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

  it('say of every condition what made it hold', () => {
    const known = facts(
      { general: ['sky'], character: ['rin'], copyright: ['fate'], artist: ['aoi'] },
      {
        analysis: { ...analysis('drawing', 2), width: 40, height: 30 },
        bytes: 250,
        format: 'png',
        rating: 'sensitive',
      },
    );
    const alone = { ...known, analysis: analysis('photo', 1) };
    const unknown = { tags: NO_TAGS, analysis: undefined };
    const held: [Conditions, string, CategoryFacts?][] = [
      [{ tags: ['aoi', 'sky'] }, 'tag sky'],
      [{ characters: ['r*'] }, 'character rin'],
      [{ copyrights: ['fat?'] }, 'copyright fate'],
      [{ artists: ['aoi'] }, 'artist aoi'],
      [{ style: ['drawing'] }, 'style drawing'],
      [{ rating: ['general', 'sensitive'] }, 'rating sensitive'],
      [{ persons: 1 }, '2 persons'],
      [{ persons: 1 }, '1 person', alone],
      [{ persons: 0 }, '0 persons', { ...known, analysis: analysis('photo') }],
      [{ matched: true }, 'known to a booru'],
      [{ matched: false }, 'unknown to the boorus', unknown],
      [{ similarity: 100 }, 'similarity 100'],
      [{ size: { bytes: 250 } }, '250 bytes'],
      [{ size: { width: 40 } }, '40 px wide'],
      [{ size: { height: 30 } }, '30 px high'],
      [{ size: { pixels: { min: 1200, max: 1200 } } }, '1200 pixels'],
      [{ format: ['png'] }, 'format png'],
      [{}, 'no conditions'],
    ];
    for (const [when, because, f = known] of held) {
      assert.equal(chooseCategory([{ category: 'Yes', when }], f).because, `rule 1: ${because}`);
    }
  });

  it('hold for the tags of their own kind alone, and for whether a booru knows the image', () => {
    const known = facts({ character: ['rin'], copyright: ['fate'], artist: ['aoi'] });
    for (const [when, f] of [
      [{ characters: ['fate', 'aoi'] }, known],
      [{ copyrights: ['rin', 'aoi'] }, known],
      [{ artists: ['rin', 'fate'] }, known],
      [{ matched: false }, known],
      [{ matched: true }, { tags: NO_TAGS, analysis: undefined }],
      [{ rating: ['explicit' as const] }, { ...known, rating: 'general' as const }],
    ] as const) {
      const { because } = chooseCategory([{ category: 'Yes', when }], f);
      assert.equal(because, 'no rule holds', JSON.stringify(when));
    }
  });

  it('match tags that begin with a dot or an exclamation mark, or hold a backslash', () => {
    assert.equal(fits('*hack*', '.hack//sign'), true);
    assert.equal(fits('\\m/', '\\m/'), true);
    assert.equal(fits('\\m/', 'm/'), false);
    assert.equal(fits('!', '!'), true);
    assert.equal(fits('!', 'sky'), false);
    assert.equal(fits('!?', 'sky'), false);
  });

  it('match tags by the work in brackets behind a name, as boorus write it', () => {
    assert.equal(fits('*_(star_harbor)', 'hoshino_aoi_(star_harbor)'), true);
    assert.equal(fits('*_(star_harbor)', 'hoshino_aoi_star_harbor'), false);
    assert.equal(fits('Hoshino Aoi (Star Harbor)*', 'hoshino_aoi_(star_harbor)_(cosplay)'), true);
    assert.equal(fits('@(aoi_(star_*)|rin)', 'aoi_(star_harbor)'), true);
    assert.equal(fits('@(aoi_(star_*)|rin)', 'rin'), true);
    assert.equal(fits('*:)', 'big_:)'), true);
    assert.equal(fits('+([0-9])girls', '12girls'), true);
    assert.equal(fits('(aoi|rin)_*', 'rin_(star_harbor)'), true);
    assert.equal(fits('(aoi|rin)_*', 'aoi_smile'), true);
    assert.equal(fits('(rin|aoi_(star_*))', 'aoi_(star_harbor)'), true);
    assert.equal(fits('(aoi|rin)_*', '(aoi'), false);
  });

  it('match tags that hold slashes, brackets and stars as they are', () => {
    const rules = [{ category: 'Fate', when: { copyrights: ['fate/*'] } }];
    assert.equal(chooseCategory(rules, facts({ copyright: ['fate/stay_night'] })).category, 'Fate');
    assert.equal(chooseCategory(rules, facts({ copyright: ['fateful'] })).category, 'Uncategorized');
  });

  it('leave to Uncategorized what none of them takes', () => {
    assert.deepEqual(chooseCategory([], facts({})), { category: 'Uncategorized', because: 'no rule holds' });
  });

  it('can ask for the size of the file and the picture, the format and the likeness of the match', () => {
    const known = facts(
      { general: ['sky'] },
      { analysis: { ...analysis('drawing', 2), width: 4000, height: 3000 }, bytes: 2_500_000, format: 'png' },
    );
    const holds = (when: Conditions, f = known): string => chooseCategory([{ category: 'Yes', when }], f).category;
    assert.equal(holds({ size: { width: 4000, height: { max: 3000 } } }), 'Yes');
    assert.equal(holds({ size: { pixels: { min: 12_000_001 } } }), 'Uncategorized');
    assert.equal(holds({ size: { pixels: { min: 12_000_000, max: 12_000_000 } } }), 'Yes');
    assert.equal(holds({ size: { width: 4001 } }), 'Uncategorized');
    assert.equal(holds({ size: { height: 3001 } }), 'Uncategorized');
    assert.equal(holds({ size: { bytes: { min: 2_000_000, max: 3_000_000 } } }), 'Yes');
    assert.equal(holds({ format: ['jpeg', 'png'] }), 'Yes');
    assert.equal(holds({ format: ['gif'] }), 'Uncategorized');
    assert.equal(holds({ similarity: 100 }), 'Yes');
    assert.equal(holds({ similarity: { max: 99.9 } }), 'Uncategorized');
    assert.equal(holds({ persons: { min: 2, max: 2 } }), 'Yes');
    assert.equal(holds({ persons: { max: 1 } }), 'Uncategorized');
  });

  it('do not hold for what is not known, not even for its being little', () => {
    const nothing = { tags: NO_TAGS, analysis: undefined };
    for (const when of [
      { size: { bytes: { max: 1 } } },
      { size: { width: 0 } },
      { size: { height: 0 } },
      { size: { pixels: 0 } },
      { persons: 0 },
      { persons: { max: 0 } },
      { similarity: 0 },
      { similarity: { max: 100 } },
      { format: ['png' as const] },
    ]) {
      assert.equal(
        chooseCategory([{ category: 'Yes', when }], nothing).category,
        'Uncategorized',
        JSON.stringify(when),
      );
    }
    const byName = { ...match(NO_TAGS) };
    delete (byName as { similarity?: number }).similarity;
    const found = { ...nothing, match: byName };
    assert.equal(chooseCategory([{ category: 'Yes', when: { similarity: 0 } }], found).category, 'Uncategorized');
  });

  it('take tags as people write them, too', () => {
    const rules = [{ category: 'Blue', when: { tags: [' Blue Ey* '] } }];
    assert.equal(chooseCategory(rules, facts({ general: ['blue_eyes'] })).category, 'Blue');
  });
});

describe('placeholders in a category', () => {
  const rule = (more: Partial<CategoryRule> = {}): CategoryRule => ({
    category: 'Anime/{copyright}/{character}',
    ...more,
  });
  const place = (rules: readonly CategoryRule[], f: CategoryFacts): string => chooseCategory(rules, f).category;
  const two = facts({ copyright: ['fate/stay_night'], character: ['saber_(fate)', 'tohsaka_rin'] });
  const rest = { category: 'Rest' };

  it('are filled with the tags, one level each', () => {
    assert.equal(place([rule()], two), 'Anime/fate_stay_night/saber_(fate)');
  });

  it('of several values take the first, all, none or the next rule, as the rule says', () => {
    assert.equal(place([rule({ several: 'join' }), rest], two), 'Anime/fate_stay_night/saber_(fate), tohsaka_rin');
    assert.equal(place([rule({ several: 'leave-out' }), rest], two), 'Anime/fate_stay_night');
    assert.equal(place([rule({ several: 'next-rule' }), rest], two), 'Rest');
  });

  it('without a value are left out, or leave the image to the next rule', () => {
    const scenery = facts({ copyright: ['original'] });
    assert.equal(place([rule(), rest], scenery), 'Anime/original');
    assert.equal(place([rule({ none: 'next-rule' }), rest], scenery), 'Rest');
    assert.equal(place([{ category: '{character}' }, rest], scenery), 'Rest');
    assert.equal(place([{ category: 'By {artist}/x' }], scenery), 'By/x');
    assert.equal(place([{ category: '{rating}/{style}/{format}/x' }], scenery), 'x');
    const nameless = facts({ character: ['\u200b'], copyright: ['original'] });
    assert.equal(place([rule({ none: 'next-rule' }), rest], nameless), 'Rest');
  });

  it('are no others: what else stands in braces stays', () => {
    assert.equal(place([{ category: '{series}/{artist}' }], facts({ artist: ['aoi'] })), '{series}/aoi');
  });

  it('can’t be used by a tag to go elsewhere', () => {
    const evil = facts({ copyright: ['../../..'], character: ['..\\..'] });
    assert.equal(place([rule()], evil), 'Anime/_.._/_');
  });

  it('know rating, style, format and artist', () => {
    const f = facts({ artist: ['aoi'] }, { rating: 'general', analysis: analysis('photo'), format: 'webp' });
    assert.equal(place([{ category: '{rating}/{style}/{format}/{artist}' }], f), 'general/photo/webp/aoi');
  });
});
