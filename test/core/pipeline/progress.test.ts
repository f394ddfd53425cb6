import assert from 'node:assert/strict';
import type { ImageState } from '../../../src/core/model/imageState.ts';
import { Progress } from '../../../src/core/pipeline/progress.ts';
import { trafficText } from '../../../src/terminal/textOutput.ts';

const image = { id: '0123456789abcdef', path: '/Inbox/a.jpg', size: 3_000_000, mtimeMs: 1 };
const found = { outcome: { kind: 'done', result: { verdict: 'found', cached: true } }, ms: 1 };
const state = { image, operations: [], stages: { search: found }, fate: 'processed' } as unknown as ImageState;

describe('The progress of a run', () => {
  it('counts requests, what was known before, and how much comes through', () => {
    let now = 0;
    const progress = new Progress({ now: () => now, sleep: () => Promise.resolve() });
    progress.on({ kind: 'image-found', image: state.image });
    progress.on({ kind: 'stage-ended', state, stage: 'search', requests: { iqdb: 2 } });
    progress.on({ kind: 'stage-ended', state, stage: 'xmp', requests: { iqdb: 1, saucenao: 1 } });
    now = 2000;
    progress.on({ kind: 'image-settled', state });
    assert.equal(trafficText(progress.traffic()), 'requests: iqdb 3, saucenao 1   1 cache hit   1.5 MB/s');
    assert.deepEqual([progress.overall().done, progress.overall().perMinute], [1, 30]);
    assert.equal(progress.overall().etaSeconds, 0);
  });
});
