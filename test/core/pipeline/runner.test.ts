import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { FatalError, ImageError } from '../../../src/core/model/failure.ts';
import type { ImageState } from '../../../src/core/model/imageState.ts';
import type { StageOutcome } from '../../../src/core/model/outcome.ts';
import type { PutOff } from '../../../src/core/pipeline/stage.ts';
import { moved, storyOf } from '../journal/story.ts';
import { discovered, Gate, nameOf, only, ScriptedRun, stateAfter, throwing } from './scriptedRun.ts';

const FULL = new FatalError('no-space', 'The disk is full.');
const LATER: PutOff = { kind: 'put-off', detail: 'waits for its search' };
const RESULT = { sha256: 'of nothing', md5: '', format: 'jpeg' } as never;
const [a, b] = [storyOf('a.jpg'), storyOf('b.jpg')];

describe('The runner takes images through the stages', () => {
  it('each after those that it needs, in whatever order they are given, and side by side where none needs the other', async () => {
    const begun = { search: new Gate(), analyze: new Gate() };
    await using run = await ScriptedRun.begin({
      review: { needs: ['search', 'analyze'] },
      search: {
        needs: ['scan'],
        run: () => {
          begun.search.open();
          return begun.analyze.pass();
        },
      },
      analyze: {
        needs: ['scan'],
        run: () => {
          begun.analyze.open();
          return begun.search.pass();
        },
      },
      scan: { needs: [] },
    });
    assert.equal(await run.go(['a.jpg']), true);
    const ended = run.of('line: stage-ended ');
    assert.equal(ended[0], 'scan a.jpg');
    assert.deepEqual(ended.slice(1, 3).sort(), ['analyze a.jpg', 'search a.jpg']);
    assert.deepEqual(ended.slice(3), ['review a.jpg']);
    assert.deepEqual(run.ends, ['a.jpg processed']);
  });

  it('of which none may need one that is not there, or itself', async () => {
    await assert.rejects(ScriptedRun.begin({ xmp: { needs: ['search'] } }), /search is needed/);
    const circle = { search: { needs: ['review'] }, review: { needs: ['search'] } } as const;
    await assert.rejects(ScriptedRun.begin(circle), /search needs itself/);
  });

  it('and writes each step down before anybody hears of it', async () => {
    await using run = await ScriptedRun.begin({ scan: {}, search: {} });
    await run.go(['a.jpg']);
    assert.deepEqual(
      run.notes.filter((note) => note.includes('a.jpg')),
      [
        'told: image-found a.jpg',
        'line: image-found a.jpg',
        'told: stage-started scan a.jpg',
        'scan a.jpg',
        'line: stage-ended scan a.jpg',
        'told: stage-ended scan a.jpg',
        'told: stage-started search a.jpg',
        'search a.jpg',
        'line: stage-ended search a.jpg',
        'told: stage-ended search a.jpg',
        'line: image-settled a.jpg processed',
        'told: image-settled a.jpg processed',
      ],
    );
    assert.ok(run.notes.indexOf('line: scan-ended') < run.notes.indexOf('told: scan-ended'));
  });

  it('so that the journal has what was told, with how long each stage took and when the image ended', async () => {
    await using run = await ScriptedRun.begin({ scan: () => void (run.clock.time += 1234), search: {} });
    await run.go(['a.jpg']);
    const settled = run.told.find((event) => event.kind === 'image-settled');
    assert.deepEqual(await run.stateOnFile(a.id), settled?.state);
    assert.equal(settled?.state.stages.scan?.ms, 1234);
    assert.equal(settled.state.stages.search?.ms, 0);
    const line = (await run.lines()).find(({ kind }) => kind === 'image-settled');
    assert.equal(line && 'at' in line && line.at, '2026-03-01T10:00:01.234Z');
  });

  it('while those that are held up let the others by', async () => {
    const gate = new Gate();
    await using run = await ScriptedRun.begin({ scan: {}, search: only('a.jpg', gate.pass), review: {} });
    const going = run.go(['a.jpg', 'b.jpg']);
    await run.noted('told: image-settled b.jpg processed');
    gate.open();
    assert.equal(await going, true);
    assert.deepEqual(run.ends, ['b.jpg processed', 'a.jpg processed']);
  });

  it('no more at once in a stage than it can do', async () => {
    const gate = new Gate();
    await using run = await ScriptedRun.begin({ scan: {}, analyze: { concurrency: 2, run: gate.pass } });
    const going = run.go(['a.jpg', 'b.jpg', 'c.jpg', 'd.jpg']);
    await run.until(() => run.of('line: stage-ended scan').length === 4 && run.of('analyze').length >= 2);
    await run.quiet();
    assert.equal(run.of('analyze').length, 2);
    assert.equal(
      run.of('told: stage-started analyze').length,
      2,
      'the others have not begun for whoever looks on either',
    );
    gate.open();
    assert.equal(await going, true);
    assert.equal(run.ends.length, 4);
  });

  it('no more at once than may be in flight, and does not read on in the inbox meanwhile', async () => {
    const gate = new Gate();
    let read = 0;
    async function* inbox() {
      for await (const discovery of discovered('a.jpg', 'b.jpg', 'c.jpg', 'd.jpg')) {
        read++;
        yield discovery;
      }
    }
    await using run = await ScriptedRun.begin({ scan: gate.pass });
    const going = run.go([], { discoveries: inbox(), inFlight: 2 });
    await run.until(() => run.of('scan').length === 2);
    await run.quiet();
    assert.deepEqual(run.of('told: image-found'), [' a.jpg', ' b.jpg']);
    assert.equal(read, 3);
    gate.open();
    assert.equal(await going, true);
    assert.equal(run.ends.length, 4);
  });

  const outcomes: readonly (readonly [string, StageOutcome, string, boolean])[] = [
    ['is done', { kind: 'done', result: RESULT }, 'processed', true],
    ['is passed over', { kind: 'skipped', why: 'nothing to do' }, 'processed', true],
    ['ends the image', { kind: 'skipped', why: 'a duplicate', final: true }, 'skipped', false],
    ['has failed', { kind: 'failed', error: { reason: 'corrupt', message: 'torn', attempts: 1 } }, 'failed', false],
    ['waits for a person', { kind: 'waiting', why: 'review', detail: 'asked' }, 'awaiting-review', false],
    ['waits for quota', { kind: 'waiting', why: 'quota', detail: 'spent' }, 'awaiting-quota', false],
    ['waits for something to come back', { kind: 'waiting', why: 'retry', detail: 'away' }, 'processed', false],
  ];
  for (const [how, outcome, fate, goesOn] of outcomes) {
    it(`where one ${how}: the image is ${fate}, and ${goesOn ? 'goes on' : 'goes no further'}`, async () => {
      await using run = await ScriptedRun.begin({ scan: {}, search: () => outcome, review: {} });
      await run.go(['a.jpg']);
      assert.deepEqual(run.ends, [`a.jpg ${fate}`]);
      assert.equal(run.notes.includes('review a.jpg'), goesOn);
      assert.deepEqual((await run.stateOnFile(a.id))?.stages.search?.outcome, outcome);
    });
  }

  it('but not through one that is off: it counts as passed over, and says why', async () => {
    await using run = await ScriptedRun.begin({ scan: {}, search: {}, review: {} });
    await run.go(['a.jpg'], { off: new Map([['search', { kind: 'skip', why: 'switched off' }]]) });
    assert.deepEqual(run.of('search'), []);
    assert.deepEqual(run.of('told: stage-started search'), []);
    assert.deepEqual((await run.stateOnFile(a.id))?.stages.search, {
      outcome: { kind: 'skipped', why: 'switched off' },
      ms: 0,
    });
    assert.deepEqual(run.of('review'), [' a.jpg']);
    assert.deepEqual(run.ends, ['a.jpg processed']);
  });

  it('nor through those after which the run is to end: nothing is written of them, and what comes before goes on without them', async () => {
    await using run = await ScriptedRun.begin({
      scan: {},
      analyze: {},
      review: { needs: ['scan', 'analyze'] },
      xmp: { needs: ['review', 'analyze'] },
    });
    const stop = { kind: 'stop' } as const;
    await run.go(['a.jpg'], { off: new Map([['analyze', stop], ['xmp', stop]] as const) }); // prettier-ignore
    assert.deepEqual(Object.keys((await run.stateOnFile(a.id))?.stages ?? {}), ['scan', 'review']);
    assert.deepEqual(run.ends, ['a.jpg processed']);
  });

  it('and writes down what went out to services meanwhile', async () => {
    const counts = [{}, { requests: { saucenao: 2 }, retries: 1 }];
    await using run = await ScriptedRun.begin(
      { scan: {}, search: {} },
      { meter: { take: () => counts.shift() ?? {} } },
    );
    await run.go(['a.jpg']);
    const [scan, search] = (await run.lines()).filter((line) => line.kind === 'stage-ended');
    assert.deepEqual([scan?.requests, scan?.retries], [undefined, undefined]);
    assert.deepEqual([search?.requests, search?.retries], [{ saucenao: 2 }, 1]);
    const told = run.told.flatMap((event) => (event.kind === 'stage-ended' ? [event.requests] : []));
    assert.deepEqual(told, [undefined, { saucenao: 2 }]);
  });
});

