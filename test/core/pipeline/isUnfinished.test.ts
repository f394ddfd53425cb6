import assert from 'node:assert/strict';
import { isUnfinished, type RunStatus } from '../../../src/core/pipeline/status.ts';

describe('A run without an end', () => {
  const status = (command: string, fates: readonly string[], outcome?: string): RunStatus =>
    ({
      plan: { command },
      images: fates.map((fate) => ({ fate })),
      ...(outcome && { outcome }),
    }) as unknown as RunStatus;

  it('is unfinished, unless it is a review that has carried out what was decided', () => {
    assert.equal(isUnfinished(status('process', ['awaiting-review'])), true);
    assert.equal(isUnfinished(status('process', [], 'completed')), false);
    assert.equal(isUnfinished(status('process', [], 'interrupted')), true);
    assert.equal(isUnfinished(status('review', ['awaiting-review', 'failed'])), false);
    assert.equal(isUnfinished(status('review', ['awaiting-review', 'unfinished'])), true);
    assert.equal(isUnfinished(status('review', [], 'interrupted')), true);
  });
});
