import assert from 'node:assert/strict';
import { parseHydrusTags } from '../../../src/adapters/evidence/parseHydrusTags.ts';

const NO_TAGS = { general: [], character: [], copyright: [], artist: [], meta: [] };
const generalOf = (text: string) => parseHydrusTags(text)?.tags?.general;

describe('parseHydrusTags', () => {
  it('sorts the tags by their namespaces', () => {
    const text = [
      'creator:inkwell otter',
      'series:starlit harbor',
      'studio:nine herons',
      'character:aoi hoshino (starlit harbor)',
      'Person: some singer',
      'meta:absurdres',
      'medium:watercolor',
      'rating:questionable',
      'title:港の夜: part 2',
      'page:3',
      'volume:1',
      'blue eyes',
      'smile',
    ].join('\n');
    assert.deepEqual(parseHydrusTags(text), {
      md5s: [],
      posts: [],
      sources: [],
      tags: {
        general: ['blue_eyes', 'smile'],
        character: ['aoi_hoshino_(starlit_harbor)', 'some_singer'],
        copyright: ['starlit_harbor', 'nine_herons'],
        artist: ['inkwell_otter'],
        meta: ['absurdres', 'watercolor'],
      },
      rating: 'questionable',
      title: '港の夜: part 2',
    });
  });

  it('leaves colons that are no namespace in the tag', () => {
    assert.deepEqual(generalOf('re:zero\n::d\n:3\nnier:automata\ngender:female'), [
      're:zero', ':d', ':3', 'nier:automata', 'gender:female',
    ]); // prettier-ignore
  });

  it('reads lines that end in any way, and each tag once', () => {
    assert.deepEqual(generalOf('smile\r\n\r\n  solo \rblue sky\nsmile\n'), ['smile', 'solo', 'blue_sky']);
  });

  it('reads tags that are all in one line', () => {
    assert.deepEqual(generalOf('blue sky, 1girl, smile,'), ['blue_sky', '1girl', 'smile']);
    assert.deepEqual(generalOf('blue_sky 1girl smile'), ['blue_sky', '1girl', 'smile']);
    assert.deepEqual(generalOf('blue_sky'), ['blue_sky']);
    const many = Array.from({ length: 100 }, (_, n) => `tag_${n}`);
    assert.deepEqual(generalOf(many.join(', ')), many);
    assert.deepEqual(generalOf(many.join(' ')), many);
  });

  it('finds the posts and sources in addresses', () => {
    const text = 'https://danbooru.donmai.us/posts/9900001\nsource:https://example.com/a b\nurl:file:///etc/passwd\n';
    assert.deepEqual(parseHydrusTags(text), {
      md5s: [],
      posts: [{ site: 'danbooru', id: '9900001' }],
      sources: ['https://danbooru.donmai.us/posts/9900001', 'https://example.com/a%20b'],
    });
  });

  it('takes no rating from a letter that means two things', () => {
    assert.equal(parseHydrusTags('solo\nrating:safe')?.rating, 'general');
    assert.equal('rating' in parseHydrusTags('solo\nrating:s')!, false);
  });

  it('keeps no control character', () => {
    assert.deepEqual(generalOf('solo\u0000\u001b[2j\nblue\u2028eyes\n\u0007'), ['solo_[2j', 'blue_eyes']);
  });

  it('is told nothing by prose and by nothing', () => {
    for (const [what, text] of [
      ['nothing', ''],
      ['blank lines', ' \n\t\r\n'],
      ['a sentence', 'I got this one from a friend.'],
      ['a sentence with commas', 'Drawn on Monday, scanned on Tuesday, thanks.'],
      ['a sentence in Japanese', '友だちからもらった絵です。'],
      ['a sentence among lines', 'Harbor Night\nThis was drawn in a hurry.'],
      ['a long line', `smile\n${'lorem '.repeat(40)}`],
      ['a line of many words', 'smile\none two three four five six seven eight nine ten eleven twelve thirteen'],
      ['too many lines', 'word\n'.repeat(2001)],
      ['too many words', 'a_b '.repeat(2001)],
      ['a page number', 'page:3'],
    ] as const) {
      assert.equal(parseHydrusTags(text), undefined, what);
    }
  });

  it('is told something by a title or a rating alone', () => {
    assert.deepEqual(parseHydrusTags('title:Harbor Night'), {
      md5s: [],
      posts: [],
      sources: [],
      title: 'Harbor Night',
    });
    assert.deepEqual(parseHydrusTags('creator:inkwell otter')?.tags, { ...NO_TAGS, artist: ['inkwell_otter'] });
  });
});
