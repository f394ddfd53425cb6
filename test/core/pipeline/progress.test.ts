import assert from 'node:assert/strict';
import type { ImageFate } from '../../../src/core/model/outcome.ts';
import type { ImageState } from '../../../src/core/model/imageState.ts';
import { STAGE_IDS } from '../../../src/core/model/stageId.ts';
import { clockText, Progress } from '../../../src/core/pipeline/progress.ts';
import { trafficText } from '../../../src/terminal/textOutput.ts';
import { SimulatedClock } from '../../adapters/support/simulatedClock.ts';
import { stateOf } from './found.ts';

const FOUND = { kind: 'done', result: { verdict: 'found', cached: true } } as const;
const searched = stateOf('a.jpg', { search: FOUND }, { fate: 'processed' });
const state: ImageState = { ...searched, image: { ...searched.image, size: 3_000_000 } };

/** A run whose images are found at once, and settle at times that the test sets. */
class Watched {
  readonly clock = new SimulatedClock();
  readonly progress = new Progress(this.clock);

  find(images: number): void {
    for (let n = 0; n < images; n++) this.progress.on({ kind: 'image-found', image: state.image });
  }

  settle(images: number, everyMs: number, fate: ImageFate = 'processed'): void {
    for (let n = 0; n < images; n++) {
      this.clock.time += everyMs;
      this.progress.on({ kind: 'image-settled', state: { ...state, fate } });
    }
  }
}