describe('What a stage can ask of the runner', () => {
  const operation = moved('/in/a.jpg', '/out/a.jpg');

  it('is to write down on the disk what it is about to do, and then what it has done', async () => {
    await using run = await ScriptedRun.begin({
      scan: {},
      xmp: async (_, context) => {
        await context.intend([operation]);
        run.note('touches the file');
        await context.operated([operation]);
      },
    });
    await run.go(['a.jpg']);
    const from = run.notes.indexOf('xmp a.jpg');
    assert.deepEqual(run.notes.slice(from + 1).filter((note) => !note.startsWith('told')), [
      'line: intended xmp a.jpg',
      'touches the file',
      'line: operated a.jpg',
      'line: stage-ended xmp a.jpg',
      'line: image-settled a.jpg processed',
    ]); // prettier-ignore
    assert.deepEqual(run.durable, ['intended xmp a.jpg'], 'and for nothing else the disk is waited for');
    const state = await run.stateOnFile(a.id);
    assert.deepEqual(state?.operations, [operation]);
    assert.equal(state.intent, undefined);
  });

  it('is to keep what a service said, which the database knows by the time that the journal does', async () => {
    const said = { at: 1, sha256: a.sha256, provider: 'iqdb', variant: '', answer: { kind: 'nothing' } } as never;
    await using run = await ScriptedRun.begin({
      scan: {},
      search: async (_, context) => {
        await context.remember(said);
        return undefined;
      },
    });
    await run.go(['a.jpg']);
    const answered = (await run.lines()).filter(({ kind }) => kind === 'answered');
    assert.deepEqual(answered, [{ kind: 'answered', ...(said as object) }]);
    assert.ok(run.notes.indexOf('database: answered') < run.notes.indexOf('line: answered'));
  });

  it('is to warn, of the same thing once in a run', async () => {
    await using run = await ScriptedRun.begin({
      scan: (_, context, name) => {
        context.warn('No model.', 'part');
        context.warn(`Of ${name}.`);
      },
    });
    await run.go(['a.jpg', 'b.jpg']);
    const told = run.told.filter(({ kind }) => kind === 'warning');
    assert.deepEqual(told, [
      { kind: 'warning', text: 'No model.', about: 'part' },
      { kind: 'warning', text: 'Of a.jpg.' },
      { kind: 'warning', text: 'Of b.jpg.' },
    ]);
  });
});

