import assert from 'node:assert/strict';
import { feed } from './besiegeWithBytes.ts';
import { SUBJECTS } from './subjectNames.ts';

/** Where whatever can't be read counts as not there. */
const NEVER_REFUSED: readonly string[] = ['beside', 'digest', 'database', 'values'];

// npm run fuzz does 20,000
describe('spoiled bytes', () => {
  for (const subject of SUBJECTS) {
    it(`of ${subject} are taken or refused in words, and touch nothing else`, async () => {
      const { taken, refused } = await feed(subject, 1, 40);
      assert.ok(refused > 0 || NEVER_REFUSED.includes(subject), `${taken} were taken, none refused`);
    });
  }
});