describe('The progress of a run', () => {
  let watched: Watched;
  beforeEach(() => {
    watched = new Watched();
  });

  it('counts requests, what was known before, and how much comes through', () => {
    const { progress, clock } = watched;
    progress.on({ kind: 'image-found', image: state.image });
    progress.on({ kind: 'stage-ended', state, stage: 'search', requests: { iqdb: 2 } });
    progress.on({ kind: 'stage-ended', state, stage: 'xmp', requests: { iqdb: 1, saucenao: 1 } });
    clock.time += 2000;
    progress.on({ kind: 'image-settled', state });
    assert.equal(trafficText(progress.traffic()), 'requests: iqdb 3, saucenao 1   1 cache hit   1.5 MB/s');
    assert.deepEqual([progress.overall().done, progress.overall().perMinute], [1, 30]);
    assert.equal(progress.overall().etaSeconds, 0);
  });

  it('comes to its end also when a decision is taken back before its image was begun', () => {
    const { progress } = watched;
    progress.on({ kind: 'image-found', image: state.image });
    progress.on({ kind: 'decision-withdrawn', state, notes: [] });
    progress.on({ kind: 'image-settled', state: { ...state, fate: 'awaiting-review' } });
    assert.deepEqual([progress.overall().done, progress.overall().total], [1, 1]);
  });

  it('counts as known before only what the search was', () => {
    const { progress } = watched;
    const asked = stateOf('b.jpg', { search: { kind: 'done', result: { verdict: 'no-match', cached: false } } });
    progress.on({ kind: 'stage-ended', state: asked, stage: 'search' });
    progress.on({ kind: 'stage-ended', state: stateOf('c.jpg'), stage: 'search' });
    progress.on({ kind: 'stage-ended', state, stage: 'xmp' });
    assert.equal(progress.traffic().cacheHits, 0);
  });

  it('counts no bytes of what stays where it is', () => {
    watched.settle(1, 1000, 'failed');
    watched.settle(1, 1000, 'awaiting-review');
    assert.equal(watched.progress.traffic().megabytesPerSecond, 0);
  });

  it('says nothing about the pace before there is any', () => {
    watched.find(3);
    assert.deepEqual(watched.progress.overall(), { done: 0, total: 3, perMinute: 0, etaSeconds: undefined });
    watched.progress.on({ kind: 'image-settled', state });
    assert.deepEqual(watched.progress.overall(), { done: 1, total: 3, perMinute: 0, etaSeconds: undefined }, 'no time');
    assert.equal(watched.progress.traffic().megabytesPerSecond, 0);
  });

  it('tells how long it will take for those that are left', () => {
    watched.find(30);
    watched.settle(10, 2000);
    assert.deepEqual(watched.progress.overall(), { done: 10, total: 30, perMinute: 30, etaSeconds: 40 });
  });

  it('rounds to a tenth of an image a minute', () => {
    watched.find(1);
    watched.settle(1, 70_000);
    assert.equal(watched.progress.overall().perMinute, 0.9);
  });

  it('follows a change of pace: only the last two hundred images count', () => {
    watched.find(500);
    watched.settle(300, 1000);
    assert.equal(Math.round(watched.progress.overall().perMinute), 60);
    watched.settle(200, 100);
    const { perMinute } = watched.progress.overall();
    assert.ok(perMinute > 550 && perMinute < 650, `${perMinute}`);
  });

  it('is at the end of every bar when all images have settled, those too that never came so far', () => {
    const { progress } = watched;
    watched.find(2);
    for (const stage of STAGE_IDS) assert.deepEqual([progress.stage(stage).done, progress.stage(stage).total], [0, 2]);
    progress.on({ kind: 'stage-ended', state, stage: 'search' });
    assert.equal(progress.stage('search').done, 1);
    assert.equal(progress.stage('xmp').done, 0);
    watched.settle(1, 1000);
    assert.deepEqual(
      STAGE_IDS.map((id) => progress.stage(id).done),
      STAGE_IDS.map(() => 1),
    );
    progress.on({ kind: 'image-settled', state: stateOf('b.jpg', {}, { fate: 'skipped' }) });
    assert.equal(progress.stage('sync').done, 2);
    assert.equal(progress.stage('sync').etaSeconds, 0);
  });

  it('shows no bar beyond its end when an image goes through a stage again', () => {
    const { progress } = watched;
    watched.find(1);
    for (let time = 0; time < 3; time++) progress.on({ kind: 'stage-ended', state, stage: 'review' });
    watched.clock.time += 1000;
    assert.equal(progress.stage('review').done, 1);
    assert.equal(progress.stage('review').etaSeconds, 0);
  });

  it('counts an image once that is decided on in the same run, and one whose decision is taken back', () => {
    const { progress } = watched;
    watched.find(3);
    const settle = (name: string, fate: ImageFate): void =>
      progress.on({ kind: 'image-settled', state: stateOf(name, {}, { fate }) });
    const takeBack = (name: string): void => {
      progress.on({ kind: 'decision-withdrawn', state: stateOf(name), notes: [] });
      settle(name, 'awaiting-review');
    };
    settle('a.jpg', 'awaiting-review');
    settle('a.jpg', 'processed');
    settle('b.jpg', 'processed');
    takeBack('b.jpg');
    settle('b.jpg', 'processed');
    assert.deepEqual([progress.overall().done, progress.overall().total], [2, 3]);
    takeBack('of an earlier run.jpg');
    assert.deepEqual([progress.overall().done, progress.overall().total], [2, 3]);
    progress.on({ kind: 'image-found', image: stateOf('of an earlier run.jpg').image });
    settle('of an earlier run.jpg', 'processed');
    assert.deepEqual([progress.overall().done, progress.overall().total], [3, 4]);
  });

  it('tells when the last image has been found', () => {
    assert.equal(watched.progress.scanning, true);
    watched.find(1);
    assert.equal(watched.progress.scanning, true);
    watched.progress.on({ kind: 'scan-ended' });
    assert.equal(watched.progress.scanning, false);
  });
});

describe('A time that is left', () => {
  it('is told as on a clock', () => {
    const texts = [undefined, 0, 5, 65, 599.9, 3599, 3600, 7400, 360_000].map(clockText);
    assert.deepEqual(texts, ['–', '0:00', '0:05', '1:05', '9:59', '59:59', '1:00:00', '2:03:20', '100:00:00']);
  });
});
