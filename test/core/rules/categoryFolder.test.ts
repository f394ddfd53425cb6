import assert from 'node:assert/strict';
import { join, relative, resolve } from 'node:path';
import { categoryFolder } from '../../../src/core/rules/categoryFolder.ts';
import { fileName } from '../../../src/core/rules/fileName.ts';
import { isInside } from '../../../src/core/settings/folders.ts';
import { randomFrom } from '../learning/random.ts';

const HARMFUL = [
  '../../etc', 'a/b/../..', '/etc/passwd', '..\\..\\windows', './.', '...', 'C:\\Windows', '~/x', '//server/share',
  '\\\\?\\C:\\', 'a/\u202e../b', '.\u200b./x', '\u0000/..', '. ./.. /x', 'x'.repeat(300), '\ud800/..', '．．/x',
]; // prettier-ignore

/** Pieces that names go wrong over, beside plain letters of many scripts. */
const PIECES = [
  '.', '..', '/', '\\', ' ', ':', '*', '?', '"', '<', '|', '\n', '\u0000', '\u0085', '\u202e', '\u200b', '\ufeff',
  'CON', 'nul', 'COM¹', 'lpt9', '.txt', 'aux.', 'é', 'e\u0301', '\u0301', '漢', 'ｶﾞ', '👩‍👩‍👧', '🏳️‍🌈', 'ไทย', 'العربية', '\ud83d',
  '\udc00', 'ﬁ', 'a', 'B', '-', '~', '%', '$', "'", '{', '\u00a0', '\u3000', 'İ',
]; // prettier-ignore

describe('the folder of a category', () => {
  it('never leads out of the sorted folder', () => {
    for (const category of HARMFUL) {
      const folder = categoryFolder(category);
      assert.ok(isInside(join('/w/Sorted', folder), '/w/Sorted') && folder !== '', `${category} -> ${folder}`);
      for (const level of folder.split('/')) assert.ok(!/^\.*$/.test(level) && !/[:\\]/.test(level), folder);
    }
  });

  it('is one that any system can hold, whatever the category, and stays as it is when it is made once more', () => {
    const random = randomFrom(20250101);
    for (let i = 0; i < 20_000; i++) {
      const length = 1 + Math.floor(random() ** 3 * 120);
      const category = Array.from({ length }, () => PIECES[Math.floor(random() * PIECES.length)]).join('');
      const folder = categoryFolder(category);
      const shown = JSON.stringify([category, folder]);
      assert.equal(relative('/w/Sorted', resolve('/w/Sorted', folder)), folder, shown);
      assert.equal(categoryFolder(folder), folder, shown);
      assert.ok(Buffer.byteLength(folder) <= 600, shown);
      for (const level of folder.split('/')) {
        assert.ok(level !== '' && Buffer.byteLength(level) <= 143, shown);
        assert.ok(!/[\p{Cc}\p{Surrogate}<>:"\\|?*\u202a-\u202e\u2066-\u2069]/u.test(level), shown);
        assert.ok(!/^[.\s]|[.\s]$/u.test(level), shown);
        assert.ok(!/^(con|prn|aux|nul|com[\d¹²³]|lpt[\d¹²³]) *(\.|$)/i.test(level), shown);
        assert.equal(level.normalize('NFC'), level, shown);
      }
    }
  });

  it('is Uncategorized when nothing usable is left', () => {
    for (const category of ['', '///', '..', '. . .', '   ', '\u200b', '\u202e..'])
      assert.equal(categoryFolder(category), 'Uncategorized');
  });

  it('has no name that Windows keeps for a device', () => {
    assert.equal(categoryFolder('CON/aux.txt/nul'), '_CON/_aux.txt/_nul');
    for (const name of ['COM¹', 'lpt³.png', 'CON .txt', 'NUL.', 'conin$', 'Aux']) {
      assert.match(categoryFolder(name), /^_/, name);
    }
    for (const name of ['CONTROL', 'Com', 'nullable.txt', 'auxiliary']) assert.equal(categoryFolder(name), name);
    assert.equal(categoryFolder('Re:Zero?/ends. '), 'Re_Zero_/ends');
    assert.equal(categoryFolder('a\nb\vV'), 'a_b_V');
  });

  it('is cut between characters as people see them, never within one', () => {
    const family = '👩‍👩‍👧‍👦';
    const folder = categoryFolder(family.repeat(20));
    assert.equal(folder, family.repeat(folder.length / family.length));
    assert.ok(Buffer.byteLength(folder) > 143 - Buffer.byteLength(family));
    assert.equal(categoryFolder('漢'.repeat(300)), '漢'.repeat(47));
    assert.equal(categoryFolder('x'.repeat(300)), 'x'.repeat(143));
  });

  it('is not a device’s name after the cut either', () => {
    assert.equal(fileName(`con${' '.repeat(200)}x`), '_con');
  });

  it('writes the same text of different Unicode forms as one folder', () => {
    assert.equal(categoryFolder('Pokémon'), categoryFolder('Poke\u0301mon'));
    assert.equal(categoryFolder('e\u200b\u0301'), 'é');
  });

  it('keeps what other scripts need', () => {
    for (const name of ['می‌خواهم', 'क्‍ष', 'アニメ', 'صور']) assert.equal(categoryFolder(name), name.normalize('NFC'));
  });

  it('keeps the outer levels of a category that is too deep', () => {
    assert.equal(categoryFolder('a/b/c/d/e/f/g/h/i/j'), 'a/b/c/d/e/f/g/h');
    const ofBytes = (...levels: readonly number[]): string => levels.map((bytes) => 'x'.repeat(bytes)).join('/');
    const most = ofBytes(75, 74, 74, 74, 74, 74, 74, 74);
    assert.equal(Buffer.byteLength(most), 600);
    assert.equal(categoryFolder(most), most);
    assert.equal(categoryFolder(`${most}x`), ofBytes(75, 74, 74, 74, 74, 74, 74));
    assert.equal(categoryFolder(Array.from({ length: 6 }, () => 'x'.repeat(143)).join('/')).split('/').length, 4);
  });
});