describe('When a stage fails, the runner', () => {
  it('ends that image with what is said of it, and goes on with the others', async () => {
    const torn = new ImageError('corrupt', 'a.jpg is torn.');
    await using run = await ScriptedRun.begin({ scan: only('a.jpg', throwing(torn)), search: {} });
    assert.equal(await run.go(['a.jpg', 'b.jpg']), true);
    assert.deepEqual([...run.ends].sort(), ['a.jpg failed', 'b.jpg processed']);
    assert.deepEqual(run.of('search'), [' b.jpg']);
    assert.deepEqual((await run.stateOnFile(a.id))?.stages.scan?.outcome, {
      kind: 'failed',
      error: { reason: 'corrupt', message: 'a.jpg is torn.', attempts: 1 },
    });
  });

  const passing = (n: number) => new ImageError('network', `The line was dead ${n}.`, { transient: true });

  it('tries again at once where that may help, and tells in the end of one ending', async () => {
    await using run = await ScriptedRun.begin({ scan: throwing(passing(1), passing(2)) });
    await run.go(['a.jpg']);
    assert.equal(run.of('scan').length, 3);
    assert.deepEqual(run.of('told: stage-ended'), [' scan a.jpg']);
    assert.deepEqual(run.ends, ['a.jpg processed']);
  });

  it('tries three times at most, and says so, with what was last said', async () => {
    await using run = await ScriptedRun.begin({ scan: throwing(...[1, 2, 3, 4].map(passing)) });
    await run.go(['a.jpg']);
    assert.deepEqual((await run.stateOnFile(a.id))?.stages.scan?.outcome, {
      kind: 'failed',
      error: { reason: 'network', message: 'The line was dead 3.', attempts: 3 },
    });
  });

  it('tries no more once another try can’t help', async () => {
    await using run = await ScriptedRun.begin({
      scan: throwing(passing(1), new ImageError('empty', 'Nothing in it.')),
    });
    await run.go(['a.jpg']);
    const outcome = (await run.stateOnFile(a.id))?.stages.scan?.outcome;
    assert.deepEqual(outcome?.kind === 'failed' && outcome.error.attempts, 2);
    assert.equal(run.of('scan').length, 2);
  });

  it('lets the next try see what the one before had begun with the files', async () => {
    const plans: unknown[] = [];
    await using run = await ScriptedRun.begin({
      scan: {},
      xmp: async (state, context) => {
        plans.push(state.intent?.operations);
        if (plans.length > 1) return;
        await context.intend([moved('/in/a.jpg', '/out/a.jpg')]);
        throw passing(1);
      },
    });
    await run.go(['a.jpg']);
    assert.deepEqual(plans, [undefined, [moved('/in/a.jpg', '/out/a.jpg')]]);
  });

  it('keeps the plan of files that stand half-way, for the next run to finish', async () => {
    const operations = [moved('/in/a.jpg', '/out/a.jpg')];
    const stuck = new ImageError('not-writable', 'Half of it is there.', { unfinished: true });
    await using run = await ScriptedRun.begin({
      scan: {},
      xmp: async (_, context) => {
        await context.intend(operations);
        throw stuck;
      },
    });
    await run.go(['a.jpg']);
    const state = await run.stateOnFile(a.id);
    assert.deepEqual(state?.intent, { stage: 'xmp', operations });
    assert.equal(state.fate, 'failed');
  });
});

