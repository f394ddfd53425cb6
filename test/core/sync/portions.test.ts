import assert from 'node:assert/strict';
import { Portions } from '../../../src/core/sync/portions.ts';
import type { Cargo } from '../../../src/core/sync/syncEngine.ts';

const MB = 1024 ** 2;

const loads = (count: number, size: number): (readonly Cargo[])[] =>
  Array.from({ length: count }, (_, i) => [
    { place: `${i}.png`, source: `/${i}.png`, size, mtimeMs: 0, replaces: undefined, resume: false },
  ]);

/** Sizes of the portions on a NAS that takes a second for so many bytes. */
function portions(all: readonly (readonly Cargo[])[], bytesPerSecond: number): readonly number[] {
  let now = 0;
  const sizes: number[] = [];
  const cut = new Portions({ now: () => now, sleep: () => Promise.resolve() });
  for (const portion of cut.of(all)) {
    sizes.push(portion.length);
    now += (portion.flat().reduce((sum, { size }) => sum + size, 0) / bytesPerSecond) * 1000;
  }
  assert.equal(
    sizes.reduce((sum, n) => sum + n, 0),
    all.length,
  );
  return sizes;
}

describe('Portions', () => {
  it('begin small, and grow to what takes a few seconds', () => {
    const sizes = portions(loads(5000, MB), 100 * MB);
    assert.ok(sizes[0]! <= 32, `${sizes[0]} MB first`);
    assert.ok(sizes.length < 25, sizes.join());
    assert.ok(Math.max(...sizes) <= 310, sizes.join());
  });

  it('stay small on a slow NAS', () => {
    assert.ok(Math.max(...portions(loads(500, MB), MB / 2)) <= 32);
  });

  it('hold one file at least, however large it is', () => {
    assert.deepEqual(portions(loads(3, 5000 * MB), 100 * MB), [1, 1, 1]);
  });

  it('are bounded in number, too', () => {
    assert.ok(Math.max(...portions(loads(20_000, 0), Infinity)) <= 2000);
  });

  it('of nothing are none', () => {
    assert.deepEqual(portions([], MB), []);
  });
});
