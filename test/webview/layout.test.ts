import assert from 'node:assert/strict';
import { cardsBetween, layOut, placeOf, scrollTo } from '../../webview/layout.ts';

const size = { width: 100, height: 150, gap: 10 };

describe('The layout of the grid', () => {
  it('fills the width with as many columns as fit, and shares out what is left', () => {
    const layout = layOut(10, 345, size);
    assert.equal(layout.columns, 3);
    assert.equal(layout.rows, 4);
    assert.ok(Math.abs(layout.cardWidth * 3 + 20 - 345) < 0.001);
    assert.equal(layout.height, 4 * 160 - 10);
  });

  it('has one column where not even one card fits', () => {
    assert.equal(layOut(3, 40, size).columns, 1);
    assert.equal(layOut(3, 0, size).columns, 1);
  });

  it('holds no more cards than are seen, and the rows beyond', () => {
    const layout = layOut(10_000, 320, size);
    const { start, end } = cardsBetween(layout, 10_000, 160_000, 160_600, 2);
    assert.equal(start, (1000 - 2) * 3);
    assert.equal(end, (1003 + 2 + 1) * 3);
  });

  it('ends where the images end', () => {
    const layout = layOut(10, 320, size);
    assert.deepEqual(cardsBetween(layout, 10, 480, 1000, 3), { start: 0, end: 10 });
    assert.deepEqual(cardsBetween(layout, 10, 100_000, 100_500, 0), { start: 9, end: 10 });
    assert.deepEqual(cardsBetween(layOut(0, 320, size), 0, 0, 500, 3), { start: 0, end: 0 });
  });

  it('shows at every height all cards that a pixel of the window falls on', () => {
    const layout = layOut(50, 320, size);
    for (let top = 0; top < layout.height; top += 7) {
      const { start, end } = cardsBetween(layout, 50, top, top + 300, 0);
      for (let i = 0; i < 50; i++) {
        const { y } = placeOf(layout, i, size.gap);
        if (y < top + 300 && y + size.height > top) assert.ok(i >= start && i < end, `card ${i} at ${top}`);
      }
    }
  });

  it('scrolls no further than it takes to see a card whole', () => {
    const layout = layOut(100, 320, size);
    assert.equal(scrollTo(layout, 0, 500, 400, size.gap), 0);
    assert.equal(scrollTo(layout, 9, 0, 400, size.gap), 3 * 160 + 150 - 400);
    assert.equal(scrollTo(layout, 3, 100, 400, size.gap), 100);
  });
});
