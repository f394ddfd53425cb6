import assert from 'node:assert/strict';
import { isOpen } from '../../../src/core/journal/fateOf.ts';
import { undecided } from '../../../src/core/journal/fold.ts';
import { FatalError } from '../../../src/core/model/failure.ts';
import { resultOf, type ImageState } from '../../../src/core/model/imageState.ts';
import type { StageOutcome } from '../../../src/core/model/outcome.ts';
import { TO_REVIEW, type Decision } from '../../../src/core/model/review.ts';
import type { CategorizeResult } from '../../../src/core/model/stageResults.ts';
import { NO_TAGS } from '../../../src/core/model/tag.ts';
import type { PutBack } from '../../../src/core/pipeline/decisions.ts';
import type { Hold } from '../../../src/core/pipeline/runner.ts';
import { moved, storyOf, type Story } from '../journal/story.ts';
import { Gate, nameOf, only, ScriptedRun, stateAfter, type Script, type Stages } from './scriptedRun.ts';

const FULL = new FatalError('no-space', 'The disk is full.');
const APPROVED: Decision = { decision: 'approved', tags: { ...NO_TAGS, general: ['night'] } };
const REJECTED: Decision = { decision: 'rejected', tags: NO_TAGS };
const [a, b] = [storyOf('a.jpg'), storyOf('b.jpg')];

/** As the real one: a person's decision, or it waits for that. */
const review: Script = ({ decision }) =>
  decision ? { kind: 'done', result: decision } : { kind: 'waiting', ...TO_REVIEW };

const movedOut = (name: string) => moved(`/in/${name}`, `/out/${name}`);
const SORTED = { kind: 'done', result: { suggested: 'Art', final: 'Art', because: '', learned: false, destination: '/out/a.jpg' } } as const; // prettier-ignore

const categorize: Script = async (_, context, name) => {
  await context.intend([movedOut(name)]);
  await context.operated([movedOut(name)]);
  return SORTED;
};

/** Works on until it is told to stop. */
const untilStopped: Script = async (_, { signal }) => {
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
  throw new Error('cut off');
};

const searchDone: StageOutcome = { kind: 'done', result: { verdict: 'no-match' } };

const waiting = (story: Story): ImageState =>
  stateAfter(story.found, story.scanned, story.ended('search', searchDone), story.waits('review'), story.settled('awaiting-review')); // prettier-ignore

const waitingForSearch = (story: Story): ImageState =>
  stateAfter(story.found, story.scanned, story.ended('search', { kind: 'waiting', why: 'quota', detail: 'spent' }), story.settled('awaiting-quota')); // prettier-ignore

const FAILED = { kind: 'failed', error: { reason: 'internal', message: '', attempts: 1 } } as const;

/** Until all others have been through. */
const putsOff: Script = (_, { lastCall }) =>
  lastCall ? searchDone : { kind: 'put-off', detail: 'waits for its search' };

const STAGES: Stages = { scan: {}, search: {}, review, categorize };

/** A review that is open until one of them is aborted, or nobody has decided for a while. */
function holdOf(): { readonly hold: Hold; readonly closed: AbortController; readonly letGo: AbortController } {
  const [closed, letGo] = [new AbortController(), new AbortController()];
  return { hold: { idleMs: 15_000, closed: closed.signal, letGo: letGo.signal }, closed, letGo };
}

