import assert from 'node:assert/strict';
import { feed } from './besiegeWithBytes.ts';
import { SUBJECTS } from './subjectNames.ts';

// npm run fuzz does 20,000
describe('spoiled bytes', function () {
  this.timeout(300_000);
  for (const subject of SUBJECTS) {
    it(`of ${subject} are taken or refused in words, and touch nothing else`, async () => {
      const { taken, refused } = await feed(subject, 1, 40);
      assert.ok(refused > 0 || subject === 'beside' || subject === 'database', `${taken} were taken, none refused`);
    });
  }
});
