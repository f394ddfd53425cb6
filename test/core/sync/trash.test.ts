import assert from 'node:assert/strict';
import { expired, trashFolder } from '../../../src/core/sync/trash.ts';

describe('The trash on the NAS', () => {
  it('is named for the time of the run', () => {
    assert.equal(trashFolder(new Date('2026-01-31T14:25:07.890Z')), '.image-inbox-trash/2026-01-31_142507');
  });

  it('keeps for 30 days, and never touches what is not ours', () => {
    const names = ['2026-01-31_142507', '2026-03-01_000000', 'holiday', '2026-01-31', '2026-13-99_000000'];
    const after = (days: number): Date => new Date(Date.parse('2026-01-31T14:25:07Z') + days * 86_400_000);
    assert.deepEqual(expired(names, after(30)), []);
    assert.deepEqual(expired(names, after(30.001)), ['2026-01-31_142507']);
  });
});