describe('A decision on an image that waits', () => {
  it('is carried out by the next run, and on the disk before the letter that brought it is gone', async () => {
    await using run = await ScriptedRun.begin(STAGES, { parked: [waiting(a), waiting(b)] });
    run.post({ image: a.id, decision: APPROVED });
    assert.equal(await run.go(), true);
    assert.deepEqual(run.ends, ['a.jpg processed']);
    assert.deepEqual(run.of('told: stage-started'), [' review a.jpg', ' categorize a.jpg']);
    assert.deepEqual(run.of('told: image-found'), [' a.jpg']);
    const state = await run.stateOnFile(a.id);
    assert.deepEqual(state?.stages.review?.outcome, { kind: 'done', result: APPROVED });
    assert.ok(run.durable.includes('decided a.jpg'));
    assert.ok(run.notes.indexOf('line: decided a.jpg') < run.notes.indexOf('letter removed'));
    assert.deepEqual(run.letters, []);
    assert.deepEqual(await run.stateOnFile(b.id), waiting(b));
    const learned = run.notes.indexOf('database: knows /out/a.jpg');
    assert.ok(learned >= 0 && learned < run.notes.indexOf('line: stage-ended categorize a.jpg'), 'and learned from');
  });

  it('is one of several in a letter: all are on the disk before it is gone', async () => {
    await using run = await ScriptedRun.begin(STAGES, { parked: [waiting(a), waiting(b)] });
    run.post({ image: a.id, decision: APPROVED }, { image: b.id, decision: REJECTED });
    await run.go();
    const [onDisk, gone] = [run.notes.indexOf('on the disk'), run.notes.indexOf('letter removed')];
    assert.ok(run.notes.indexOf('line: decided b.jpg') < onDisk && onDisk < gone);
    assert.deepEqual(
      run.durable.filter((line) => line.startsWith('decided')),
      ['decided a.jpg', 'decided b.jpg'],
    );
    assert.equal(run.of('on the disk').length, 1, 'which is waited for once: people decide on thousands');
    assert.deepEqual((await run.stateOnFile(b.id))?.decision, REJECTED);
    assert.deepEqual([...run.ends].sort(), ['a.jpg processed', 'b.jpg processed']);
  });

  for (const [what, last] of [
    ['is left out', { image: b.id, decision: APPROVED }],
    ['takes nothing back', { image: b.id }],
    ['is the same again', { image: a.id, decision: APPROVED }],
  ] as const) {
    it(`is on the disk before its letter is gone, also where the one behind it ${what}`, async () => {
      await using run = await ScriptedRun.begin(STAGES, { parked: [waiting(a)] });
      run.post({ image: a.id, decision: APPROVED }, last);
      await run.go();
      assert.deepEqual(run.letters, []);
      assert.ok(run.durable.includes('decided a.jpg'));
      assert.ok(run.notes.indexOf('on the disk') < run.notes.indexOf('letter removed'));
    });
  }

  it('comes in while the run is on, and is carried out in it', async () => {
    const gate = new Gate();
    await using run = await ScriptedRun.begin({ ...STAGES, scan: gate.pass }, { parked: [waiting(a)] });
    const going = run.go(['b.jpg']);
    await run.noted('scan b.jpg');
    run.post({ image: a.id, decision: APPROVED });
    await run.runner.collect();
    await run.noted('told: image-settled a.jpg processed');
    gate.open();
    assert.equal(await going, true);
    assert.deepEqual(run.ends, ['a.jpg processed', 'b.jpg awaiting-review']);
  });

  it('is carried out in the run in which the image was found', async () => {
    const gate = new Gate();
    await using run = await ScriptedRun.begin({ ...STAGES, scan: only('b.jpg', gate.pass) });
    const going = run.go(['a.jpg', 'b.jpg']);
    await run.noted('told: image-settled a.jpg awaiting-review');
    run.post({ image: a.id, decision: APPROVED });
    await run.runner.collect();
    await run.noted('told: image-settled a.jpg processed');
    gate.open();
    assert.equal(await going, true);
  });

  it('waits for its image to come to rest, where that is under way, and for nobody to be told of that', async () => {
    const gate = new Gate();
    await using run = await ScriptedRun.begin({ ...STAGES, search: gate.pass });
    const going = run.go(['a.jpg']);
    await run.noted('search a.jpg');
    run.post({ image: a.id, decision: APPROVED });
    await run.runner.collect();
    gate.open();
    assert.equal(await going, true);
    assert.deepEqual(run.ends, ['a.jpg processed']);
    assert.equal(run.of('search').length, 1);
  });

  it('waits until there is room for it', async () => {
    const gate = new Gate();
    await using run = await ScriptedRun.begin({ ...STAGES, scan: gate.pass }, { parked: [waiting(a)] });
    const going = run.go(['b.jpg'], { inFlight: 1 });
    await run.noted('scan b.jpg');
    run.post({ image: a.id, decision: APPROVED });
    await run.runner.collect();
    await run.quiet();
    assert.ok(run.notes.includes('line: decided a.jpg'));
    assert.deepEqual(run.of('review'), []);
    gate.open();
    assert.equal(await going, true);
    assert.deepEqual(run.ends, ['b.jpg awaiting-review', 'a.jpg processed']);
  });

  it('starts an image that the run would have come to anyway, once', async () => {
    const gates = new Map(['b.jpg', 'c.jpg'].map((name) => [name, new Gate()]));
    const held: Script = async (...args) => {
      await gates.get(args[2])?.pass();
      return review(...args);
    };
    const open = [waiting(b), waiting(storyOf('c.jpg')), waiting(a)];
    await using run = await ScriptedRun.begin({ ...STAGES, review: held, categorize: () => ({ kind: 'waiting', why: 'quota', detail: '' }) }, { open }); // prettier-ignore
    const going = run.go([], { inFlight: 2 });
    await run.noted('review c.jpg');
    run.post({ image: a.id, decision: APPROVED });
    await run.runner.collect();
    gates.get('b.jpg')?.open();
    await run.noted('told: image-settled a.jpg awaiting-quota');
    gates.get('c.jpg')?.open();
    assert.equal(await going, true);
    assert.deepEqual(run.of('told: image-found'), [' b.jpg', ' c.jpg', ' a.jpg']);
    assert.deepEqual(run.of('review'), [' b.jpg', ' c.jpg', ' a.jpg']);
    assert.equal(run.ends.length, 3);
  });

  it('may come early, to an image whose search waits for quota since this run', async () => {
    const gate = new Gate();
    const search: Script = only('a.jpg', ({ decision }) => (decision ? searchDone : { kind: 'waiting', why: 'quota', detail: 'spent' })); // prettier-ignore
    await using run = await ScriptedRun.begin({ ...STAGES, scan: only('b.jpg', gate.pass), search });
    const going = run.go(['a.jpg', 'b.jpg']);
    await run.noted('told: image-settled a.jpg awaiting-quota');
    run.post({ image: a.id, decision: APPROVED });
    await run.runner.collect();
    await run.noted('told: image-settled a.jpg processed');
    gate.open();
    assert.equal(await going, true);
    assert.deepEqual(run.warnings, []);
    assert.equal((await run.stateOnFile(a.id))?.decidedEarly, true);
  });

  it('may come early, to an image whose search is put off, and the review knows that it did', async () => {
    const gate = new Gate();
    const early: unknown[] = [];
    const asks: Script = (state, context, name) => {
      early.push(state.decidedEarly);
      return review(state, context, name);
    };
    const stages = { ...STAGES, scan: gate.pass, search: only('a.jpg', putsOff), review: only('a.jpg', asks) };
    await using run = await ScriptedRun.begin(stages, { open: [waitingForSearch(a)] });
    const going = run.go(['c.jpg']);
    await run.noted('told: stage-put-off search a.jpg');
    run.post({ image: a.id, decision: APPROVED });
    await run.runner.collect();
    gate.open();
    assert.equal(await going, true);
    assert.deepEqual(early, [true]);
    assert.equal((await run.stateOnFile(a.id))?.decidedEarly, true);
  });

  it('ends an image whose search is put off, where its file is gone by now, and the run goes on', async () => {
    const gate = new Gate();
    const stages = { ...STAGES, scan: gate.pass, search: only('a.jpg', putsOff) };
    await using run = await ScriptedRun.begin(stages, { open: [waitingForSearch(a)] });
    const looks = [true, false];
    const going = run.go(['c.jpg'], { isStillThere: () => Promise.resolve(looks.shift()!) });
    await run.noted('told: stage-put-off search a.jpg');
    run.post({ image: a.id, decision: APPROVED });
    await run.runner.collect();
    await run.noted('told: image-settled a.jpg skipped');
    gate.open();
    assert.equal(await going, true);
    assert.deepEqual(run.ends, ['a.jpg skipped', 'c.jpg awaiting-review']);
  });

  it('carries an image through whose search was put off, and a stop afterwards takes nothing of that back', async () => {
    const outcomes = [{ kind: 'put-off', detail: '' } as const];
    const stages = { ...STAGES, scan: untilStopped, search: () => outcomes.pop() };
    await using run = await ScriptedRun.begin(stages, { open: [waitingForSearch(a)] });
    const going = run.go(['c.jpg']);
    await run.noted('told: stage-put-off search a.jpg');
    run.post({ image: a.id, decision: APPROVED });
    await run.runner.collect();
    await run.noted('told: image-settled a.jpg processed');
    run.stopping.abort();
    assert.equal(await going, false);
    assert.deepEqual(run.ends, ['a.jpg processed']);
    assert.equal((await run.stateOnFile(a.id))?.fate, 'processed');
  });

  it('starts an image whose search is put off while it is said what is ahead, which does not end before its search', async () => {
    const [planned, analyzed] = [new Gate(), new Gate()];
    const plan = { images: 1, byMd5: 0, byTrace: 0, byCache: 0, copies: 0, toSearch: 1 };
    await using run = await ScriptedRun.begin(
      {
        scan: {},
        search: {
          needs: ['scan'],
          run: putsOff,
          plan: async () => {
            run.note('plans');
            await planned.pass();
            return plan;
          },
        },
        analyze: { needs: ['scan'], run: ({ decision }) => (decision ? analyzed.pass() : FAILED) },
        review: { needs: ['search', 'analyze'], run: review },
      },
      { open: [waitingForSearch(a)] },
    );
    const going = run.go();
    await run.noted('plans');
    run.post({ image: a.id, decision: APPROVED });
    await run.runner.collect();
    await run.noted('analyze a.jpg');
    await run.until(() => run.of('told: stage-put-off').length === 2);
    planned.open();
    await run.quiet();
    analyzed.open();
    assert.equal(await going, true);
    assert.deepEqual(run.ends, ['a.jpg processed']);
    assert.equal((await run.stateOnFile(a.id))?.stages.search?.outcome.kind, 'done');
  });

  it('is of no use where the file is gone by now: the image ends', async () => {
    const looked: string[] = [];
    await using run = await ScriptedRun.begin(STAGES, { parked: [waiting(a)] });
    run.post({ image: a.id, decision: APPROVED });
    await run.go([], { isStillThere: (state) => Promise.resolve(looked.push(nameOf(state.image)) < 0) });
    assert.deepEqual(looked, ['a.jpg']);
    assert.deepEqual(run.ends, ['a.jpg skipped']);
    assert.deepEqual(run.of('told: stage-started'), []);
  });

  it('breaks nothing where it comes while it is written down that the image ends, as its file is gone', async () => {
    const gate = new Gate();
    await using run = await ScriptedRun.begin(STAGES, { parked: [waiting(a)] });
    run.onLine = (event) => {
      if (event.kind !== 'image-settled' || event.fate !== 'skipped') return;
      run.note('ends');
      return gate.pass();
    };
    run.post({ image: a.id, decision: APPROVED });
    const going = run.go([], { isStillThere: () => Promise.resolve(false), discoveries: undefined });
    await run.noted('ends');
    run.post({ image: a.id, decision: REJECTED });
    await run.runner.collect();
    gate.open();
    assert.equal(await going, true);
    assert.deepEqual(run.ends, ['a.jpg skipped']);
    assert.deepEqual(run.letters, []);
  });

  it('is kept, and no more, where the turn of the image can’t come in this run', async () => {
    await using run = await ScriptedRun.begin(STAGES, { parked: [waiting(a)] });
    run.post({ image: a.id, decision: APPROVED });
    assert.equal(await run.go([], { canStart: () => false }), true);
    assert.deepEqual((await run.stateOnFile(a.id))?.decision, APPROVED);
    assert.ok((await run.stateOnFile(a.id))?.fate);
    assert.deepEqual(run.of('told: stage-started'), []);
    assert.deepEqual(run.letters, []);
  });

  it('is left out where the image is none that waits, and a person hears of that', async () => {
    await using run = await ScriptedRun.begin(STAGES);
    run.post({ image: a.id, decision: APPROVED });
    assert.equal(await run.go(), true);
    assert.deepEqual(run.warnings, ['A decision was left out: its image no longer waits.']);
    assert.deepEqual(run.letters, []);
    assert.deepEqual(run.of('line: decided'), []);
  });

  it('stays where it is of another run, and a person hears that when it is taken back', async () => {
    await using run = await ScriptedRun.begin(STAGES);
    run.post({ image: a.id });
    assert.equal(await run.go(), true);
    const stays = run.told.find((event) => event.kind === 'decision-stays');
    assert.equal(stays?.image, a.id);
    assert.match(stays.why, /undo of that run/);
    assert.deepEqual([run.warnings, run.letters], [[], []]);
  });

  it('is left out where another one has been carried out, and a person hears of which image; the same again is no news', async () => {
    const gate = new Gate();
    await using run = await ScriptedRun.begin({ ...STAGES, scan: gate.pass }, { parked: [waiting(a)] });
    run.post({ image: a.id, decision: APPROVED });
    const going = run.go(['b.jpg']);
    await run.noted('told: image-settled a.jpg processed');
    run.post({ image: a.id, decision: APPROVED });
    await run.runner.collect();
    assert.deepEqual(run.warnings, []);
    run.post({ image: a.id, decision: REJECTED });
    await run.runner.collect();
    assert.equal(run.warnings.length, 1);
    assert.match(run.warnings[0]!, /^\/in\/a\.jpg /);
    gate.open();
    await going;
    assert.deepEqual((await run.stateOnFile(a.id))?.decision, APPROVED);
    assert.equal(run.of('line: decided').length, 1);
    assert.deepEqual(run.letters, []);
  });

  it('is left out where the review is off and the image is just being sorted, and a person hears of it', async () => {
    const gate = new Gate();
    const sorting: Script = async (state, context, name) => {
      await gate.pass();
      return categorize(state, context, name);
    };
    const off: Script = () => ({ kind: 'skipped', why: 'off' });
    await using run = await ScriptedRun.begin({ ...STAGES, review: off, categorize: sorting });
    const going = run.go(['a.jpg']);
    await run.noted('told: stage-started categorize a.jpg');
    run.post({ image: a.id, decision: REJECTED });
    await run.runner.collect();
    gate.open();
    await going;
    assert.equal(run.warnings.length, 1);
    assert.equal((await run.stateOnFile(a.id))?.decision, undefined);
  });

  it('is left out where another one is being carried out', async () => {
    const gate = new Gate();
    const held: Script = async (...args) => (await gate.pass(), categorize(...args));
    await using run = await ScriptedRun.begin({ ...STAGES, categorize: held }, { parked: [waiting(a)] });
    run.post({ image: a.id, decision: APPROVED });
    const going = run.go();
    await run.noted('categorize a.jpg');
    run.post({ image: a.id, decision: REJECTED });
    await run.runner.collect();
    gate.open();
    await going;
    assert.match(run.warnings.join(), /\/in\/a\.jpg was decided on before/);
    assert.deepEqual((await run.stateOnFile(a.id))?.stages.review?.outcome.result, APPROVED);
  });

  describe('counts as it was last made', () => {
    /** The decision by which each image was sorted. */
    function sorting(): { readonly stages: Stages; readonly sortedBy: readonly unknown[] } {
      const sortedBy: unknown[] = [];
      const sort: Script = (state, context, name) => {
        sortedBy.push(resultOf(state, 'review'));
        return categorize(state, context, name);
      };
      return { stages: { ...STAGES, categorize: sort }, sortedBy };
    }

    it('until its turn comes', async () => {
      const gate = new Gate();
      await using run = await ScriptedRun.begin({ ...STAGES, scan: gate.pass }, { parked: [waiting(a)] });
      const going = run.go(['b.jpg'], { inFlight: 1 });
      await run.noted('scan b.jpg');
      run.post({ image: a.id, decision: APPROVED }, { image: a.id, decision: REJECTED });
      await run.runner.collect();
      gate.open();
      assert.equal(await going, true);
      assert.deepEqual(run.warnings, []);
      assert.deepEqual((await run.stateOnFile(a.id))?.stages.review?.outcome.result, REJECTED);
      assert.deepEqual(run.ends, ['b.jpg awaiting-review', 'a.jpg processed']);
    });

    it('while it is written down that the review has taken up the one before', async () => {
      const gate = new Gate();
      const { stages, sortedBy } = sorting();
      await using run = await ScriptedRun.begin(stages, { parked: [waiting(a)] });
      run.onLine = async (event) => {
        if (event.kind !== 'stage-ended' || event.stage !== 'review') return;
        run.note('held');
        await gate.pass();
      };
      run.post({ image: a.id, decision: APPROVED });
      const going = run.go();
      await run.noted('held');
      run.post({ image: a.id, decision: REJECTED });
      await run.runner.collect();
      gate.open();
      assert.equal(await going, true);
      assert.deepEqual(sortedBy, [REJECTED]);
      assert.deepEqual(resultOf((await run.stateOnFile(a.id))!, 'review'), REJECTED);
      assert.deepEqual(run.ends, ['a.jpg processed']);
    });

    it('where the review takes up the one before while this one is written down', async () => {
      const [gate, searched] = [new Gate(), new Gate()];
      const { stages, sortedBy } = sorting();
      await using run = await ScriptedRun.begin({ ...stages, search: searched.pass });
      run.onLine = async (event) => {
        if (event.kind !== 'decided' || event.decision.decision !== REJECTED.decision) return;
        run.note('held');
        await gate.pass();
      };
      const going = run.go(['a.jpg']);
      await run.noted('search a.jpg');
      run.post({ image: a.id, decision: APPROVED }, { image: a.id, decision: REJECTED });
      const collected = run.runner.collect();
      await run.noted('held');
      searched.open();
      await run.noted('review a.jpg');
      await run.quiet();
      assert.deepEqual(run.ends, [], 'it has not ended without it');
      gate.open();
      await collected;
      assert.equal(await going, true);
      assert.deepEqual(sortedBy, [REJECTED]);
      assert.deepEqual(resultOf((await run.stateOnFile(a.id))!, 'review'), REJECTED);
      assert.deepEqual(run.ends, ['a.jpg processed']);
    });
  });

  it('stays in the box where nobody is to decide, before the run has begun, and after it', async () => {
    await using run = await ScriptedRun.begin(STAGES, { parked: [waiting(a)], nobodyDecides: true });
    run.post({ image: a.id, decision: APPROVED });
    await run.go();
    assert.equal(run.letters.length, 1);
    await using other = await ScriptedRun.begin(STAGES, { parked: [waiting(a)] });
    await other.go();
    other.post({ image: a.id, decision: APPROVED });
    await other.runner.collect();
    assert.equal(other.letters.length, 1);
    await using third = await ScriptedRun.begin(STAGES, { parked: [waiting(a)] });
    third.post({ image: a.id, decision: APPROVED });
    await third.runner.collect();
    assert.equal(third.letters.length, 1);
    await third.go();
    assert.deepEqual(third.ends, ['a.jpg processed']);
  });

  it('stays in the box when the run is stopped before its letter is opened', async () => {
    await using run = await ScriptedRun.begin(STAGES, { parked: [waiting(a), waiting(b)] });
    run.post({ image: a.id, decision: APPROVED });
    run.post({ image: b.id, decision: APPROVED });
    run.onLine = (event) => {
      if (event.kind === 'decided') run.stopping.abort();
    };
    assert.equal(await run.go(), false);
    assert.deepEqual(run.letters.map(({ decisions }) => decisions), [[{ image: b.id, decision: APPROVED }]]); // prettier-ignore
    assert.deepEqual((await run.stateOnFile(a.id))?.decision, APPROVED);
    assert.deepEqual(run.of('told: stage-started'), [], 'it is for the next run to carry out');
  });

  it('is kept with the others in its letter when the run is stopped in the middle of that, while some are under way', async () => {
    const gate = new Gate();
    await using run = await ScriptedRun.begin({ ...STAGES, scan: untilStopped }, { parked: [waiting(a), waiting(b)] });
    run.onLine = (event) => (event.kind === 'decided' ? gate.pass() : undefined);
    const going = run.go(['c.jpg', 'd.jpg'], { inFlight: 1 });
    await run.noted('scan c.jpg');
    run.post({ image: a.id, decision: APPROVED }, { image: b.id, decision: REJECTED });
    void run.runner.collect();
    await run.quiet();
    run.stopping.abort();
    await run.quiet();
    gate.open();
    assert.equal(await going, false);
    assert.deepEqual((await run.stateOnFile(a.id))?.decision, APPROVED);
    assert.deepEqual((await run.stateOnFile(b.id))?.decision, REJECTED);
    assert.deepEqual(run.warnings, []);
    assert.deepEqual(run.letters, []);
  });

  it('stays in the box when it can’t be written down, and the run stops', async () => {
    await using run = await ScriptedRun.begin(STAGES, { parked: [waiting(a)] });
    run.post({ image: a.id, decision: APPROVED });
    run.onLine = (event) => {
      if (event.kind === 'decided') throw FULL;
    };
    await assert.rejects(run.go(['b.jpg']), FULL);
    assert.equal(run.letters.length, 1);
    assert.deepEqual(run.of('told: stage-started'), []);
  });
});