describe('When nothing can go on, the runner', () => {
  it('starts nothing more, lets what is under way end, and then says why', async () => {
    const gate = new Gate();
    let isOver = false;
    await using run = await ScriptedRun.begin({
      scan: async (_, __, name) => {
        if (name !== 'a.jpg') return;
        await run.noted('search b.jpg');
        throw FULL;
      },
      search: only('b.jpg', async (_, context) => {
        await new Promise((resolve) => context.signal.addEventListener('abort', resolve));
        assert.equal(context.signal.reason, FULL);
        run.note('b.jpg hears of it');
        await gate.pass();
      }),
      review: {},
    });
    const going = run.go(['a.jpg', 'b.jpg', 'c.jpg'], { inFlight: 2 }).finally(() => (isOver = true));
    await run.noted('b.jpg hears of it');
    await run.quiet();
    assert.equal(isOver, false, 'journal and files are not let go under its feet');
    gate.open();
    await assert.rejects(going, (error) => error === FULL);
    assert.deepEqual(run.ends, [], 'none of them has ended: the next run goes on with them');
    assert.deepEqual(run.of('review'), []);
    assert.deepEqual(run.of('scan'), [' a.jpg', ' b.jpg']);
    assert.deepEqual(
      (await run.lines()).filter(({ kind }) => kind === 'scan-ended'),
      [],
    );
    assert.equal((await run.stateOnFile(a.id))?.stages.scan, undefined);
  });

  it('stops at once, also while another stage of the same image waits for something', async () => {
    await using run = await ScriptedRun.begin({
      scan: {},
      search: {
        run: async (_, { signal }) => {
          await new Promise((resolve) => signal.addEventListener('abort', resolve));
          throw new Error('cut off');
        },
      },
      analyze: { needs: ['scan'], run: throwing(FULL) },
    });
    await assert.rejects(run.go(['a.jpg']), FULL);
    assert.deepEqual(run.of('search'), [' a.jpg']);
  });

  it('stops at once, also where it is only to be written down that another stage of the image is passed over', async () => {
    await using run = await ScriptedRun.begin({
      scan: {},
      search: {
        run: async (_, { signal }) => {
          await new Promise((resolve) => signal.addEventListener('abort', resolve));
          throw new Error('cut off');
        },
      },
      analyze: { needs: ['scan'] },
    });
    run.onLine = (event) => {
      if (event.kind === 'stage-ended' && event.stage === 'analyze') throw FULL;
    };
    await assert.rejects(run.go(['a.jpg'], { off: new Map([['analyze', { kind: 'skip', why: 'off' }]]) }), FULL);
  });

  it('lets nobody in who waits for a turn in the stage', async () => {
    await using run = await ScriptedRun.begin({
      scan: {
        concurrency: 1,
        run: async () => {
          await run.noted('line: image-found c.jpg');
          throw FULL;
        },
      },
    });
    await assert.rejects(run.go(['a.jpg', 'b.jpg', 'c.jpg']), FULL);
    assert.deepEqual(run.of('told: stage-started'), [' scan a.jpg']);
  });

  it('says what was first to go wrong', async () => {
    await using run = await ScriptedRun.begin({
      scan: async (_, context, name) => {
        if (name === 'b.jpg') throw FULL;
        await new Promise((resolve) => context.signal.addEventListener('abort', resolve));
        throw new Error('what comes of it');
      },
    });
    await assert.rejects(run.go(['a.jpg', 'b.jpg']), FULL);
  });

  it('makes an error of what is none', async () => {
    await using run = await ScriptedRun.begin({ scan: throwing('a text') });
    await assert.rejects(run.go(['a.jpg']), (error) => error instanceof Error && error.cause === 'a text');
  });

  it('stops for a fault of the program as well, which is no failure of the image', async () => {
    const fault = new TypeError('x is undefined');
    await using run = await ScriptedRun.begin({ scan: throwing(fault) });
    await assert.rejects(run.go(['a.jpg']), fault);
    assert.deepEqual(run.ends, []);
  });

  it('stops when a line can’t be written, and tells nobody of what that line says', async () => {
    await using run = await ScriptedRun.begin({ scan: {}, search: {} });
    run.onLine = (event) => {
      if (event.kind === 'stage-ended') throw FULL;
    };
    await assert.rejects(run.go(['a.jpg']), FULL);
    assert.deepEqual(run.of('told: stage-ended'), []);
    assert.deepEqual(run.of('search'), []);
  });

  it('stops when the inbox can’t be read on, after those that were found before have come to rest', async () => {
    const gone = new FatalError('inbox-unreadable', 'The inbox is gone.');
    async function* inbox() {
      yield* discovered('a.jpg');
      await run.noted('scan a.jpg');
      throw gone;
    }
    let isOver = false;
    await using run = await ScriptedRun.begin({
      scan: async () => {
        await run.quiet();
        assert.equal(isOver, false);
      },
    });
    await assert.rejects(
      run.go([], { discoveries: inbox() }).finally(() => (isOver = true)),
      gone,
    );
    assert.deepEqual(run.of('told: scan-ended'), []);
  });
});

