import assert from 'node:assert/strict';
import { Exclusion, foldPlace, placeOf } from '../../../src/core/sync/places.ts';
import { apart, Spellings } from '../../../src/core/sync/spellings.ts';

describe('The place of a file on the NAS', () => {
  it('is its path in the sorted folder, however both are written', () => {
    assert.equal(placeOf('/a/Sorted', '/a/Sorted/Cats/夏 x.png'), 'Cats/夏 x.png');
    assert.equal(placeOf('/a/Sorted', '/a/Sorted/..png/.b'), '..png/.b');
    assert.equal(placeOf('/a/Sorted/', '/a/Sorted/b.png'), 'b.png');
    assert.equal(placeOf('/a/Sorted', '/a/Sorted//Cats/./b.png'), 'Cats/b.png');
    assert.equal(placeOf('/a/Sorted', '/a/Sorted/Cats/../b.png'), 'b.png');
    assert.equal(placeOf('/', '/b.png'), 'b.png');
  });

  it('is none outside of it: such a file never gets anywhere on the NAS', () => {
    for (const file of ['/a/Sorted', '/a/Sorted/', '/a', '/a/b.png', '/a/Sorted2/b.png', '/a/Sorted/../b.png', '/a/Sorted/Cats/../../b.png']) {
      assert.throws(() => placeOf('/a/Sorted', file), /is not in the sorted folder \/a\/Sorted/, file);
    } // prettier-ignore
  });
});

describe('What is not synced', () => {
  const exclusion = new Exclusion(['@eaDir', 'Thumbs.db', 'Ärger']);

  it('is what has a listed name, in any case, and all that is in a folder of that name', () => {
    for (const place of ['thumbs.DB', 'Cats/Thumbs.db', '@eadir/a.png', 'Cats/@EADIR/deep/below/a.png', 'ÄRGER/a.png']) {
      assert.ok(exclusion.has(place), place);
      assert.ok(exclusion.has(place), `${place}, asked again`);
    } // prettier-ignore
  });

  it('is what is our own on the NAS, wherever it lies', () => {
    for (const place of ['.image-inbox-trash/2026-01-31_142500/a.png', '.image-inbox-0123abcd/a.png', 'Cats/.image-inbox/x.png']) {
      assert.ok(exclusion.has(place), place);
    } // prettier-ignore
  });

  it('is nothing whose name only contains a listed one', () => {
    for (const place of ['my @eaDir/a.png', 'Thumbs.db.png', 'Cats/a.png', 'image-inbox/a.png', 'a.image-inbox.png']) {
      assert.ok(!exclusion.has(place), place);
    }
  });
});

describe('Places that a NAS may take for one', () => {
  it('are those that differ by case or by how accents are composed', () => {
    const same = [
      ['Cats/A.PNG', 'cats/a.png'],
      ['É.png', 'e\u0301.png'],
      ['Straße.png', 'STRASSE.png'],
    ] as const;
    for (const [a, b] of same) assert.equal(foldPlace(a), foldPlace(b), a);
    assert.notEqual(foldPlace('E.png'), foldPlace('É.png'));
    assert.notEqual(foldPlace('a_b.png'), foldPlace('a b.png'));
  });

  it('are known of all that was added, also later on', () => {
    const spellings = new Spellings();
    assert.ok(!spellings.isShared('a.png'));
    spellings.add(['a.png', 'b.png']);
    assert.ok(!spellings.isShared('a.png'));
    assert.ok(spellings.isShared('A.png'), 'one that is not among them');
    spellings.add(['a.png', 'A.png', 'b.png']);
    for (const [place, isShared] of [['a.png', true], ['A.png', true], ['b.png', false], ['c.png', false]] as const) {
      assert.equal(spellings.isShared(place), isShared, place);
    } // prettier-ignore
  });

  it('go in groups in which there are no two of them, in their order', () => {
    const items = [['a', 'a.xmp'], ['b'], ['A'], ['A.XMP'], ['c', 'B'], ['a']] as const;
    assert.deepEqual(
      apart(items, (places) => places),
      [[['a', 'a.xmp'], ['b']], [['A'], ['A.XMP'], ['c', 'B']], [['a']]],
    );
    assert.deepEqual(
      apart([[], ['x'], []], (places: readonly string[]) => places),
      [[[], ['x'], []]],
    );
  });
});
