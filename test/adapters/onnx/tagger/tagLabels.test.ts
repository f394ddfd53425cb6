import assert from 'node:assert/strict';
import { parseTagLabels } from '../../../../src/adapters/onnx/tagger/tagLabels.ts';

const HEADER = 'tag_id,name,category,count\n';

describe('parseTagLabels', () => {
  it('reads the table of a WD tagger in its order', () => {
    const text = `${HEADER}9999999,general,9,807858\n470575,1girl,0,4225150\n1,hatsune_miku,4,9\n2,vocaloid,3,9\n3,wlop,1,9\n4,highres,5,9\n`;
    assert.deepEqual(parseTagLabels(text), [
      { kind: 'rating', rating: 'general' },
      { kind: 'tag', name: '1girl', category: 'general' },
      { kind: 'tag', name: 'hatsune_miku', category: 'character' },
      { kind: 'tag', name: 'vocaloid', category: 'copyright' },
      { kind: 'tag', name: 'wlop', category: 'artist' },
      { kind: 'tag', name: 'highres', category: 'meta' },
    ]);
  });

  it('goes by the names of the columns, wherever they stand and whatever stands between them', () => {
    assert.deepEqual(parseTagLabels('id,category,tag_id,name,ips\n1,0,7,long_hair,[]\n'), [
      { kind: 'tag', name: 'long_hair', category: 'general' },
    ]);
  });

  it('keeps the spelling of the booru: kaomoji, quotes, underscores', () => {
    const names = ['^_^', '|_|', '0_0', '>_<', ';)', 'don\'t_say_"lazy"', '(o)_(o)', 'k-on!'];
    const rows = names.map((name) => `1,"${name.replaceAll('"', '""')}",0,1\n`).join('');
    assert.deepEqual(
      parseTagLabels(HEADER + rows).map((label) => label.kind === 'tag' && label.name),
      names,
    );
  });

  it('makes underscores of the spaces of a table that was made for showing', () => {
    assert.deepEqual(parseTagLabels('name,category\nlong hair,0\n'), [
      { kind: 'tag', name: 'long_hair', category: 'general' },
    ]);
  });

  it('says what is wrong with which tag', () => {
    assert.throws(() => parseTagLabels('1girl\nsolo\n'), /does not name the columns "name" and "category"/);
    assert.throws(() => parseTagLabels(HEADER), /names no tags/);
    assert.throws(() => parseTagLabels(`${HEADER}1,solo,0,1\n2,,0,1\n`), /tag 2 has no name/);
    assert.throws(
      () => parseTagLabels(`${HEADER}1,solo,2,1\n`),
      /"solo" \(tag 1\) has the category "2", where 0 \(general\)/,
    );
    assert.throws(
      () => parseTagLabels(`${HEADER}1,safe,9,1\n`),
      /"safe" \(tag 1\) is none of the ratings general, sens/,
    );
  });
});