describe('When the runner is told to stop, it', () => {
  it('lets the stages know, waits for them, and says that it was stopped', async () => {
    const reason = new Error('cancelled');
    const gate = new Gate();
    let isOver = false;
    await using run = await ScriptedRun.begin({
      scan: async (_, context) => {
        await new Promise((resolve) => context.signal.addEventListener('abort', resolve));
        run.note(`hears ${(context.signal.reason as Error).message}`);
        await gate.pass();
        throw new ImageError('network', 'Cut off.', { transient: true });
      },
    });
    const going = run.go(['a.jpg', 'b.jpg'], { inFlight: 1 }).finally(() => (isOver = true));
    await run.noted('scan a.jpg');
    run.stopping.abort(reason);
    await run.noted('hears cancelled');
    await run.quiet();
    assert.equal(isOver, false);
    gate.open();
    assert.equal(await going, false);
    assert.equal(run.of('scan').length, 1, 'it is neither tried again, nor is another begun');
    assert.deepEqual((await run.stateOnFile(a.id))?.stages, {}, 'being stopped is no failure');
    assert.deepEqual(run.ends, []);
  });

  it('starts nothing where it was told so beforehand', async () => {
    await using run = await ScriptedRun.begin({ scan: {} });
    run.stopping.abort(new Error('cancelled'));
    assert.equal(await run.go(['a.jpg']), false);
    assert.deepEqual(run.notes, []);
  });

  it('lets nobody in who waits for a turn in a stage', async () => {
    await using run = await ScriptedRun.begin({
      scan: {
        concurrency: 1,
        run: async () => {
          await run.noted('line: image-found c.jpg');
          run.stopping.abort();
          throw new Error('cut off');
        },
      },
    });
    assert.equal(await run.go(['a.jpg', 'b.jpg', 'c.jpg']), false);
    assert.deepEqual(run.of('told: stage-started'), [' scan a.jpg']);
  });

  it('keeps what a stage had finished in spite of that', async () => {
    await using run = await ScriptedRun.begin({
      scan: () => {
        run.stopping.abort();
        return undefined;
      },
      search: {},
    });
    assert.equal(await run.go(['a.jpg']), false);
    const state = await run.stateOnFile(a.id);
    assert.deepEqual(Object.keys(state?.stages ?? {}), ['scan']);
    assert.equal(state?.fate, undefined);
    assert.deepEqual(run.of('search'), []);
  });

  it('no longer hears of it once the run is over', async () => {
    await using run = await ScriptedRun.begin({ scan: {} });
    assert.equal(await run.go(['a.jpg']), true);
    assert.deepEqual(getEventListeners(run.stopping.signal, 'abort'), []);
  });
});

