import assert from 'node:assert/strict';
import { categoryFolder } from '../../../src/core/rules/categoryFolder.ts';

describe('the folder of a category', () => {
  it('never leads out of the sorted folder', () => {
    for (const category of [
      '../../etc',
      'a/b/../..',
      '/etc/passwd',
      '..\\..\\windows',
      './.',
      '...',
      'C:\\Windows',
      '~/x',
    ]) {
      const levels = categoryFolder(category).split('/');
      assert.ok(
        levels.every((level) => level !== '' && !/^\.+$/.test(level) && !/[:\\]/.test(level)),
        `${category} -> ${levels.join('/')}`,
      );
    }
  });

  it('is Uncategorized when nothing usable is left', () => {
    for (const category of ['', '///', '..', '. . .', '   ']) assert.equal(categoryFolder(category), 'Uncategorized');
  });

  it('can be held by Windows too', () => {
    assert.equal(categoryFolder('CON/aux.txt/nul'), '_CON/_aux.txt/_nul');
    assert.equal(categoryFolder('Re:Zero?/ends. '), 'Re_Zero_/ends');
    assert.equal(categoryFolder('a\nb'), 'a_b');
  });

  it('keeps every level short enough for a name, without cutting a character in two', () => {
    const long = categoryFolder(`${'漢'.repeat(300)}/x`);
    const [first] = long.split('/');
    assert.ok(Buffer.byteLength(first ?? '') <= 200);
    assert.ok(!long.includes('\ufffd'));
  });

  it('writes the same text of different Unicode forms as one folder', () => {
    assert.equal(categoryFolder('Pokémon'), categoryFolder('Poke\u0301mon'));
  });
});
