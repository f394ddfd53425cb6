import assert from 'node:assert/strict';
import { FatalError, ImageError, type FailureReason, type FatalReason } from '../../../src/core/model/failure.ts';
import type { ImageId } from '../../../src/core/model/ids.ts';
import { sidecarOf, type FoundImage } from '../../../src/core/model/image.ts';
import type { ImageState } from '../../../src/core/model/imageState.ts';
import type { StageOutcome } from '../../../src/core/model/outcome.ts';
import type { RunReport } from '../../../src/core/pipeline/finishRun.ts';
import type { RunRequest } from '../../../src/core/pipeline/planRun.ts';
import { LockHeld } from '../../../src/core/ports/journalFile.ts';
import { Arrivals } from '../../../src/core/watch/arrivals.ts';
import { Watcher, type WatcherParts, type WatchEvent } from '../../../src/core/watch/watcher.ts';
import { SimulatedClock } from '../../adapters/support/simulatedClock.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const LOOK_EVERY = 5 * MINUTE;

const image = (name: string, size = 1): FoundImage => ({
  id: `${name} ${size}` as ImageId,
  path: `/inbox/${name}`,
  size,
  mtimeMs: 1,
});

/** An inbox and an engine that do what they are told, under a watcher that is stopped when a time is over. */
class Watch {
  readonly clock = new SimulatedClock();
  readonly began = this.clock.now();
  readonly stop = new AbortController();
  readonly inbox: FoundImage[] = [];
  readonly sidecars = new Set<string>();
  readonly runs: { readonly request: RunRequest; readonly at: number }[] = [];
  readonly events: WatchEvent[] = [];
  readonly waits: number[] = [];
  readonly listened: string[] = [];
  looks = 0;
  excluded: readonly string[] = [];
  hintsStopped = 0;
  /** @param run counted from 1 */
  onRun: (run: number) => RunReport | undefined = () => undefined;
  onLook: (look: number) => void = () => undefined;
  readonly watcher: Watcher;
  private until = Infinity;

  constructor({ settleMs = 0, ...changes }: Partial<WatcherParts> & { readonly settleMs?: number } = {}) {
    const { clock } = this;
    this.watcher = new Watcher({
      engine: {
        run: (request) => {
          this.runs.push({ request, at: clock.now() - this.began });
          assert.ok(this.runs.length < 100, 'it runs without end');
          return Promise.resolve().then(() => this.onRun(this.runs.length));
        },
      },
      arrivals: new Arrivals(
        { walk: (_, exclude, signal) => this.walk(exclude, signal), isAway: () => Promise.resolve(false) },
        clock,
        settleMs,
      ),
      files: { stat: (path) => Promise.resolve(this.sidecars.has(path) ? { size: 1, mtimeMs: 1 } : undefined) },
      hints: {
        listen: (folder) => {
          this.listened.push(folder);
          return Promise.resolve();
        },
        next: (ms, signal) => {
          this.waits.push(ms);
          return clock.sleep(ms, signal);
        },
        stop: () => {
          this.hintsStopped++;
          return Promise.resolve();
        },
      },
      clock,
      folders: { inbox: '/inbox', sorted: '/sorted', working: '/working' },
      lookEvery: LOOK_EVERY,
      skipExisting: true,
      request: { offline: true },
      on: (event) => this.events.push(event),
      ...changes,
    });
  }

  private async *walk(exclude: readonly string[], signal: AbortSignal) {
    await Promise.resolve();
    signal.throwIfAborted();
    this.excluded = exclude;
    this.looks++;
    assert.ok(this.looks < 2000, 'it looks without end');
    if (this.clock.now() - this.began >= this.until) this.stop.abort(new Error('the time is over'));
    this.onLook(this.looks);
    for (const found of [...this.inbox]) yield { kind: 'image', image: found } as const;
  }
  /** @param ms the first look at which so much time has passed is the last */
  for(ms: number): Promise<RunReport | undefined> {
    this.until = ms;
    return this.watcher.watch(this.stop.signal);
  }

  settle(outcomes: Readonly<Record<string, StageOutcome>>, of = image('a.png')): void {
    const stages = Object.fromEntries(Object.entries(outcomes).map(([stage, outcome]) => [stage, { outcome, ms: 0 }]));
    this.watcher.observe({ kind: 'image-settled', state: { image: of, stages, operations: [] } });
  }

  kinds(): string {
    return this.events.map(({ kind }) => kind).join(' ');
  }

  /** when the runs began, in milliseconds from the beginning */
  times(): readonly number[] {
    return this.runs.map(({ at }) => at);
  }
}

const waiting = (why: 'quota' | 'network' | 'review' | 'nas', until?: number): StageOutcome =>
  ({
    kind: 'waiting',
    why,
    detail: 'd',
    ...(until !== undefined && { until: new Date(until).toISOString() }),
  }) as StageOutcome;
