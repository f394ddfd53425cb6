import { manySets } from './manySets.ts';

describe('random tag sets', function () {
  this.timeout(900_000);

  // `node test/interop/manySets.ts` does this with 10,000
  it('are read by others as they were meant, and make or change no other file', () =>
    manySets(500, 20_000, () => undefined));
});