describe('What the walk comes upon', () => {
  it('and can’t be taken, ends at once with what a person should know', async () => {
    await using run = await ScriptedRun.begin({ scan: {} });
    const message = 'a.jpg has no bytes.';
    await run.go([{ kind: 'problem', image: a.image, reason: 'empty', message }, 'b.jpg']);
    const [line] = await run.lines();
    assert.deepEqual(line, {
      kind: 'image-passed',
      image: a.image,
      outcome: { kind: 'failed', error: { reason: 'empty', message, attempts: 1 } },
      fate: 'failed',
    });
    assert.deepEqual(run.notes.slice(0, 4), [
      'told: image-found a.jpg',
      'line: image-passed a.jpg failed',
      'told: stage-ended scan a.jpg',
      'told: image-settled a.jpg failed',
    ]);
    const settled = run.told.find((event) => event.kind === 'image-settled');
    assert.deepEqual(settled?.state, await run.stateOnFile(a.id));
    assert.deepEqual(run.of('scan'), [' b.jpg']);
  });

  it('and is left out, ends at once with why: by the walk, or by whoever is asked about it', async () => {
    await using run = await ScriptedRun.begin({ scan: {} });
    await run.go([{ kind: 'passed-over', image: a.image, why: 'a link' }, 'b.jpg', 'c.jpg'], {
      passOver: ({ image }) => Promise.resolve(nameOf(image) === 'b.jpg' ? 'it has a sidecar already' : undefined),
    });
    for (const [{ id }, why] of [
      [a, 'a link'],
      [b, 'it has a sidecar already'],
    ] as const)
      // prettier-ignore
      assert.deepEqual(await run.stateOnFile(id), {
        image: (id === a.id ? a : b).image,
        stages: { scan: { outcome: { kind: 'skipped', why, final: true }, ms: 0 } },
        operations: [],
        fate: 'skipped',
      });
    assert.deepEqual(run.ends, ['a.jpg skipped', 'b.jpg skipped', 'c.jpg processed']);
    assert.deepEqual(run.of('scan'), [' c.jpg']);
  });

  it('and is known already, is none of its business', async () => {
    await using run = await ScriptedRun.begin({ scan: {} });
    const { id } = a;
    assert.equal(await run.go(['a.jpg', 'b.jpg', 'b.jpg'], { isKnown: (known) => known === id }), true);
    assert.deepEqual(run.of('told: image-found'), [' b.jpg']);
    assert.deepEqual(run.ends.slice(0, 1), ['b.jpg processed']);
  });

  it('is nothing where nothing is to be searched for, and the journal does not say that it was', async () => {
    await using run = await ScriptedRun.begin({ scan: {} });
    assert.equal(await run.go([], { discoveries: undefined }), true);
    assert.deepEqual(run.notes, ['told: scan-ended']);
  });
});

