import assert from 'node:assert/strict';
import { formatAcdseeCategories, parseAcdseeCategories } from '../../../src/adapters/exiftool/acdseeCategories.ts';

describe('ACDSee’s categories', () => {
  it('are a tree in which the assigned ones count', () => {
    const text =
      '<Categories><Category Assigned="0">Places<Category Assigned="1">Home &amp; Garden</Category></Category>' +
      '<Category Assigned="1">Zoo<Category Assigned="0">Lions</Category></Category></Categories>';
    assert.deepEqual(parseAcdseeCategories(text), ['Places/Home & Garden', 'Zoo']);
    assert.deepEqual(parseAcdseeCategories('<Category Assigned="1">B</Category>'), ['B']);
  });

  it('come back as they were written', () => {
    const tags = ['A', 'A/B/C', 'A/日本', '<x> & "y"'];
    const text = formatAcdseeCategories(tags);
    assert.match(
      text,
      /^<Categories><Category Assigned="1">A<Category Assigned="0">B<Category Assigned="1">C<\/Category>/,
    );
    assert.deepEqual(parseAcdseeCategories(text), tags);
    assert.deepEqual(parseAcdseeCategories(formatAcdseeCategories([])), []);
  });
});
