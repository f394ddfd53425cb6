import assert from 'node:assert/strict';
import { formatFieldHashes, parseFieldHashes } from '../../../src/core/sidecar/fieldHashes.ts';
import { listHash, textHash } from '../../../src/core/sidecar/textHash.ts';

describe('what we wrote last, as hashes in the sidecar', () => {
  it('goes there in an order of its own, without fields of which nothing is ours, and comes back', () => {
    const text = formatFieldHashes(
      new Map([
        ['tagsList', ['1a2b3c4d']],
        ['relation', []],
        ['creator', ['2b3c4d5e', '3c4d5e6f']],
      ]),
    );
    assert.equal(text, 'creator=2b3c4d5e,3c4d5e6f tagsList=1a2b3c4d');
    assert.deepEqual(
      [...parseFieldHashes(text)],
      [
        ['creator', ['2b3c4d5e', '3c4d5e6f']],
        ['tagsList', ['1a2b3c4d']],
      ],
    );
  });

  it('is left out where nothing is ours', () => {
    assert.equal(formatFieldHashes(new Map()), undefined);
    assert.equal(formatFieldHashes(new Map([['title', []]])), undefined);
    assert.equal(parseFieldHashes(undefined).size, 0);
  });

  it('is passed over where it can’t be understood, and the rest is taken', () => {
    const text = 'creator title= =1a2b3c4d hue=1a2b3c4d  source=2b3c4d5e';
    assert.deepEqual([...parseFieldHashes(text)], [['source', ['2b3c4d5e']]]);
  });

  // http://www.isthe.com/chongo/tech/comp/fnv/ : its test vectors for 32 bits
  for (const [text, hash] of [
    ['', '811c9dc5'],
    ['a', 'e40c292c'],
    ['foobar', 'bf9cf968'],
  ] as const) {
    it(`is FNV-1a: ${JSON.stringify(text)}`, () => assert.equal(textHash(text), hash));
  }

  it('always has eight digits', () => {
    const hashes = Array.from({ length: 1000 }, (_, i) => textHash(`${i}`));
    assert.ok(hashes.some((hash) => hash.startsWith('0')));
    assert.deepEqual(
      hashes.filter((hash) => hash.length !== 8),
      [],
    );
  });

  it('tells lists apart by order and by where their entries end', () => {
    const lists = [[], ['ab'], ['a', 'b'], ['b', 'a']];
    assert.equal(new Set(lists.map(listHash)).size, lists.length);
    assert.equal(listHash(undefined), listHash([]));
  });
});
