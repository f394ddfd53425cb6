import assert from 'node:assert/strict';
import { previewOf, type PreviewImage } from '../../../src/core/rules/preview.ts';

const image = (path: string, final: string, more: Partial<PreviewImage> = {}): PreviewImage => ({
  path,
  next: { final, because: 'rule 1: no conditions', learned: false },
  synced: false,
  ...more,
});

describe('the preview of what would go where', () => {
  it('tells by folder what would come and how much would stay, and how much of it is on the NAS', () => {
    const preview = previewOf([
      image('/w/Inbox/a b.jpg', 'Cats'),
      image('/w/Sorted/Cats/猫.png', 'Cats', { now: 'Cats', synced: true }),
      image('/w/Sorted/Dogs/x.png', 'Cats', { now: 'Dogs', synced: true }),
      image('/w/Inbox/y.png', '../etc'),
    ]);
    assert.deepEqual(
      preview.groups.map(({ folder, coming, staying }) => [folder, coming.map((i) => i.path), staying]),
      [
        ['Cats', ['/w/Inbox/a b.jpg', '/w/Sorted/Dogs/x.png'], 1],
        ['etc', ['/w/Inbox/y.png'], 0],
      ],
    );
    assert.deepEqual([preview.moving, preview.staying, preview.syncedMoving], [3, 1, 1]);
  });
});