const failed = (reason: FailureReason): StageOutcome => ({
  kind: 'failed',
  error: { reason, message: 'm', attempts: 1 },
});

describe('A folder that is watched', () => {
  it('has what an earlier process left unfinished taken up first, without a walk', async () => {
    const watch = new Watch();
    assert.equal(await watch.for(1), undefined);
    assert.deepEqual(watch.runs, [{ request: { offline: true, command: 'resume' }, at: 0 }]);
    assert.deepEqual(watch.events, [{ kind: 'watching', folder: '/inbox', everySeconds: 300 }]);
    assert.ok(watch.listened.length > 0 && watch.listened.every((folder) => folder === '/inbox'));
    assert.deepEqual(watch.excluded, ['/sorted', '/working']);
    assert.equal(watch.hintsStopped, 1);
  });

  it('has a run for what arrives, and none for what has had its run', async () => {
    const watch = new Watch();
    const report = { runId: 'r' } as unknown as RunReport;
    watch.onRun = (n) => (n === 1 ? undefined : report);
    watch.onLook = () => {
      if (watch.clock.now() - watch.began >= 10 * MINUTE && watch.inbox.length === 0)
        watch.inbox.push(image('a.png'), image('猫.png'));
    };
    await watch.for(HOUR);
    assert.deepEqual(
      watch.runs.map(({ request }) => request),
      [
        { offline: true, command: 'resume' },
        { offline: true, command: 'process', inbox: '/inbox' },
      ],
    );
    assert.deepEqual(watch.events.slice(1), [
      { kind: 'batch', images: 2 },
      { kind: 'run-ended', report },
    ]);
  });

  it('has another run for an image that has changed, of which it counts that one alone', async () => {
    const watch = new Watch();
    watch.inbox.push(image('a.png'), image('b.png'));
    watch.onLook = (n) => {
      if (n === 4) watch.inbox[0] = image('a.png', 2);
    };
    await watch.for(HOUR);
    const batches = watch.events.filter((event) => event.kind === 'batch');
    assert.deepEqual(
      batches.map(({ images }) => images),
      [2, 1],
    );
    assert.equal(watch.runs.length, 2);
  });

  it('has no run for images with a sidecar, which would be passed over, unless they are wanted', async () => {
    const watch = new Watch();
    watch.inbox.push(image('a.png'));
    watch.sidecars.add(sidecarOf('/inbox/a.png'));
    await watch.for(1);
    assert.deepEqual(watch.kinds(), 'watching');
    const wanted = new Watch({ skipExisting: false });
    wanted.inbox.push(image('a.png'));
    wanted.sidecars.add(sidecarOf('/inbox/a.png'));
    await wanted.for(1);
    assert.equal(wanted.kinds(), 'watching batch');
  });

  it('has a run for an image of which nobody can say whether it has a sidecar: the run tells why', async () => {
    const watch = new Watch({
      files: { stat: (path) => Promise.reject(new ImageError('unsafe-name', `${path} has a name that is too long.`)) },
    });
    watch.inbox.push(image('a.png'));
    await watch.for(HOUR);
    assert.equal(watch.kinds(), 'watching batch');
  });

  it('gives an image that lost its sidecar no run of its own', async () => {
    const watch = new Watch();
    watch.inbox.push(image('a.png'));
    watch.sidecars.add(sidecarOf('/inbox/a.png'));
    watch.onLook = (n) => {
      if (n > 2) watch.sidecars.clear();
    };
    await watch.for(HOUR);
    assert.equal(watch.kinds(), 'watching');
  });

  it('is looked at every so often, and no two looks follow at once', async () => {
    const watch = new Watch();
    await watch.for(HOUR);
    assert.deepEqual(watch.clock.naps.slice(0, 4), [SECOND, LOOK_EVERY, SECOND, LOOK_EVERY]);
    assert.ok(watch.waits.every((ms) => ms === LOOK_EVERY));
  });

  it('is looked at again when the first of the files that were still growing may be whole', async () => {
    const watch = new Watch({ settleMs: 20 * SECOND });
    watch.inbox.push(image('a.png'));
    watch.onLook = (n) => {
      if (n === 1) return;
      // which puts off its own turn, and no other's
      watch.inbox[1] = image('growing.png', n);
    };
    await watch.for(MINUTE);
    const [first] = watch.runs.filter(({ request }) => request.command === 'process');
    assert.ok(first && first.at >= 20 * SECOND && first.at <= 22 * SECOND, String(first?.at));
    assert.equal(watch.events.filter(({ kind }) => kind === 'batch').length, 1);
  });
});

