import assert from 'node:assert/strict';
import { otherDevice } from '../adapters/support/otherDevice.ts';
import { besiege, besiegeReview, diskFaults, failAgainAndAgain, randomMoments } from './siege.ts';

// npm run test:crash does the same over 300 images and 300 moments
describe('a run that is killed again and again', () => {
  // a dozen starts of the program each, on a machine that may be busy
  it('at random moments ends as if it never had been', async () => {
    const kills = await besiege({
      images: 10,
      transfer: 'move',
      seed: 1,
      moments: randomMoments(5, 1, { changes: 60, ms: 2500 }),
    });
    assert.ok(kills > 0, 'it was over before the first kill');
  });

  it('so does one that copies to another device', async () => {
    const moments = randomMoments(4, 2, { changes: 120, ms: 2500 });
    const kills = await besiege({ images: 8, transfer: 'copy', seed: 2, sortedIn: await otherDevice(), moments });
    assert.ok(kills > 0, 'it was over before the first kill');
  });

  it('so does one that is cut off in the middle of its own lines, and right at its end', async () => {
    const kills = await besiege({
      images: 8,
      transfer: 'move',
      seed: 3,
      moments: [
        { kind: 'event', event: 'answered', nth: 2, where: 'torn' },
        { kind: 'event', event: 'intended', nth: 2, where: 'torn' },
        { kind: 'event', event: 'run-ended', nth: 1, where: 'after' },
      ],
    });
    assert.equal(kills, 3);
  });
});

describe('a run that carries out what a person decides, and takes back', () => {
  it('ends as if it never had been killed, before, at and after each line that comes of that', async () => {
    assert.equal(await besiegeReview({ images: 8, transfer: 'move' }), 9);
  });
});

describe('a disk that fails', () => {
  // the seeds are of moments at which it once went wrong
  for (const seed of [4, 11, 105]) {
    it(`in every way that a disk can, loses nothing, leaves no half of a file, and is told in words (${seed})`, async () => {
      await failAgainAndAgain({ images: 5, transfer: 'move', seed, moments: diskFaults(5, seed, 80) });
    });
  }
});
