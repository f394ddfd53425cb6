import assert from 'node:assert/strict';
import { letterbox } from '../../../src/adapters/onnx/letterbox.ts';
import { personsOf } from '../../../src/adapters/onnx/persons.ts';

const SQUARE = letterbox(800, 800, 512);
type Row = readonly [x1: number, y1: number, x2: number, y2: number, score: number, kind: number];
const rows = (...all: readonly Row[]): Float32Array => Float32Array.from(all.flat());

describe('personsOf', () => {
  it('gives box and confidence of a person in shares of the picture', () => {
    const wide = letterbox(1000, 500, 512);
    assert.deepEqual(personsOf(rows([128, 128, 256, 384, 0.75, 0]), wide, 0.3), [
      { box: [0.25, 0, 0.25, 1], confidence: 0.75 },
    ]);
  });

  it('passes over cats, bicycles and what is below the threshold', () => {
    const found = rows([0, 0, 99, 99, 0.9, 15], [0, 0, 99, 99, 0.9, 1], [0, 0, 99, 99, 0.25, 0]);
    assert.deepEqual(personsOf(found, SQUARE, 0.3), []);
    assert.equal(personsOf(found, SQUARE, 0.25).length, 1);
  });

  it('passes over specks below half a per cent of the picture', () => {
    const speck = 36; // 36² of 512² is 0.494 %, 37² is 0.522 %
    assert.deepEqual(personsOf(rows([0, 0, speck, speck, 0.9, 0]), SQUARE, 0.3), []);
    assert.equal(personsOf(rows([0, 0, speck + 1, speck + 1, 0.9, 0]), SQUARE, 0.3).length, 1);
  });

  it('measures a speck against the picture, not against the square with its margins', () => {
    const banner = letterbox(5120, 512, 512);
    assert.equal(personsOf(rows([0, 230, 20, 282, 0.9, 0]), banner, 0.3).length, 1);
  });

  it('counts a person once', () => {
    const found = rows([10, 10, 200, 400, 0.5, 0], [12, 8, 205, 410, 0.8, 0], [300, 10, 490, 400, 0.6, 0]);
    assert.deepEqual(
      personsOf(found, SQUARE, 0.3).map(({ confidence }) => confidence),
      [0.8, 0.6],
    );
  });

  it('names the ten best of a crowd', () => {
    const crowd = Array.from({ length: 25 }, (_, i): Row => {
      const [x, y] = [(i % 5) * 100, Math.floor(i / 5) * 100];
      return [x, y, x + 80, y + 80, (40 + i) / 100, 0];
    });
    const confidences = personsOf(rows(...crowd), SQUARE, 0.3).map(({ confidence }) => confidence);
    assert.deepEqual(confidences, [0.64, 0.63, 0.62, 0.61, 0.6, 0.59, 0.58, 0.57, 0.56, 0.55]);
  });
});
