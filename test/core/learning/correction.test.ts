import assert from 'node:assert/strict';
import { later, renamed, type Correction } from '../../../src/core/learning/correction.ts';
import { sha256Of } from '../../adapters/support/contentOf.ts';

const correction: Correction = {
  image: sha256Of('a.jpg'),
  at: 1000,
  revised: 2000,
  by: 'review',
  name: 'a.jpg',
  to: 'Cats',
  features: ['general:cat'],
};

describe('Two records of one correction', () => {
  const stands = (a: Correction, b: Correction, winner: Correction): void => {
    assert.equal(later(a, b), winner);
    assert.equal(later(b, a), winner, 'whichever is merged into the other');
  };

  it('are decided by the later change of the record, before the later correction', () => {
    const switchedOff: Correction = { ...correction, revised: 3000, off: true };
    stands({ ...correction, at: 9000 }, switchedOff, switchedOff);
    const newer: Correction = { ...correction, to: 'Dogs' };
    for (const at of [999, 500]) stands({ ...correction, at }, newer, newer);
  });

  it('that were made at the same moment are decided the same way everywhere, whatever the order of their members', () => {
    const other: Correction = { ...correction, to: 'Dogs' };
    const { to, image, ...rest } = other;
    const turned: Correction = { to, ...rest, image };
    assert.equal(later(correction, other).to, later(correction, turned).to);
    assert.equal(later(correction, other).to, later(turned, correction).to);
    assert.equal(later(other, turned), other, 'equal records: nothing changes');
  });
});

describe('A category whose folder was renamed', () => {
  it('goes along with what is below it, and no other does', () => {
    assert.equal(renamed('Cats', 'Cats', 'Felines'), 'Felines');
    assert.equal(renamed('Cats/Wild', 'Cats', 'Felines'), 'Felines/Wild');
    assert.equal(renamed('Cats of mine', 'Cats', 'Felines'), undefined);
    assert.equal(renamed('Dogs/Cats', 'Cats', 'Felines'), undefined);
  });
});
