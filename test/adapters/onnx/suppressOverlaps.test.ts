import assert from 'node:assert/strict';
import type { Box } from '../../../src/adapters/onnx/letterbox.ts';
import { overlap, suppressOverlaps } from '../../../src/adapters/onnx/suppressOverlaps.ts';

describe('overlap', () => {
  it('is the shared area by the area of both', () => {
    assert.equal(overlap([0, 0, 2, 2], [0, 0, 2, 2]), 1);
    assert.equal(overlap([0, 0, 2, 2], [1, 0, 2, 2]), 1 / 3);
    assert.equal(overlap([0, 0, 4, 4], [1, 1, 2, 2]), 1 / 4);
  });

  it('is 0 for boxes that only touch, that lie apart, or that are empty', () => {
    assert.equal(overlap([0, 0, 1, 1], [1, 0, 1, 1]), 0);
    assert.equal(overlap([0, 0, 1, 1], [5, 5, 1, 1]), 0);
    assert.equal(overlap([0, 0, 0, 0], [0, 0, 0, 0]), 0);
  });
});

describe('suppressOverlaps', () => {
  const found = (confidence: number, ...box: Box) => ({ confidence, box });

  it('keeps the best of those that show the same, wherever it stands, and all the others, best first', () => {
    const weak = found(0.4, 0.1, 0.1, 0.5, 0.5);
    const best = found(0.9, 0.12, 0.1, 0.5, 0.5);
    const other = found(0.5, 0.7, 0.7, 0.2, 0.2);
    assert.deepEqual(suppressOverlaps([weak, other, best], 0.4), [best, other]);
  });

  it('keeps what overlaps only with something that was dropped', () => {
    const best = found(0.9, 0, 0, 4, 1);
    const between = found(0.8, 1.5, 0, 4, 1);
    const last = found(0.7, 3, 0, 4, 1);
    assert.deepEqual(suppressOverlaps([best, between, last], 0.4), [best, last]);
  });

  it('keeps two whose overlap is just the most allowed', () => {
    const boxes = [found(0.9, 0, 0, 2, 2), found(0.8, 1, 0, 2, 2)];
    assert.equal(suppressOverlaps(boxes, 1 / 3).length, 2);
    assert.equal(suppressOverlaps(boxes, 0.33).length, 1);
  });
});
