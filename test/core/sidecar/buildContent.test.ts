import assert from 'node:assert/strict';
import type { Analysis } from '../../../src/core/model/analysis.ts';
import type { Match } from '../../../src/core/model/match.ts';
import { namesOf, NO_TAGS, type TagSet } from '../../../src/core/model/tag.ts';
import { buildContent, type ContentInput, type ContentOptions } from '../../../src/core/sidecar/buildContent.ts';

const TAGS: TagSet = {
  general: ['blue_eyes', '^_^'],
  character: ['hinata_hyuga_(naruto)', 'rem_(swimsuit)', 'saber_(armor)_(fate)'],
  copyright: ['naruto', 'fate_(series)', 'fate/stay_night'],
  artist: ['some_artist'],
  meta: ['highres'],
};
const MATCH: Match = {
  provider: 'saucenao',
  similarity: 93.42,
  url: 'https://danbooru.donmai.us/posts/123456',
  post: { site: 'danbooru', id: '123456' },
  tags: TAGS,
  sources: ['https://www.pixiv.net/artworks/1', 'fanbox reward', 'https://danbooru.donmai.us/posts/123456'],
  createdAt: '2024-05-06T07:08:09.123+09:00',
};
const ANALYSIS: Analysis = {
  style: 'drawing',
  styleConfidence: 0.9,
  scores: {},
  persons: [],
  model: 'm',
  width: 1,
  height: 1,
  processingMs: 1,
};
const OPTIONS: ContentOptions = {
  includeRating: false,
  tagCase: 'lower',
  hierarchy: 'category',
  creatorTool: 'Image Inbox 1.0.0',
};

const ASKED = { search: true, analysis: true };

const build = (input: Partial<ContentInput>, options: Partial<ContentOptions> = {}) => {
  const tags = input.tags ?? NO_TAGS;
  return buildContent(
    {
      tags,
      match: undefined,
      rating: undefined,
      analysis: undefined,
      named: new Set(namesOf(tags)),
      asked: ASKED,
      ...input,
    },
    { ...OPTIONS, ...options },
  );
};
const paths = (input: Partial<ContentInput>, options: Partial<ContentOptions> = {}) =>
  build(input, options).tags.map((tag) => tag.path.join('/'));

