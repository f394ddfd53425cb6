import assert from 'node:assert/strict';
import { NO_TAGS } from '../../../src/core/model/tag.ts';
import { DEFAULT_IGNORED_TAGS, TagFilter } from '../../../src/core/search/tagFilter.ts';

describe('The tags that are left out', () => {
  it('are by default those that speak of the post and not of the picture', () => {
    const meta = [
      'commentary', 'english_commentary', 'commentary_request', 'translation_request', 'artist_request', 'bad_pixiv_id',
      'bad_id', 'md5_mismatch', 'third-party_source', 'tagme', 'check_translation', 'partially_translated', 'highres', 'absurdres',
      'animated', 'official_art',
    ]; // prettier-ignore
    const filter = new TagFilter(DEFAULT_IGNORED_TAGS);
    assert.deepEqual(filter.apply({ ...NO_TAGS, meta }).meta, ['highres', 'absurdres', 'animated', 'official_art']);
  });

  it('may be any, by globs in which only the star means something', () => {
    const filter = new TagFilter(['*res', ':(', 'a[b]', '22/*']);
    const general = ['highres', ':(', ':)', 'a[b]', 'ab', '22/7', 'night'];
    assert.deepEqual(filter.apply({ ...NO_TAGS, general }).general, [':)', 'ab', 'night']);
  });

  it('are never names of characters, works or artists', () => {
    const named = { ...NO_TAGS, character: ['highres'], copyright: ['highres'], artist: ['highres'] };
    assert.deepEqual(new TagFilter(['*']).apply({ ...named, general: ['x'], meta: ['x'] }), named);
  });

  it('are none with an empty list', () => {
    const tags = { ...NO_TAGS, meta: ['tagme'] };
    assert.deepEqual(new TagFilter([]).apply(tags), tags);
  });

  it('are the general ones as well as the meta ones, also those that begin with a dot', () => {
    const tags = { ...NO_TAGS, general: ['...', '.hidden', '{a}', 'a/b', 'angel', 'night'], meta: ['...', 'tagme'] };
    const filter = new TagFilter(['*den', '...', '{a}', '{angel,night}', 'a/*', '@(night)', '+(tagme)']);
    assert.deepEqual(filter.apply(tags), { ...NO_TAGS, general: ['angel', 'night'], meta: ['tagme'] });
  });

  it('may be any that begin with a mark or hold one, and no others go with them', () => {
    const general = ['!', '!!', '!?', '?', '??', ':o', 'a', 'a.b', 'a+b', 'ab', '^_^', '$', 'x|y', '"q"', '(night)', 'night', 'a\\b', 'Ab']; // prettier-ignore
    const left = (pattern: string) => new TagFilter([pattern]).apply({ ...NO_TAGS, general }).general;
    for (const tag of general) {
      const others = general.filter((one) => one !== tag);
      assert.deepEqual(left(tag), others, tag);
    }
  });

  it('are none by an empty pattern, and all by a star or two', () => {
    const general = ['night', '!'];
    const left = (pattern: string) => new TagFilter([pattern]).apply({ ...NO_TAGS, general }).general;
    assert.deepEqual(left(''), general);
    for (const pattern of ['*', '**']) assert.deepEqual(left(pattern), [], pattern);
    assert.deepEqual(left('n*g*t'), ['!']);
  });
});
