import assert from 'node:assert/strict';
import type { Announcement, Sample } from '../../../src/core/photoServer/announcer.ts';
import { announcementText, isTrouble, WHAT_TO_DO } from '../../../src/core/photoServer/announcementText.ts';

const asked = (samples: readonly Sample[], more: object = {}): Announcement => ({
  kind: 'asked', server: 'Immich', library: 'Art', changed: 2, readAgain: 0, samples, ...more,
}); // prettier-ignore
const confirmed: Sample = { place: 'a.jpg', state: 'confirmed' };

describe('What came of telling the photo server, in words', () => {
  it('is why it was not told, what to do about it, and that nothing is lost', () => {
    for (const reason of ['unreachable', 'no-key', 'no-library'] as const) {
      const failed = { kind: 'failed', server: 'Immich', reason, why: 'nobody answers' } as const;
      assert.equal(
        announcementText(failed),
        `Immich was not told: nobody answers. ${WHAT_TO_DO[reason]} The files are on the NAS; it is told after the next sync.`,
      );
      assert.ok(isTrouble(failed));
    }
  });

  it('is how many pictures it looks for, and how many sidecars it reads again', () => {
    assert.equal(announcementText(asked([])), 'Immich scans its library “Art” for 2 changed pictures.');
    assert.equal(
      announcementText(asked([], { readAgain: 1 })),
      'Immich scans its library “Art” for 2 changed pictures, and reads 1 sidecar again.',
    );
    assert.ok(!isTrouble(asked([])));
  });

  it('is that it has them when it has all that were looked for', () => {
    const all = asked([confirmed, { ...confirmed, place: 'b.jpg' }], { readAgain: 3 });
    assert.equal(
      announcementText(all),
      'Immich scans its library “Art” for 2 changed pictures, and reads 3 sidecars again; 2 of 2 looked at are there with their tags.',
    );
    assert.ok(!isTrouble(all));
  });

  it('is which it does not have yet, and why that may be', () => {
    const some = asked([{ place: 'b.jpg', state: 'unknown' }, confirmed, { place: 'c.jpg', state: 'other-tags' }]);
    assert.match(
      announcementText(some),
      /; 1 of 3 looked at are there with their tags so far\. Not yet: b\.jpg, c\.jpg\. .*another account/,
    );
    assert.ok(isTrouble(some));
  });
});
