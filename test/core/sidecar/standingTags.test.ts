import assert from 'node:assert/strict';
import type { SidecarFields } from '../../../src/core/sidecar/fields.ts';
import { standingTags } from '../../../src/core/sidecar/standingTags.ts';

const paths = (fields: SidecarFields): readonly string[] => standingTags(fields).map(({ path }) => path.join('/'));

describe('the tags of a sidecar as its readers see them', () => {
  it('are those of the first field that is there, in the order in which programs look', () => {
    const fields = {
      tagsList: ['first'],
      hierarchicalSubject: ['second'],
      lastKeywordXmp: ['third'],
      catalogSets: ['fourth'],
      acdseeCategories: ['fifth'],
      subject: ['sixth'],
    };
    const order = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth'];
    for (let left: SidecarFields = fields; order.length > 0;) {
      assert.deepEqual(paths(left), [order.shift()]);
      left = Object.fromEntries(Object.entries(left).slice(1));
    }
    assert.deepEqual(paths({}), []);
  });

  for (const word of ['general', 'character', 'copyright', 'artist', 'meta', 'rating', 'style', 'series']) {
    it(`are without the level ${word} where darktable made a flat keyword of it, and only there`, () => {
      assert.deepEqual(paths({ subject: [word, word.toUpperCase(), 'rem'] }), ['rem']);
      assert.deepEqual(paths({ tagsList: [word, `${word}/rem`] }), [word, `${word}/rem`]);
    });
  }

  it('are without what darktable notes for itself, and with what only looks like it', () => {
    const entries = ['darktable', 'darktable|format|jpg', 'darktables', 'my darktable|x'];
    assert.deepEqual(paths({ hierarchicalSubject: entries }), ['darktables', 'my darktable/x']);
  });

  it('are none where an entry is empty', () => {
    assert.deepEqual(paths({ tagsList: ['', '/', 'a'] }), ['a']);
    assert.deepEqual(paths({ subject: ['', 'a'] }), ['a']);
    assert.deepEqual(paths({ tagsList: ['/a//b/'] }), ['a/b']);
    assert.deepEqual(paths({ hierarchicalSubject: ['|a||b|'] }), ['a/b']);
  });
});
