import assert from 'node:assert/strict';
import { categoryAt, meaningOf, type Movement, type MovementFacts } from '../../../src/core/learning/movements.ts';
import type { ContentHash } from '../../../src/core/model/ids.ts';

const sorted = '/w/Sorted "x"';
const move = (n: number, from: string, to: string, at = n): Movement => ({
  image: String(n).padStart(64, '0') as ContentHash,
  from: `${sorted}/${from}/猫 ${n}.jpg`,
  to: `${sorted}/${to}/猫 ${n}.jpg`,
  at,
  by: 'watcher',
});
const facts = (now: readonly string[], before: readonly string[]): MovementFacts => ({
  sorted,
  hasFolder: (category) => now.includes(category),
  hadFolder: (category) => before.includes(category),
});
const told = (movements: readonly Movement[], f: MovementFacts) => {
  const { renames, corrections } = meaningOf(movements, f);
  return { renames, corrections: corrections.map(({ before, category }) => `${before} > ${category}`) };
};

describe('what a movement of files means', () => {
  it('is a correction where an image went from one category to another', () => {
    const both = ['Anime', 'Cats'];
    assert.deepEqual(told([move(1, 'Anime', 'Cats')], facts(both, both)), {
      renames: [],
      corrections: ['Anime > Cats'],
    });
  });

  it('is nothing where it stays in its category, leaves the sorted folder or comes into it', () => {
    const out = { ...move(1, 'Anime', 'Cats'), to: '/elsewhere/1.jpg' };
    const into = { ...move(2, 'Anime', 'Cats'), from: '/w/Inbox/2.jpg' };
    const root = { ...move(3, 'Anime', 'Cats'), to: `${sorted}/3.jpg` };
    const named = { ...move(4, 'Anime', 'Anime'), to: `${sorted}/Anime/new.jpg` };
    assert.deepEqual(told([out, into, root, named], facts(['Anime'], ['Anime'])), { renames: [], corrections: [] });
  });

  it('of an image that went on a journey is where it began and where it ended', () => {
    const all = ['A', 'B', 'C'];
    assert.deepEqual(told([move(1, 'B', 'C', 2), move(1, 'A', 'B', 1)], facts(all, all)).corrections, ['A > C']);
    assert.deepEqual(told([move(1, 'A', 'B', 1), move(1, 'B', 'A', 2)], facts(all, all)).corrections, []);
  });

  it('is a renamed folder where all went to a new one and the old one is gone', () => {
    const movements = [move(1, 'Anime/Cats', 'Manga/Cats'), move(2, 'Anime', 'Manga'), move(3, 'Anime/X', 'Manga/X')];
    const now = ['Manga', 'Manga/Cats', 'Manga/X'];
    const before = ['Anime', 'Anime/Cats', 'Anime/X'];
    assert.deepEqual(told(movements, facts(now, before)), {
      renames: [{ from: 'Anime', to: 'Manga' }],
      corrections: [],
    });
  });

  it('is all of it at once: folders that were renamed, the one below another, and corrections beside them', () => {
    const movements = [
      move(1, 'Anime/Old/Cats', 'Anime/New/Cats', 5),
      move(2, 'Anime/Old/Dogs/Big', 'Anime/New/Dogs/Big', 4),
      move(3, 'Photos', 'Pictures', 3),
      move(4, 'B', 'C', 2),
      move(5, 'C', 'B', 1),
    ];
    const now = ['Anime', 'Anime/New', 'Anime/New/Cats', 'Anime/New/Dogs', 'Anime/New/Dogs/Big', 'Pictures', 'B', 'C'];
    const before = ['Anime', 'Anime/Old', 'Anime/Old/Cats', 'Anime/Old/Dogs', 'Anime/Old/Dogs/Big', 'Photos', 'B', 'C'];
    const { renames, corrections } = told(movements, facts(now, before));
    assert.deepEqual(
      new Set(renames.map(({ from, to }) => `${from} = ${to}`)),
      new Set(['Anime/Old = Anime/New', 'Photos = Pictures']),
    );
    assert.deepEqual(corrections, ['C > B', 'B > C'], 'in the order of their time');
  });

  it('of images that went on a journey comes in the order of its end', () => {
    const all = ['A', 'B', 'C'];
    const movements = [move(1, 'A', 'B', 1), move(2, 'A', 'C', 2), move(1, 'B', 'C', 3)];
    const { corrections } = meaningOf(movements, facts(all, all));
    assert.deepEqual(
      corrections.map(({ at }) => at),
      [2, 3],
    );
  });

  it('is corrections where a category was emptied into one that was there already', () => {
    const movements = [move(1, 'A', 'B'), move(2, 'A', 'B')];
    assert.deepEqual(told(movements, facts(['B'], ['A', 'B'])), { renames: [], corrections: ['A > B', 'A > B'] });
  });

  it('is corrections where some images of a folder went elsewhere', () => {
    const movements = [move(1, 'A', 'N'), move(2, 'A', 'B')];
    assert.deepEqual(told(movements, facts(['N', 'B'], ['A', 'B'])).corrections, ['A > N', 'A > B']);
  });
});

describe('the category of a file', () => {
  it('is the folder below the sorted folder, in one Unicode form', () => {
    assert.equal(categoryAt(`${sorted}/Anime/Poke\u0301mon/a.jpg`, sorted), 'Anime/Pokémon');
    assert.equal(categoryAt(`${sorted}/a.jpg`, sorted), undefined);
    assert.equal(categoryAt('/w/Sorted/a/b.jpg', sorted), undefined);
  });
});
