import assert from 'node:assert/strict';
import { tagText } from '../../../src/core/sidecar/tagText.ts';

describe('the text of a tag', () => {
  it('has spaces for underscores, in lower case', () => {
    assert.equal(tagText('blue_eyes', 'lower'), 'blue eyes');
    assert.equal(tagText('Ganyu_(Genshin_Impact)', 'lower'), 'ganyu (genshin impact)');
  });

  it('has capitals where title case is asked for, also inside brackets', () => {
    assert.equal(tagText('blue_eyes', 'title'), 'Blue Eyes');
    assert.equal(tagText('hinata_hyuga_(naruto)', 'title'), 'Hinata Hyuga (Naruto)');
    assert.equal(tagText('don\'t_say_"lazy"', 'title'), 'Don\'t Say "lazy"');
    assert.equal(tagText('1girl', 'title'), '1girl');
    assert.equal(tagText('éclair', 'title'), 'Éclair');
  });

  it('is the site’s own where that is asked for', () => {
    assert.equal(tagText('fate/stay_night', 'booru'), 'fate/stay_night');
  });

  for (const face of [
    '^_^',
    '|_|',
    '0_0',
    'o_o',
    '(o)_(o)',
    '<o>_<o>',
    '>_<',
    '+_+',
    '._.',
    ';_;',
    '@_@',
    '||_||',
    '_',
  ]) {
    it(`keeps the face ${face}`, () => {
      for (const tagCase of ['lower', 'title', 'booru'] as const) assert.equal(tagText(face, tagCase), face);
    });
  }

  it('holds no control character, line break or half of an emoji', () => {
    assert.equal(tagText('x\n-execute\n-o\nother.txt', 'booru'), 'x -execute -o other.txt');
    assert.equal(tagText('a\u0000\u0085b\u2028c\ud83dd', 'lower'), 'a b c d');
    assert.equal(tagText('\r\n\u0000', 'lower'), '');
    assert.equal(tagText('日本_😀', 'lower'), '日本 😀');
  });
});