describe('What a watched run has put off', () => {
  /** Lets the first run leave an image so. @returns when the second began, if there was one within a day */
  const nextRun = async (
    outcomes: Readonly<Record<string, StageOutcome>>,
    ms = 24 * HOUR,
  ): Promise<number | undefined> => {
    const watch = new Watch();
    watch.onRun = (n) => {
      if (n === 1) watch.settle(outcomes);
      else watch.stop.abort(new Error('enough'));
      return undefined;
    };
    await watch.for(ms);
    return watch.times()[1];
  };
  const { began } = new Watch();
  /** the least time between two looks may be added */
  const isAbout = (at: number | undefined, expected: number): void =>
    assert.ok(at !== undefined && at >= expected && at <= expected + 2 * SECOND, `${at} instead of ${expected}`);

  it('is taken up when its time has come', async () => {
    isAbout(await nextRun({ search: waiting('quota', began + 6 * HOUR) }), 6 * HOUR);
  });

  it('is taken up after a while where nobody says when', async () => {
    isAbout(await nextRun({ sync: waiting('nas') }), 15 * MINUTE);
    isAbout(await nextRun({ search: failed('network') }), 15 * MINUTE);
  });

  it('is not taken up again and again at once where its time has passed by already', async () => {
    isAbout(await nextRun({ search: waiting('quota', began - HOUR) }), MINUTE);
  });

  it('is taken up when the first of its stages, or the first of the images, can go on', async () => {
    const stages = { search: waiting('quota', began + 6 * HOUR), sync: waiting('nas', began + HOUR), xmp: failed('no-space') }; // prettier-ignore
    isAbout(await nextRun(stages), 15 * MINUTE);
    const watch = new Watch();
    watch.onRun = (n) => {
      if (n > 1) watch.stop.abort(new Error('enough'));
      for (const hours of [3, 2, 4]) watch.settle({ search: waiting('quota', began + hours * HOUR) });
      return undefined;
    };
    await watch.for(24 * HOUR);
    isAbout(watch.times()[1], 2 * HOUR);
  });

  it('waits for a person, or for another file, and not for a time', async () => {
    for (const outcome of [
      waiting('review'),
      failed('corrupt'),
      failed('key-refused'),
      { kind: 'done' } as StageOutcome,
    ])
      assert.equal(await nextRun({ search: outcome }, 2 * HOUR), undefined, JSON.stringify(outcome));
  });

  for (const reason of ['network', 'service-error', 'rate-limited', 'blocked', 'nas-unreachable', 'no-space', 'interrupted'] as const) {
    it(`is taken up after a failure that passes by itself: ${reason}`, async () => {
      isAbout(await nextRun({ scan: failed(reason) }, HOUR), 15 * MINUTE);
    });
  } // prettier-ignore

  it('is not said to have a time where it waits for none', async () => {
    const watch = new Watch();
    watch.onRun = () => {
      watch.settle({ search: waiting('review') });
      return undefined;
    };
    await watch.for(HOUR);
    assert.equal(watch.kinds(), 'watching');
  });

  it('concerns nobody before the image has ended', async () => {
    const watch = new Watch();
    const state = { image: image('a.png'), stages: { search: { outcome: failed('network'), ms: 0 } }, operations: [] };
    watch.onRun = () => {
      watch.watcher.observe({ kind: 'decision-withdrawn', state: state as ImageState, notes: [] });
      return undefined;
    };
    await watch.for(HOUR);
    assert.equal(watch.runs.length, 1);
  });

  it('is told once, however often the inbox is looked at meanwhile', async () => {
    const watch = new Watch();
    const until = began + 2 * HOUR;
    watch.onRun = (n) => {
      if (n === 1) watch.settle({ search: waiting('quota', until) });
      return undefined;
    };
    await watch.for(3 * HOUR);
    assert.deepEqual(watch.events.slice(1), [{ kind: 'waiting', until }]);
    assert.ok(watch.looks > 20);
  });

  it('is taken up with what arrives at that time, in one run', async () => {
    const watch = new Watch();
    watch.onRun = (n) => {
      if (n === 1) watch.settle({ search: waiting('quota', began + HOUR) });
      return undefined;
    };
    watch.onLook = () => {
      if (watch.clock.now() >= began + HOUR && watch.inbox.length === 0) watch.inbox.push(image('a.png'));
    };
    await watch.for(3 * HOUR);
    assert.deepEqual(
      watch.runs.map(({ request }) => request.command),
      ['resume', 'process'],
    );
  });
});

