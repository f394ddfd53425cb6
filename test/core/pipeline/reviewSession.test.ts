import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import type { ImageId } from '../../../src/core/model/ids.ts';
import type { Decision } from '../../../src/core/model/review.ts';
import { NO_TAGS } from '../../../src/core/model/tag.ts';
import type { RunReport } from '../../../src/core/pipeline/finishRun.ts';
import type { RunRequest } from '../../../src/core/pipeline/planRun.ts';
import { ReviewSession, type ReviewState } from '../../../src/core/pipeline/reviewSession.ts';
import { LockHeld } from '../../../src/core/ports/journalFile.ts';
import { SimulatedClock } from '../../adapters/support/simulatedClock.ts';
import { storyOf } from '../journal/story.ts';
import { MemoryBox } from './memoryBox.ts';

const [a, b] = [storyOf('a.jpg').id, storyOf('b.jpg').id];
const APPROVED: Decision = { decision: 'approved', tags: NO_TAGS };
const REPORT = { outcome: 'completed', manifest: '/out/m.json' } as RunReport;
const HELD = new LockHeld(42, 'A run is on: process 42.');

type Run = (request: RunRequest, signal: AbortSignal) => Promise<RunReport | undefined>;

/** A person at a review, and what comes of it. */
class Sitting {
  readonly box = new MemoryBox();
  readonly clock = new SimulatedClock();
  readonly states: ReviewState[] = [];
  /** what the runs came upon in the box, run by run */
  readonly runs: ImageId[][] = [];
  /** a run of this process is on */
  isOn = false;
  collected = 0;
  /** what a run does before it empties the box */
  before: Run = () => Promise.resolve(undefined);
  readonly session = new ReviewSession({
    box: this.box,
    clock: this.clock,
    run: (request, signal) => this.run(request, signal),
    collect: () => {
      this.collected++;
      return this.isOn;
    },
    onState: (state) => this.states.push(state),
  });

  decide(...images: readonly ImageId[]): Promise<void> {
    return this.session.decide(new Map(images.map((image) => [image, APPROVED])));
  }

  get told(): readonly string[] {
    return this.states.map(({ kind }) => kind);
  }

  /** Until nothing more comes of what was done. */
  async calm(): Promise<void> {
    for (let turn = 0; turn < 20; turn++) await setImmediate();
  }

  private async run(request: RunRequest, signal: AbortSignal): Promise<RunReport | undefined> {
    assert.equal(request.command, 'review');
    const report = await this.before(request, signal);
    const letters = await this.box.unread();
    this.runs.push(letters.flatMap(({ decisions }) => decisions.map(({ image }) => image)));
    for (const letter of letters) await letter.remove();
    return request.hold?.closed.aborted ? REPORT : report;
  }
}

