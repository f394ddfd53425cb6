import assert from 'node:assert/strict';
import type { Correction } from '../../../src/core/learning/correction.ts';
import { PreferencesInvalid, preferencesText, readPreferences } from '../../../src/core/learning/preferencesFile.ts';
import type { ContentHash } from '../../../src/core/model/ids.ts';

const correction: Correction = {
  image: 'ab'.repeat(32) as ContentHash,
  at: 1_767_225_600_000,
  revised: 1_767_225_600_001,
  by: 'explorer',
  name: '猫 "one" 🐈.jpg',
  from: 'Anime/Scenery',
  to: 'Anime/Cats',
  features: ['style:drawing', 'tag:cat:3'],
  losses: [1, 2, 3, 4, 5, 6],
};
const other: Correction = { ...correction, image: '0f'.repeat(32) as ContentHash, off: true };
const text = (list: readonly Correction[]): string => [...preferencesText(list, new Date(0))].join('');

describe('the file of preferences', () => {
  it('holds every correction, and reads back as it was', () => {
    assert.deepEqual(readPreferences(text([correction, other])), [other, correction]);
    assert.deepEqual(readPreferences(text([])), []);
  });

  it('is laid out to be read and compared: a correction a line', () => {
    assert.deepEqual(
      text([correction, other])
        .replace(/^ {4}\{.*/gm, '    CORRECTION')
        .split('\n'),
      [
        '{',
        '  "kind": "image-inbox-preferences",',
        '  "version": 1,',
        '  "exportedAt": "1970-01-01T00:00:00.000Z",',
        '  "corrections": [',
        '    CORRECTION',
        '    CORRECTION',
        '  ]',
        '}',
        '',
      ],
    );
    assert.match(text([]), /^ {2}"corrections": \[\]\n\}\n$/m);
  });

  it('may begin with the mark that editors on Windows put before UTF-8', () => {
    assert.deepEqual(readPreferences(`\uFEFF${text([other])}`), [other]);
  });

  it('is the same text for the same corrections, in whatever order they come', () => {
    assert.equal(
      text([correction, other]),
      text([other, Object.fromEntries(Object.entries(correction).reverse()) as never]),
    );
  });

  it('is refused with a reason and the place when it is not one', () => {
    const file = { kind: 'image-inbox-preferences', version: 1, corrections: [correction] };
    const change = (more: object): string => JSON.stringify({ ...file, corrections: [{ ...correction, ...more }] });
    const wrong: [string, PreferencesInvalid['reason'], RegExp][] = [
      ['{', 'not-json', /no JSON/],
      ['[]', 'wrong-shape', /no preferences of Image Inbox/],
      ['null', 'wrong-shape', /the file: /],
      ['"text"', 'wrong-shape', /the file: /],
      ['5', 'wrong-shape', /the file: /],
      [JSON.stringify({ ...file, version: 2 }), 'newer-version', /newer version/],
      [JSON.stringify({ ...file, version: '2' }), 'wrong-shape', /version/],
      [JSON.stringify({ ...file, kind: 'x' }), 'wrong-shape', /kind/],
      [change({ image: 'xyz' }), 'wrong-shape', /corrections\.0\.image/],
      [change({ at: 1.5 }), 'wrong-shape', /corrections\.0\.at/],
      [change({ at: -1 }), 'wrong-shape', /corrections\.0\.at/],
      [change({ to: '' }), 'wrong-shape', /corrections\.0\.to/],
      [change({ features: ['tag:a', 'tag:a'] }), 'wrong-shape', /must not repeat/],
      [change({ features: Array.from({ length: 257 }, (_, i) => `tag:${i}`) }), 'wrong-shape', /features/],
      [change({ losses: [1] }), 'wrong-shape', /losses/],
      [change({ weight: 1e9 }), 'wrong-shape', /weight/],
      [change({ by: 'magic' }), 'wrong-shape', /by/],
    ];
    for (const [given, reason, message] of wrong) {
      assert.throws(
        () => readPreferences(given),
        (error: unknown) =>
          error instanceof PreferencesInvalid && error.reason === reason && message.test(error.message),
        given.slice(0, 100),
      );
    }
  });
});