describe('A folder that can’t be watched for the moment', () => {
  const away = (reason: FatalReason = 'inbox-unreadable'): Error => new FatalError(reason, `trouble: ${reason}`);

  it('is tried again, at longer and longer intervals, and told of once', async () => {
    const watch = new Watch();
    watch.inbox.push(image('a.png'));
    watch.onRun = (n) => {
      if (n === 11) watch.stop.abort(new Error('enough'));
      throw away();
    };
    await watch.for(Infinity);
    assert.deepEqual(
      watch.clock.naps.map((ms) => ms / SECOND),
      [5, 10, 20, 40, 80, 160, 300, 300, 300, 300],
    );
    assert.deepEqual(watch.events.filter(({ kind }) => kind !== 'batch').slice(1), [
      { kind: 'trouble', message: 'trouble: inbox-unreadable' },
    ]);
    // it may come back as another folder
    assert.equal(watch.hintsStopped, 11);
  });

  it('says when the trouble is over, and begins with short intervals the next time', async () => {
    const watch = new Watch();
    watch.onLook = (n) => {
      if ([2, 3, 6].includes(n)) throw away(n === 3 ? 'no-space' : 'not-writable');
    };
    await watch.for(30 * MINUTE);
    assert.equal(watch.kinds(), 'watching trouble trouble recovered trouble recovered');
    assert.deepEqual(
      watch.clock.naps.filter((ms) => ms !== SECOND && ms !== LOOK_EVERY).map((ms) => ms / SECOND),
      [5, 10, 5],
    );
  });

  it('has what was left at that time taken up when it is back', async () => {
    const watch = new Watch();
    watch.onRun = (n) => {
      if (n === 1) throw new LockHeld(1, 'another run');
      return undefined;
    };
    await watch.for(MINUTE);
    assert.deepEqual(watch.times(), [0, 5 * SECOND]);
    assert.ok(watch.runs.every(({ request }) => request.command === 'resume'));
  });

  it('gives images to the next run that the one in trouble has not had', async () => {
    const watch = new Watch();
    watch.inbox.push(image('a.png'));
    watch.onRun = (n) => {
      if (n === 1) throw away('no-space');
      return undefined;
    };
    await watch.for(MINUTE);
    assert.deepEqual(
      watch.runs.map(({ request }) => request.command),
      ['process', 'process'],
    );
  });

  it('is given up where the trouble can’t pass by itself', async () => {
    for (const error of [
      away('journal-broken'),
      away('newer-version'),
      away('no-exiftool'),
      new TypeError('a defect'),
    ]) {
      const watch = new Watch();
      watch.onRun = () => {
        throw error;
      };
      await assert.rejects(watch.for(MINUTE), error);
      assert.equal(watch.hintsStopped, 1);
      assert.equal(watch.kinds(), 'watching');
    }
  });
});

describe('A watcher that is stopped', () => {
  it('gives the report of the run that was on, and begins no other', async () => {
    const watch = new Watch();
    watch.inbox.push(image('a.png'));
    const report = { outcome: 'interrupted' } as RunReport;
    watch.onRun = () => {
      watch.inbox.push(image('b.png'));
      watch.stop.abort(new Error('enough'));
      return report;
    };
    assert.equal(await watch.for(Infinity), report);
    assert.equal(watch.runs.length, 1);
    assert.deepEqual(watch.events.at(-1), { kind: 'run-ended', report });
    assert.equal(watch.hintsStopped, 1);
  });

  it('goes on after a run that ended by itself', async () => {
    const watch = new Watch();
    watch.inbox.push(image('a.png'));
    watch.onRun = () => ({ outcome: 'completed' }) as RunReport;
    watch.onLook = (n) => {
      if (n === 2) watch.inbox.push(image('b.png'));
    };
    assert.equal(await watch.for(HOUR), undefined);
    assert.equal(watch.runs.length, 2);
  });

  it('ends without a word while it waits, or is in trouble', async () => {
    const before = new Watch();
    before.stop.abort(new Error('at once'));
    assert.equal(await before.for(Infinity), undefined);
    assert.equal(before.looks, 0);
    const late = new Watch();
    late.onRun = () => {
      late.stop.abort(new Error('enough'));
      throw new TypeError('it was broken off');
    };
    assert.equal(await late.for(Infinity), undefined);
    assert.equal(late.kinds(), 'watching');
    const waits: Watch = new Watch({
      hints: {
        listen: () => Promise.resolve(),
        next: (_, signal) => {
          waits.stop.abort(new Error('enough'));
          return Promise.reject(signal.reason as Error);
        },
        stop: () => Promise.resolve(),
      },
    });
    assert.equal(await waits.for(Infinity), undefined);
    assert.equal(waits.looks, 2);
  });

  it('listens no more when it was stopped in the moment after a look', async () => {
    const watch = new Watch();
    watch.clock.sleep = () => {
      watch.stop.abort(new Error('enough'));
      return Promise.reject(new Error('enough'));
    };
    assert.equal(await watch.for(Infinity), undefined);
    assert.deepEqual(watch.waits, []);
  });
});