describe('A decision that is taken back', () => {
  /** Goes on, after the decision on `a.jpg` was carried out, with `b.jpg` held in its scan until the gate is opened. */
  async function afterwards(
    run: ScriptedRun,
    { gate, post }: { readonly gate: Gate; readonly post: () => void },
    found: readonly string[] = ['b.jpg'],
  ): Promise<void> {
    run.post({ image: a.id, decision: APPROVED });
    const going = run.go(found);
    await run.noted('told: image-settled a.jpg processed');
    await run.quiet();
    post();
    await run.runner.collect();
    gate.open();
    assert.equal(await going, true);
  }

  it('is undone: the image is where it was, waits again, and nothing is remembered of how it was sorted', async () => {
    const gate = new Gate();
    const given: ImageState[] = [];
    const putBack = (state: ImageState): Promise<PutBack> => {
      given.push(state);
      return Promise.resolve({ kind: 'back', notes: ['its folder stays'] });
    };
    await using run = await ScriptedRun.begin({ ...STAGES, scan: only('b.jpg', gate.pass) }, { parked: [waiting(a)], putBack }); // prettier-ignore
    await afterwards(run, { gate, post: () => run.post({ image: a.id }) });
    const from = run.notes.indexOf('puts back a.jpg');
    assert.deepEqual(run.notes.slice(from, from + 8), [
      'puts back a.jpg',
      'database: forgets /out/a.jpg',
      'line: decision-withdrawn a.jpg',
      'told: decision-withdrawn a.jpg',
      'line: image-settled a.jpg awaiting-review',
      'told: image-settled a.jpg awaiting-review',
      'on the disk',
      'letter removed',
    ]);
    assert.ok(run.durable.includes('decision-withdrawn a.jpg'));
    assert.deepEqual(given.map(({ operations, decision }) => [operations, decision]), [[[movedOut('a.jpg')], APPROVED]]); // prettier-ignore
    const told = run.told.find((event) => event.kind === 'decision-withdrawn');
    assert.deepEqual(told?.notes, ['its folder stays']);
    const [line] = (await run.lines()).filter((event) => event.kind === 'decision-withdrawn');
    assert.deepEqual(line?.unsorted, SORTED.result satisfies CategorizeResult);
    assert.deepEqual(await run.stateOnFile(a.id), { ...undecided(given[0]!), fate: 'awaiting-review' });
  });

  it('is undone of each of several images in a letter, also of those that end while another one is put back', async () => {
    const stories = ['p0.jpg', 'p1.jpg', 'p2.jpg', 'p3.jpg', 'p4.jpg', 'p5.jpg'].map((name) => storyOf(name));
    const [gate, first] = [new Gate(), new Gate()];
    const begun = new Gate();
    const slow: Script = async (state, context, name) => {
      begun.open();
      if (name === 'p0.jpg') await first.pass();
      return categorize(state, context, name);
    };
    const stages: Stages = { ...STAGES, scan: only('b.jpg', gate.pass), categorize: slow };
    await using run = await ScriptedRun.begin(stages, { parked: stories.map(waiting) });
    run.post(...stories.map(({ id }) => ({ image: id, decision: APPROVED })));
    const going = run.go(['b.jpg']);
    await begun.pass();
    run.post(...stories.map(({ id }) => ({ image: id })));
    const collected = run.runner.collect();
    await run.noted('told: image-settled p5.jpg processed');
    first.open();
    await collected;
    gate.open();
    await going;
    assert.deepEqual(run.warnings, []);
    for (const { id } of stories) assert.equal((await run.stateOnFile(id))?.decision, undefined);
  });

  it('can be made anew', async () => {
    const gate = new Gate();
    await using run = await ScriptedRun.begin({ ...STAGES, scan: only('b.jpg', gate.pass) }, { parked: [waiting(a)] });
    await afterwards(run, { gate, post: () => run.post({ image: a.id }, { image: a.id, decision: REJECTED }) });
    assert.deepEqual(run.ends.slice(0, 2), ['a.jpg processed', 'a.jpg awaiting-review']);
    assert.ok(run.ends.slice(2).includes('a.jpg processed'));
    assert.deepEqual((await run.stateOnFile(a.id))?.decision, REJECTED);
    assert.deepEqual(run.warnings, []);
  });

  it('stays where it can’t be undone, and a person hears why', async () => {
    const gate = new Gate();
    const putBack = (): Promise<PutBack> => Promise.resolve({ kind: 'stays', why: 'it was changed since' });
    await using run = await ScriptedRun.begin({ ...STAGES, scan: only('b.jpg', gate.pass) }, { parked: [waiting(a)], putBack }); // prettier-ignore
    await afterwards(run, { gate, post: () => run.post({ image: a.id }) });
    assert.deepEqual(run.told.find(({ kind }) => kind === 'decision-stays'), { kind: 'decision-stays', image: a.id, why: 'it was changed since' }); // prettier-ignore
    assert.deepEqual(run.of('line: decision-withdrawn'), []);
    assert.equal((await run.stateOnFile(a.id))?.fate, 'processed');
    assert.deepEqual(run.letters, []);
  });

  it('is undone with its folders only while no other image may be on its way into them', async () => {
    const alone: boolean[] = [];
    const putBack = (_: ImageState, isAlone: boolean): Promise<PutBack> => {
      alone.push(isAlone);
      return Promise.resolve({ kind: 'back', notes: [] });
    };
    const gate = new Gate();
    await using run = await ScriptedRun.begin({ ...STAGES, scan: gate.pass }, { parked: [waiting(a)], putBack });
    await afterwards(run, { gate, post: () => run.post({ image: a.id }) });

    const { hold, closed } = holdOf();
    await using other = await ScriptedRun.begin(STAGES, { parked: [waiting(a)], putBack });
    other.post({ image: a.id, decision: APPROVED });
    const going = other.go([], { hold, discoveries: undefined });
    await other.noted('told: review-idle');
    other.post({ image: a.id });
    await other.runner.collect();
    closed.abort();
    await going;
    assert.deepEqual(alone, [false, true]);
  });

  it('is forgotten where it had not been begun, and there is nothing to put back', async () => {
    const gate = new Gate();
    await using run = await ScriptedRun.begin({ ...STAGES, scan: gate.pass }, { parked: [waiting(a)] });
    const going = run.go(['b.jpg'], { inFlight: 1 });
    await run.noted('scan b.jpg');
    run.post({ image: a.id, decision: APPROVED });
    run.post({ image: a.id });
    await run.runner.collect();
    gate.open();
    assert.equal(await going, true);
    assert.deepEqual(run.of('puts back'), []);
    assert.deepEqual(run.of('review'), [' b.jpg']);
    assert.deepEqual(run.ends, ['a.jpg awaiting-review', 'b.jpg awaiting-review']);
    assert.deepEqual(await run.stateOnFile(a.id), { ...undecided(waiting(a)), fate: 'awaiting-review' });
    const told = run.told.find((event) => event.kind === 'decision-withdrawn');
    assert.deepEqual(told?.notes, []);
  });

  it('leaves an image whose search is put off waiting for that, and the search still comes in this run', async () => {
    const gate = new Gate();
    const search = only('a.jpg', putsOff);
    await using run = await ScriptedRun.begin({ ...STAGES, scan: gate.pass, search }, { open: [waitingForSearch(a)] });
    const going = run.go(['c.jpg']);
    await run.noted('told: stage-put-off search a.jpg');
    run.post({ image: a.id, decision: APPROVED });
    await run.runner.collect();
    await run.until(() => run.of('told: stage-put-off search a.jpg').length === 2);
    run.post({ image: a.id });
    await run.runner.collect();
    assert.deepEqual(run.ends, ['a.jpg awaiting-quota']);
    assert.deepEqual(
      (await run.stateOnFile(a.id))?.fate,
      'awaiting-quota',
      'a run that is killed now leaves it to the next',
    );
    gate.open();
    assert.equal(await going, true);
    assert.deepEqual(run.ends.filter((end) => end.startsWith('a.jpg')), ['a.jpg awaiting-quota', 'a.jpg awaiting-review']); // prettier-ignore
    assert.equal((await run.stateOnFile(a.id))?.stages.search?.outcome.kind, 'done');
  });

  it('is not taken for the end of an image whose search is cut off by a stop', async () => {
    await using run = await ScriptedRun.begin({ ...STAGES, search: untilStopped }, { open: [waitingForSearch(a)] });
    const going = run.go();
    await run.noted('search a.jpg');
    run.post({ image: a.id, decision: APPROVED }, { image: a.id });
    void run.runner.collect();
    await run.quiet();
    run.stopping.abort();
    assert.equal(await going, false);
    const state = await run.stateOnFile(a.id);
    assert.ok(state && isOpen(state), 'the next run takes it up');
    assert.equal(run.letters.length, 1, 'and takes the decision back');
  });

  it('is waited for, where it is just being carried out', async () => {
    const gate = new Gate();
    const held: Script = async (...args) => (await gate.pass(), categorize(...args));
    await using run = await ScriptedRun.begin({ ...STAGES, categorize: held }, { parked: [waiting(a)] });
    run.post({ image: a.id, decision: APPROVED });
    const going = run.go();
    await run.noted('categorize a.jpg');
    run.post({ image: a.id });
    const collected = run.runner.collect();
    await run.quiet();
    assert.deepEqual(run.of('puts back'), []);
    gate.open();
    await collected;
    assert.equal(await going, true);
    assert.deepEqual(run.ends, ['a.jpg processed', 'a.jpg awaiting-review']);
    assert.ok(run.notes.indexOf('told: image-settled a.jpg processed') < run.notes.indexOf('puts back a.jpg'));
  });

  const decided = { kind: 'decided', at: '', image: a.id, decision: APPROVED } as const;
  const halfWay = stateAfter(a.found, a.scanned, a.ended('search', searchDone), decided, a.ended('review', { kind: 'done', result: APPROVED }), a.intended(movedOut('a.jpg'))); // prettier-ignore

  it('is carried out first, where it was cut off half-way, and then undone', async () => {
    await using run = await ScriptedRun.begin(STAGES, { parked: [halfWay] });
    run.post({ image: a.id });
    assert.equal(await run.go(), true);
    assert.deepEqual(run.of('categorize'), [' a.jpg']);
    assert.deepEqual(run.ends, ['a.jpg processed', 'a.jpg awaiting-review']);
    assert.deepEqual(run.of('told: image-found'), [' a.jpg']);
    assert.deepEqual(run.of('puts back'), [' a.jpg']);
  });

  it('stays where the image is stuck half-way, for its files are no more in one place', async () => {
    const stuck: Script = () => ({ kind: 'failed', unfinished: true, error: { reason: 'not-writable', message: '', attempts: 1 } }); // prettier-ignore
    await using run = await ScriptedRun.begin({ ...STAGES, categorize: stuck }, { parked: [halfWay] });
    run.post({ image: a.id });
    await run.go();
    assert.deepEqual(run.of('puts back'), []);
    const stays = run.told.find((event) => event.kind === 'decision-stays');
    assert.match(stays?.why ?? '', /half-way/);
    assert.deepEqual((await run.stateOnFile(a.id))?.decision, APPROVED);
    assert.deepEqual(run.of('line: decision-withdrawn'), []);
  });

  it('changes nothing for an image that nobody has decided on, which goes on if it is under way', async () => {
    const gate = new Gate();
    await using run = await ScriptedRun.begin(
      { ...STAGES, search: only('b.jpg', gate.pass) },
      { parked: [waiting(a)] },
    );
    const going = run.go(['b.jpg']);
    await run.noted('search b.jpg');
    run.post({ image: a.id }, { image: b.id });
    const collected = run.runner.collect();
    gate.open();
    await collected;
    assert.equal(await going, true);
    assert.deepEqual(run.of('line: decision-withdrawn'), []);
    assert.deepEqual(run.ends, ['b.jpg awaiting-review']);
    assert.deepEqual(run.warnings, []);
    assert.deepEqual(run.letters, []);
  });

  it('changes nothing for an image that has ended meanwhile without any', async () => {
    const gate = new Gate();
    await using run = await ScriptedRun.begin({ scan: gate.pass });
    const going = run.go(['a.jpg']);
    await run.noted('scan a.jpg');
    run.post({ image: a.id });
    const collected = run.runner.collect();
    await run.quiet();
    gate.open();
    await collected;
    assert.equal(await going, true);
    assert.deepEqual(run.ends, ['a.jpg processed']);
  });

  it('stays in the box when the run is stopped while it waits for its image', async () => {
    const held: Script = async (state, context, name) => {
      await context.intend([movedOut(name)]);
      return untilStopped(state, context, name);
    };
    await using run = await ScriptedRun.begin({ ...STAGES, categorize: held }, { parked: [waiting(a)] });
    run.post({ image: a.id, decision: APPROVED });
    const going = run.go();
    await run.noted('line: intended categorize a.jpg');
    run.post({ image: a.id });
    void run.runner.collect();
    await run.quiet();
    run.stopping.abort();
    assert.equal(await going, false);
    assert.deepEqual(run.letters.map(({ decisions }) => decisions), [[{ image: a.id }]]); // prettier-ignore
    assert.deepEqual(run.of('told: decision-stays'), [], 'nobody is told that it stays: the next run takes it back');
    assert.deepEqual(run.of('puts back'), []);
    assert.deepEqual((await run.stateOnFile(a.id))?.decision, APPROVED);
  });

  it('stops the run, and stays in the box, when nothing can be put back any more', async () => {
    const gate = new Gate();
    await using run = await ScriptedRun.begin({ ...STAGES, scan: gate.pass }, { parked: [waiting(a)], putBack: () => Promise.reject(FULL) }); // prettier-ignore
    run.post({ image: a.id, decision: APPROVED });
    const going = run.go(['b.jpg']);
    await run.noted('told: image-settled a.jpg processed');
    run.post({ image: a.id });
    await run.runner.collect();
    gate.open();
    await assert.rejects(going, FULL);
    assert.deepEqual(run.letters.map(({ decisions }) => decisions), [[{ image: a.id }]]); // prettier-ignore
    assert.equal((await run.stateOnFile(a.id))?.fate, 'processed');
  });
});