describe('Images that an earlier run has left unfinished', () => {
  const searched = a.ended('search', { kind: 'done', result: RESULT });

  it('go on where they were: what is done stays, what waited or failed is tried again', async () => {
    const failed = a.ended('review', { kind: 'failed', error: { reason: 'internal', message: 'x', attempts: 1 } });
    const state = stateAfter(a.found, a.scanned, a.ended('search', { kind: 'skipped', why: 'offline' }), failed, a.settled('failed')); // prettier-ignore
    await using run = await ScriptedRun.begin({ scan: {}, search: {}, review: {}, xmp: {} }, { open: [state] });
    assert.equal(await run.go(['a.jpg']), true);
    assert.deepEqual(run.of('told: stage-started'), [' review a.jpg', ' xmp a.jpg']);
    assert.deepEqual(run.of('told: image-found'), [' a.jpg']);
    assert.deepEqual(run.ends, ['a.jpg processed']);
    assert.deepEqual(run.of('line: image-found'), [], 'it is not found anew');
  });

  it('come before the new ones, and of them first those that are furthest on', async () => {
    const plan = b.intended(moved('/in/b.jpg', '/out/b.jpg'));
    const [c, d, e] = [storyOf('c.jpg'), storyOf('d.jpg'), storyOf('e.jpg')];
    const open = [
      stateAfter(d.found, d.scanned),
      stateAfter(e.found, e.scanned, e.ended('search', { kind: 'waiting', why: 'quota', detail: '' })),
      stateAfter(a.found, a.scanned, searched),
      stateAfter(b.found, b.scanned, plan),
      stateAfter(c.found, c.scanned, c.ended('search', { kind: 'skipped', why: 'offline' })),
    ];
    await using run = await ScriptedRun.begin({ scan: {}, search: {}, categorize: {} }, { open });
    assert.equal(await run.go(['new.jpg'], { inFlight: 1 }), true);
    const names = run.of('told: image-found ');
    assert.deepEqual(names, ['a.jpg', 'b.jpg', 'c.jpg', 'd.jpg', 'e.jpg', 'new.jpg']);
    assert.equal(run.ends.length, 6);
  });

  it('end where their files are gone by now, and what was written for them is taken back', async () => {
    const open = [stateAfter(a.found, a.scanned, searched), stateAfter(b.found, b.scanned)];
    await using run = await ScriptedRun.begin({ scan: {}, search: {}, review: {} }, { open });
    const disowned: ImageState[] = [];
    await run.go([], {
      isStillThere: () => Promise.resolve(false),
      disown: (state) => {
        disowned.push(state);
        return Promise.resolve(state.image.id === a.id ? 'its sidecar was taken back' : undefined);
      },
    });
    const gone = 'no longer in the inbox, or changed since';
    for (const [{ id }, why] of [[a, `${gone}; its sidecar was taken back`], [b, gone]] as const) // prettier-ignore
      assert.deepEqual((await run.stateOnFile(id))?.stages.scan, { outcome: { kind: 'skipped', why, final: true }, ms: 0 }); // prettier-ignore
    assert.deepEqual(disowned.map(({ image }) => nameOf(image)), ['a.jpg', 'b.jpg']); // prettier-ignore
    assert.deepEqual(run.ends, ['a.jpg skipped', 'b.jpg skipped']);
    assert.deepEqual(run.of('told: stage-started'), []);
  });

  it('are looked for before anything new is taken, which may stand in their place', async () => {
    const looking = new Gate();
    await using run = await ScriptedRun.begin({ scan: {} }, { open: [stateAfter(a.found)] });
    const going = run.go(['b.jpg'], {
      isStillThere: async ({ image }) => {
        assert.equal(nameOf(image), 'a.jpg', 'one that was just found is there');
        run.note('looks');
        await looking.pass();
        return true;
      },
    });
    await run.noted('looks');
    await run.quiet();
    assert.deepEqual(run.of('told: image-found'), [' a.jpg']);
    looking.open();
    assert.equal(await going, true);
    assert.deepEqual([...run.ends].sort(), ['a.jpg processed', 'b.jpg processed']);
  });

  it('stop the run when they can’t be looked for', async () => {
    await using run = await ScriptedRun.begin({ scan: {} }, { open: [stateAfter(a.found)] });
    await assert.rejects(run.go(['b.jpg'], { isStillThere: () => Promise.reject(FULL) }), FULL);
    assert.deepEqual(run.of('scan'), []);
  });

  it('stay where they are while they are parked', async () => {
    const parked = [stateAfter(a.found, a.scanned, a.waits('review'), a.settled('awaiting-review'))];
    await using run = await ScriptedRun.begin({ scan: {}, review: {} }, { parked });
    assert.equal(await run.go(['a.jpg', 'b.jpg']), true);
    assert.deepEqual(run.ends, ['b.jpg processed']);
    assert.deepEqual(await run.stateOnFile(a.id), parked[0]);
  });

  it('are not what the walk comes upon again, even where nobody but the runner knows them', async () => {
    const open = [stateAfter(a.found, a.scanned)];
    await using run = await ScriptedRun.begin({ scan: {}, search: () => ({ kind: 'waiting', why: 'quota', detail: '' }) }, { open }); // prettier-ignore
    await run.go(['a.jpg'], { isKnown: () => false });
    assert.deepEqual(run.of('told: image-found'), [' a.jpg']);
  });
});