describe('the content of a sidecar', () => {
  it('has a tree of the booru’s categories, characters below the series that their qualifier names', () => {
    assert.deepEqual(paths({ tags: TAGS }), [
      'general/blue eyes',
      'general/^_^',
      'character/naruto/hinata hyuga',
      'character/rem (swimsuit)',
      'character/fate (series)/saber (armor)',
      'copyright/naruto',
      'copyright/fate (series)',
      'copyright/fate\u2215stay night',
      'artist/some artist',
      'meta/highres',
    ]);
  });

  it('has the tree of series where that is asked for', () => {
    assert.deepEqual(paths({ tags: TAGS }, { hierarchy: 'series', tagCase: 'title' }), [
      'Blue Eyes',
      '^_^',
      'Naruto/Hinata Hyuga',
      'Character/Rem (Swimsuit)',
      'Fate (Series)/Saber (Armor)',
      'Series/Naruto',
      'Series/Fate (Series)',
      'Series/Fate\u2215stay Night',
      'Artist/Some Artist',
      'Meta/Highres',
    ]);
    const alone = { ...NO_TAGS, character: ['hatsune_miku'], copyright: ['vocaloid'] };
    assert.deepEqual(paths({ tags: alone }, { hierarchy: 'series' }), ['vocaloid/hatsune miku', 'Series/vocaloid']);
    // of several series, or in the tree of categories, nothing tells which one it is from
    assert.deepEqual(paths({ tags: { ...alone, copyright: ['vocaloid', 'touhou'] } }, { hierarchy: 'series' }), [
      'Character/hatsune miku',
      'Series/vocaloid',
      'Series/touhou',
    ]);
    assert.deepEqual(paths({ tags: alone }), ['character/hatsune miku', 'copyright/vocaloid']);
  });

  it('has no levels where none are asked for', () => {
    const flat = build({ tags: TAGS, rating: 'general', analysis: ANALYSIS }, { hierarchy: 'flat' });
    assert.ok(flat.tags.every((tag) => tag.path.length === 1));
    assert.deepEqual(
      flat.tags.slice(2, 4).map((tag) => tag.leaf),
      ['hinata hyuga (naruto)', 'rem (swimsuit)'],
    );
    assert.deepEqual(
      flat.tags.slice(-2).map((tag) => tag.leaf),
      ['rating:general', 'anime style illustration'],
    );
  });

  it('keeps separators out of the levels and in the flat keyword', () => {
    const tags = { ...NO_TAGS, copyright: ['fate/stay_night', '22/7', '.hack//'], general: ['|_|'] };
    const content = build({ tags });
    assert.deepEqual(
      content.tags.map((tag) => [tag.path.at(-1), tag.leaf]),
      [
        ['\uff5c_\uff5c', '|_|'],
        ['fate\u2215stay night', 'fate/stay night'],
        ['22\u22157', '22/7'],
        ['.hack\u2215\u2215', '.hack//'],
      ],
    );
  });

  it('writes what a person typed as typed, a slash making levels', () => {
    const named = new Set(['blue_eyes']);
    const tags = { ...NO_TAGS, general: ['blue_eyes', 'Places/My_Home', 'plain|one'], artist: ['Me/Myself'] };
    const content = build({ tags, named });
    assert.deepEqual(
      content.tags.map((tag) => tag.path),
      [['general', 'blue eyes'], ['Places', 'My_Home'], ['plain\uff5cone'], ['artist', 'Me', 'Myself']],
    );
    assert.equal(content.tags[2]?.leaf, 'plain|one');
    const unsuggested = build({ tags: { ...NO_TAGS, general: ['My_Tag', '/a//b/'] }, named: new Set() });
    assert.deepEqual(
      unsuggested.tags.map(({ path, origin }) => [path, origin]),
      [
        [['My_Tag'], 'user'],
        [['a', 'b'], 'user'],
      ],
    );
  });

  it('spells a tag that a person has put into another category as before, and says that the category is the person’s', () => {
    const analysis = { ...ANALYSIS, style: 'unsure', tags: { ...NO_TAGS, general: ['some_artist'] } } as const;
    const content = build({ tags: { ...NO_TAGS, artist: ['some_artist'] }, analysis });
    assert.deepEqual(
      content.tags.map(({ path, origin }) => [path.join('/'), origin]),
      [['artist/some artist', 'user']],
    );
  });

  it('says the rating as a tag and as a content warning, and as stars only where they are asked for', () => {
    const said = (['general', 'sensitive', 'questionable', 'explicit'] as const).map((rating) => {
      const quiet = build({ rating });
      assert.equal(quiet.rating, undefined);
      assert.deepEqual(
        quiet.tags.map(({ path, leaf }) => [path, leaf]),
        [[['rating', rating], `rating:${rating}`]],
      );
      return [quiet.adultContentWarning, build({ rating }, { includeRating: true }).rating];
    });
    assert.deepEqual(said, [
      ['CW-NRQ', 5],
      ['CW-UNK', 4],
      ['CW-AWR', 3],
      ['CW-AWR', 1],
    ]);
    assert.equal(build({}, { includeRating: true }).rating, undefined);
  });

  it('says the style where the models are sure', () => {
    assert.deepEqual(paths({ analysis: ANALYSIS }), ['style/anime style illustration']);
    assert.deepEqual(paths({ analysis: { ...ANALYSIS, style: 'photo' } }), ['style/realistic photograph']);
    assert.deepEqual(paths({ analysis: { ...ANALYSIS, style: 'unsure' } }), []);
  });

  it('says how many persons the detector found, and nothing where it found none', () => {
    const persons = (count: number): Analysis => ({
      ...ANALYSIS,
      style: 'unsure',
      persons: Array.from({ length: count }, (_, index) => ({ box: [0, 0, 1, 1], confidence: 0.9 - index / 20 })),
    });
    const said = [0, 1, 2, 6, 9].map((count) => paths({ analysis: persons(count) }));
    assert.deepEqual(said, [
      [],
      ['general/1 person'],
      ['general/2 persons'],
      ['general/6+ persons'],
      ['general/6+ persons'],
    ]);
    assert.deepEqual(paths({ analysis: persons(2) }, { hierarchy: 'flat' }), ['2 persons']);
    assert.deepEqual(paths({ analysis: persons(2) }, { hierarchy: 'series' }), ['2 persons']);
    assert.equal(build({ analysis: persons(2) }).tags[0]?.origin, 'model m 85 %');
  });

  it('says of each tag where it is from, with the score', () => {
    const given = { ...NO_TAGS, general: ['smile', 'hat'] };
    const seen: Analysis = {
      ...ANALYSIS,
      model: 'wd|v3',
      tags: { ...NO_TAGS, general: ['hat', 'sky'] },
      tagScores: { hat: 0.8712, sky: 0.5 },
      rating: 'explicit',
    };
    const all = { ...NO_TAGS, general: ['smile', 'hat', 'sky', 'mine'] };
    const named = new Set(['smile', 'hat', 'sky']);
    const match = { ...MATCH, tags: given };
    const content = build({ tags: all, named, match, analysis: seen, rating: 'explicit' });
    assert.deepEqual(
      content.tags.map(({ name, origin }) => [name, origin]),
      [
        ['smile', 'danbooru:123456 via saucenao 93.4 %'],
        ['hat', 'danbooru:123456 via saucenao 93.4 % and model wd v3 87.1 %'],
        ['sky', 'model wd v3 50 %'],
        ['mine', 'user'],
        ['rating:explicit', 'model wd v3'],
        ['style:drawing', 'model wd v3 90 %'],
      ],
    );
    const { similarity: _, ...traced } = { ...match, provider: 'file-name' as const, rating: 'general' as const };
    assert.deepEqual(
      build({ tags: given, match: traced, rating: 'general' }).tags.map(({ origin }) => origin),
      Array(3).fill('danbooru:123456 via file-name'),
    );
  });

  it('takes the name of a model for one, whatever it is, so that it can be withdrawn as one', () => {
    const [tag] = build({ analysis: { ...ANALYSIS, model: 'mine and\nyours and all' } }).tags;
    assert.equal(tag?.origin, 'model mine + yours + all 90 %');
  });

  it('calls a picture made by a model where the booru’s approved tag says so, and never by a guess', () => {
    const typeOf = (tag: string, approved = tag) =>
      build({
        tags: { ...NO_TAGS, meta: [approved] },
        match: { ...MATCH, tags: { ...NO_TAGS, meta: [tag] } },
      }).digitalSourceType;
    assert.equal(typeOf('ai-generated'), 'http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia');
    assert.equal(
      typeOf('ai-assisted'),
      'http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia',
    );
    assert.equal(typeOf('highres'), undefined);
    assert.equal(typeOf('ai-generated', 'highres'), undefined);
    const guessed = { ...NO_TAGS, meta: ['ai-generated'] };
    assert.equal(build({ tags: guessed, analysis: { ...ANALYSIS, tags: guessed } }).digitalSourceType, undefined);
  });

  it('says where the picture was found', () => {
    const content = build({ tags: TAGS, match: MATCH });
    assert.equal(content.description, 'Matched on Danbooru via SauceNAO (93.4 % similarity)');
    assert.equal(content.source, MATCH.url);
    assert.deepEqual(content.relations, ['https://www.pixiv.net/artworks/1']);
    assert.equal(content.identifier, 'danbooru:123456');
    assert.deepEqual(content.creators, ['some artist']);
    assert.equal(content.date, '2024-05-06T07:08:09+09:00');
    assert.equal(
      build({ match: { ...MATCH, provider: 'danbooru-md5', similarity: 100 } }).description,
      'Matched on Danbooru by MD5',
    );
  });

  it('names site, artist and work where the site has no tags', () => {
    const { post: _post, createdAt: _date, ...rest } = MATCH;
    const match: Match = { ...rest, url: 'https://www.example.org/1', artist: '絵師', title: '題', tags: NO_TAGS };
    const content = build({ match });
    assert.equal(content.description, 'Matched on example.org via SauceNAO (93.4 % similarity)');
    assert.deepEqual([content.creators, content.title, content.identifier], [['絵師'], '題', undefined]);
    assert.equal('date' in content, false);
  });

  it('has little to say of an unknown picture, and says that', () => {
    assert.deepEqual(build({}), {
      tags: [],
      relations: [],
      creators: [],
      creatorTool: 'Image Inbox 1.0.0',
      asked: ASKED,
    });
  });

  it('leaves out tags that hold nothing, and repeats', () => {
    assert.deepEqual(paths({ tags: { ...NO_TAGS, general: ['\n', 'a_b', 'a b', '_a_b_'] } }), ['general/a b']);
  });
});