describe('A review session', () => {
  let sitting: Sitting;
  beforeEach(() => {
    sitting = new Sitting();
  });

  it('keeps what was decided, and carries it out with a run of its own', async () => {
    await sitting.decide(a, b);
    await sitting.calm();
    assert.deepEqual(sitting.runs, [[a, b]]);
    assert.deepEqual(sitting.told, ['at-work', 'resting']);
  });

  it('leaves it to the run of this process that is on', async () => {
    sitting.isOn = true;
    await sitting.decide(a);
    await sitting.calm();
    assert.deepEqual([sitting.runs, sitting.collected, sitting.box.size], [[], 1, 1]);
    assert.equal(await sitting.session.close(), undefined);
  });

  it('posts a decision that is taken back as one that is none', async () => {
    sitting.isOn = true;
    await sitting.session.takeBack([a, b]);
    const [letter] = await sitting.box.unread();
    assert.deepEqual(letter?.decisions, [{ image: a }, { image: b }]);
    assert.equal(sitting.collected, 1);
  });

  it('does not begin a second run while its own is at work, and takes up what came meanwhile', async () => {
    let most = 0;
    let now = 0;
    let isMore = true;
    sitting.before = async () => {
      most = Math.max(most, ++now);
      await setImmediate();
      now--;
      return undefined;
    };
    const unread = sitting.box.unread.bind(sitting.box);
    sitting.box.unread = async () => {
      const letters = await unread();
      // decided on after the run has looked into the box for the last time
      if (letters.length > 0 && isMore) {
        isMore = false;
        await sitting.decide(b);
      }
      return letters;
    };
    await sitting.decide(a);
    await sitting.calm();
    assert.deepEqual(sitting.runs, [[a], [b]]);
    assert.equal(most, 1);
    assert.deepEqual(sitting.told, ['at-work', 'at-work', 'resting']);
  });

  it('takes up what comes while it looks into the box for the last time, too', async () => {
    const unread = sitting.box.unread.bind(sitting.box);
    let looks = 0;
    sitting.box.unread = async () => {
      const letters = await unread();
      // the first look is the run's; in the second one the box was empty a moment ago
      if (++looks === 2) await sitting.decide(b);
      return letters;
    };
    await sitting.decide(a);
    await sitting.calm();
    assert.deepEqual(sitting.runs, [[a], [b]]);
    assert.equal(sitting.told.at(-1), 'resting');
  });

  it('takes up what comes at the very moment at which it comes to rest', async () => {
    let isMore = true;
    const told = sitting.states.push.bind(sitting.states);
    sitting.states.push = (...states) => {
      if (states.some(({ kind }) => kind === 'resting') && isMore) {
        isMore = false;
        void sitting.decide(b);
      }
      return told(...states);
    };
    await sitting.decide(a);
    await sitting.calm();
    assert.deepEqual(sitting.runs, [[a], [b]]);
    assert.equal(sitting.box.size, 0);
  });

  it('makes no run for a decision that the one at work has taken up', async () => {
    let isMore = true;
    sitting.before = async () => {
      if (isMore) {
        isMore = false;
        await sitting.decide(b);
      }
      return undefined;
    };
    await sitting.decide(a);
    await sitting.calm();
    assert.deepEqual(sitting.runs, [[a, b]]);
  });

  it('does not try again by itself when it failed with a decision that came meanwhile', async () => {
    let tries = 0;
    sitting.before = async () => {
      if (++tries === 1) await sitting.decide(b);
      throw new Error('the disk is full');
    };
    await sitting.decide(a);
    await sitting.calm();
    assert.deepEqual([tries, sitting.box.size], [1, 2]);
  });

  it('begins a new run for a decision after the rest', async () => {
    await sitting.decide(a);
    await sitting.calm();
    await sitting.decide(b);
    await sitting.calm();
    assert.deepEqual(sitting.runs, [[a], [b]]);
  });

  it('makes one manifest when it is closed, of a run that has rested', async () => {
    await sitting.decide(a);
    await sitting.calm();
    assert.equal(await sitting.session.close(), REPORT);
    assert.deepEqual(sitting.runs, [[a], []]);
  });

  it('makes none when nothing was decided', async () => {
    assert.equal(await sitting.session.close(), undefined);
    assert.deepEqual([sitting.runs, sitting.states], [[], []]);
  });

  it('waits for what is under way when it is closed, and does not end the run twice', async () => {
    sitting.before = () => setImmediate(undefined);
    await sitting.decide(a);
    assert.equal(await sitting.session.close(), REPORT);
    assert.deepEqual(sitting.runs, [[a]]);
  });

  it('has its report also when it is closed a second time', async () => {
    await sitting.decide(a);
    await sitting.session.close();
    assert.equal(await sitting.session.close(), REPORT);
    assert.equal(sitting.runs.length, 1);
  });

  it('tries again while another process holds the lock, and tells which', async () => {
    let tries = 0;
    sitting.before = () => (++tries < 3 ? Promise.reject(HELD) : Promise.resolve(undefined));
    await sitting.decide(a);
    await sitting.calm();
    assert.deepEqual(sitting.runs, [[a]]);
    assert.deepEqual(sitting.told, ['at-work', 'held', 'at-work', 'held', 'at-work', 'resting']);
    assert.deepEqual(sitting.states[1], { kind: 'held', by: HELD });
    assert.equal(sitting.clock.naps.length, 2);
    assert.ok(
      sitting.clock.naps.every((ms) => ms >= 1000),
      'not without a pause',
    );
  });

  it('stops trying when the other process has taken the decisions up', async () => {
    let tries = 0;
    sitting.before = async () => {
      tries++;
      for (const letter of await sitting.box.unread()) await letter.remove();
      throw HELD;
    };
    await sitting.decide(a);
    await sitting.calm();
    assert.equal(tries, 1);
    assert.deepEqual(sitting.told, ['at-work', 'held', 'resting']);
    assert.equal(await sitting.session.close(), undefined);
  });

  it('does not go on trying once it is closed: the decisions are kept', async () => {
    let tries = 0;
    sitting.before = () => {
      tries++;
      return Promise.reject(HELD);
    };
    sitting.clock.sleep = (_, signal) =>
      new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(new Error('woken'))));
    await sitting.decide(a);
    await sitting.calm();
    assert.equal(await sitting.session.close(), undefined);
    assert.deepEqual([tries, sitting.box.size], [1, 1]);
    assert.deepEqual(sitting.told, ['at-work', 'held'], 'it does not rest');
  });

  it('tells what it failed with, and tries again with the next decision', async () => {
    const full = new Error('the disk is full');
    sitting.before = () => Promise.reject(full);
    await sitting.decide(a);
    await sitting.calm();
    assert.deepEqual(sitting.states, [{ kind: 'at-work' }, { kind: 'failed', error: full }]);
    assert.equal(sitting.box.size, 1, 'what was decided is kept');
    sitting.before = () => Promise.resolve(undefined);
    await sitting.decide(b);
    await sitting.calm();
    assert.deepEqual(sitting.runs, [[a, b]]);
  });

  it('does not take a decision for kept that was not', async () => {
    const full = new Error('the disk is full');
    sitting.box.post = () => Promise.reject(full);
    await assert.rejects(sitting.decide(a), full);
    await assert.rejects(sitting.session.takeBack([a]), full);
    assert.equal(sitting.collected, 0);
  });

  describe('with a run that stays open', () => {
    let wasLetGo: boolean;
    beforeEach(() => {
      wasLetGo = false;
      sitting.before = async ({ hold }, signal) => {
        assert.ok(hold);
        const over = AbortSignal.any([hold.closed, hold.letGo, signal]);
        if (!over.aborted) await new Promise((resolve) => over.addEventListener('abort', resolve));
        wasLetGo ||= hold.letGo.aborted;
        return undefined;
      };
    });

    it('gives the lock back when it is asked to, and takes it again with the next decision', async () => {
      await sitting.decide(a);
      await sitting.session.yieldLock();
      assert.deepEqual([sitting.runs, wasLetGo], [[[a]], true]);
      wasLetGo = false;
      await sitting.decide(b);
      await sitting.calm();
      assert.equal(sitting.runs.length, 1, 'the new run is open');
      assert.equal(await sitting.session.close(), REPORT);
      assert.deepEqual([sitting.runs, wasLetGo], [[[a], [b]], false]);
    });

    it('leaves what comes while it gives the lock back to whoever wants it', async () => {
      await sitting.decide(a);
      const given = sitting.session.yieldLock();
      sitting.box.unread = () => Promise.resolve([{ decisions: [{ image: b }], remove: () => Promise.resolve() }]);
      await given;
      assert.equal(sitting.runs.length, 1);
    });

    it('is stopped at once, and its run with it', async () => {
      let reason: unknown;
      const open = sitting.before;
      sitting.before = async (request, signal) => {
        await open(request, signal);
        reason = signal.reason;
        return undefined;
      };
      await sitting.decide(a);
      await sitting.session.abort();
      assert.ok(reason instanceof Error);
      assert.match(reason.message, /cancelled/);
    });

    it('is stopped at once while it waits for the lock, and the decisions are kept', async () => {
      sitting.before = () => Promise.reject(HELD);
      sitting.clock.sleep = (_, signal) =>
        new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(new Error('woken'))));
      await sitting.decide(a);
      await sitting.calm();
      await sitting.session.abort();
      assert.equal(sitting.box.size, 1);
    });
  });
});