describe('What a stage puts off', () => {
  const plan = { images: 2, byMd5: 0, byTrace: 0, byCache: 0, copies: 0, toSearch: 2 };

  it('is taken up when all images have been through what they could, after it was said what is ahead', async () => {
    const asked: (readonly string[])[] = [];
    await using run = await ScriptedRun.begin({
      scan: { plan: () => Promise.reject(new Error('it has put nothing off')) },
      search: {
        run: (_, { lastCall }, name) => (lastCall || name === 'b.jpg' ? undefined : LATER),
        plan: (putOff) => {
          asked.push(putOff.map(({ image }) => nameOf(image)));
          return Promise.resolve(plan);
        },
      },
      review: {},
    });
    assert.equal(await run.go(['a.jpg', 'b.jpg', 'c.jpg']), true);
    assert.deepEqual(asked, [['a.jpg', 'c.jpg']]);
    const [before, after] = [run.notes.slice(0, run.notes.indexOf('told: search-planned')), run.notes.slice(run.notes.indexOf('told: search-planned'))]; // prettier-ignore
    assert.ok(before.includes('told: image-settled b.jpg processed'));
    assert.deepEqual(before.filter((note) => note.startsWith('told: stage-put-off')), ['told: stage-put-off search a.jpg', 'told: stage-put-off search c.jpg']); // prettier-ignore
    assert.deepEqual(before.filter((note) => note.startsWith('told: image-settled')).length, 1);
    assert.deepEqual(after.filter((note) => note.startsWith('search')), ['search a.jpg', 'search c.jpg']); // prettier-ignore
    assert.deepEqual(
      run.told.find(({ kind }) => kind === 'search-planned'),
      { kind: 'search-planned', plan },
    );
    assert.deepEqual([...run.ends].sort(), ['a.jpg processed', 'b.jpg processed', 'c.jpg processed']);
    const ended = run.of('line: stage-ended ').filter((line) => line === 'search a.jpg');
    assert.equal(ended.length, 1, 'the journal knows of one search alone');
    assert.deepEqual(before.filter((note) => note.startsWith('review')), ['review b.jpg'], 'what needs it waits with it'); // prettier-ignore
    assert.equal(run.of('scan').length, 3);
  });

  it('is taken up no more at once than may be in flight', async () => {
    let [most, now] = [0, 0];
    await using run = await ScriptedRun.begin({
      scan: {},
      search: async (_, { lastCall }) => {
        if (!lastCall) return LATER;
        most = Math.max(most, ++now);
        await run.quiet();
        now--;
        return undefined;
      },
    });
    assert.equal(await run.go(['a.jpg', 'b.jpg', 'c.jpg', 'd.jpg', 'e.jpg'], { inFlight: 2 }), true);
    assert.equal(most, 2);
    assert.deepEqual(run.of('told: search-planned'), [], 'this one has nothing to say of what is ahead');
    assert.equal(run.ends.length, 5);
  });

  it('waits for the next run when this one is stopped before its turn', async () => {
    await using run = await ScriptedRun.begin({
      scan: {},
      search: async (_, __, name) => {
        if (name === 'a.jpg') return LATER;
        await run.noted('told: stage-put-off search a.jpg');
        run.stopping.abort();
        throw new Error('cut off');
      },
    });
    assert.equal(await run.go(['a.jpg', 'b.jpg']), false);
    const state = await run.stateOnFile(a.id);
    assert.deepEqual(state?.stages.search, {
      outcome: { kind: 'waiting', why: 'quota', detail: LATER.detail },
      ms: 0,
    });
    assert.deepEqual(run.ends, ['a.jpg awaiting-quota']);
    assert.deepEqual(run.of('told: stage-ended search'), [' a.jpg']);
  });

  it('is not spoken of any more in a run that was stopped', async () => {
    let planned = 0;
    await using run = await ScriptedRun.begin({
      scan: {},
      search: {
        run: async (_, { signal }, name) => {
          if (name === 'a.jpg') return LATER;
          await new Promise((resolve) => signal.addEventListener('abort', resolve));
          throw new Error('cut off');
        },
        plan: () => {
          planned++;
          return Promise.resolve(plan);
        },
      },
    });
    const going = run.go(['a.jpg', 'b.jpg']);
    await run.noted('told: stage-put-off search a.jpg');
    await run.noted('told: scan-ended');
    await run.noted('search b.jpg');
    run.stopping.abort();
    assert.equal(await going, false);
    assert.equal(planned, 0, 'to find out what is ahead takes a while in a large inbox');
    assert.deepEqual(run.of('told: search-planned'), []);
    assert.deepEqual(run.ends, ['a.jpg awaiting-quota']);
  });

  it('is left as it was when nothing can go on', async () => {
    await using run = await ScriptedRun.begin({
      scan: {},
      search: async (_, __, name) => {
        if (name === 'a.jpg') return LATER;
        await run.noted('told: stage-put-off search a.jpg');
        throw FULL;
      },
    });
    await assert.rejects(run.go(['a.jpg', 'b.jpg']), FULL);
    assert.deepEqual(Object.keys((await run.stateOnFile(a.id))?.stages ?? {}), ['scan']);
    assert.deepEqual(run.ends, []);
  });

  it('is begun by nobody who was told to stop while it was said what is ahead', async () => {
    await using run = await ScriptedRun.begin({
      scan: {},
      search: {
        run: () => LATER,
        plan: () => {
          run.stopping.abort();
          return Promise.resolve(plan);
        },
      },
    });
    assert.equal(await run.go(['a.jpg', 'b.jpg']), false);
    assert.equal(run.of('search').length, 2);
    assert.deepEqual([...run.ends].sort(), ['a.jpg awaiting-quota', 'b.jpg awaiting-quota']);
  });
});