describe('A review that keeps the run open', () => {
  const opened = (run: ScriptedRun, hold: Hold): Promise<boolean> => run.go([], { hold, discoveries: undefined });

  it('ends when nobody has decided for a while', async () => {
    await using run = await ScriptedRun.begin(STAGES, { parked: [waiting(a)] });
    assert.equal(await opened(run, holdOf().hold), true);
    assert.deepEqual(run.clock.naps, [15_000]);
    assert.deepEqual(run.notes, ['told: scan-ended', 'told: review-idle']);
  });

  it('carries out what comes meanwhile, and waits as long again', async () => {
    await using run = await ScriptedRun.begin(STAGES, { parked: [waiting(a), waiting(b)] });
    run.post({ image: a.id, decision: APPROVED });
    const going = opened(run, holdOf().hold);
    await run.noted('told: review-idle');
    assert.deepEqual(run.ends, ['a.jpg processed'], 'it says that it is at rest when it is');
    run.post({ image: b.id, decision: APPROVED });
    await run.runner.collect();
    assert.equal(await going, true);
    assert.deepEqual(run.ends, ['a.jpg processed', 'b.jpg processed']);
    assert.deepEqual(run.of('told: review-idle').length, 2);
    assert.equal(run.notes.at(-1), 'told: review-idle');
  });

  it('carries out a decision that is still on its way from the box when the time is over', async () => {
    await using run = await ScriptedRun.begin(STAGES, { parked: [waiting(a)] });
    const gate = new Gate();
    run.onLine = (event) => (event.kind === 'decided' ? gate.pass() : undefined);
    const going = opened(run, holdOf().hold);
    await run.noted('told: review-idle');
    run.post({ image: a.id, decision: APPROVED });
    void run.runner.collect();
    await run.until(() => run.clock.naps.length === 1);
    await run.quiet();
    gate.open();
    assert.equal(await going, true);
    assert.deepEqual(run.ends, ['a.jpg processed']);
    assert.equal(run.of('told: review-idle').length, 2, 'and then waits as long again');
  });

  it('is woken by a decision, and its time begins anew', async () => {
    await using run = await ScriptedRun.begin(STAGES, { parked: [waiting(a)] });
    const sleep = run.clock.sleep.bind(run.clock);
    const isWoken = (_: number, signal?: AbortSignal): Promise<void> =>
      new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(new Error('woken'))));
    run.clock.sleep = isWoken;
    const going = opened(run, holdOf().hold);
    await run.noted('told: review-idle');
    await run.quiet();
    run.clock.sleep = sleep;
    run.post({ image: a.id, decision: APPROVED });
    await run.runner.collect();
    assert.equal(await going, true);
    assert.deepEqual(run.ends, ['a.jpg processed']);
    assert.deepEqual(run.clock.naps, [15_000]);
  });

  for (const whose of ['closed', 'letGo'] as const) {
    it(`ends at once when ${whose === 'closed' ? 'nobody is there any more' : 'the lock is wanted'}, after what is under way`, async () => {
      const gate = new Gate();
      const hold = holdOf();
      const held: Script = async (...args) => (await gate.pass(), categorize(...args));
      await using run = await ScriptedRun.begin({ ...STAGES, categorize: held }, { parked: [waiting(a)] });
      run.post({ image: a.id, decision: APPROVED });
      const going = opened(run, hold.hold);
      await run.noted('categorize a.jpg');
      hold[whose].abort();
      gate.open();
      assert.equal(await going, true);
      assert.deepEqual(run.ends, ['a.jpg processed']);
      assert.deepEqual(run.clock.naps, []);
      assert.ok(!run.notes.includes('told: review-idle'));
    });

    it(`is woken when ${whose === 'closed' ? 'nobody is there any more' : 'the lock is wanted'} while it waits`, async () => {
      const hold = holdOf();
      await using run = await ScriptedRun.begin(STAGES, { parked: [waiting(a)] });
      const began = run.clock.now();
      const going = opened(run, hold.hold);
      await run.noted('told: review-idle');
      hold[whose].abort();
      assert.equal(await going, true);
      assert.equal(run.clock.now(), began, 'and does not wait out its time');
      assert.equal(run.of('told: review-idle').length, 1);
    });
  }

  it('is stopped like any run', async () => {
    await using run = await ScriptedRun.begin(STAGES, { parked: [waiting(a)] });
    const began = run.clock.now();
    const going = opened(run, holdOf().hold);
    await run.noted('told: review-idle');
    run.stopping.abort();
    assert.equal(await going, false);
    assert.equal(run.clock.now(), began);
  });

  it('puts nothing off, for there is no end to which it could be put', async () => {
    const calls: boolean[] = [];
    await using run = await ScriptedRun.begin({ ...STAGES, categorize: (_, { lastCall }) => void calls.push(lastCall) }, { parked: [waiting(a)] }); // prettier-ignore
    run.post({ image: a.id, decision: APPROVED });
    await opened(run, holdOf().hold);
    assert.deepEqual(calls, [true]);
  });
});
