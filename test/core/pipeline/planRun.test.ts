import assert from 'node:assert/strict';
import type { Replay } from '../../../src/core/journal/replay.ts';
import type { RunPlan } from '../../../src/core/journal/events.ts';
import { endOf, goesOn, inboxesOf, isOver, planRun, stagesOff, whyUnsearched, type Configure, type RunRequest } from '../../../src/core/pipeline/planRun.ts'; // prettier-ignore
import { NO_TAGS } from '../../../src/core/model/tag.ts';
import { resolveSettings, SettingsError } from '../../../src/core/settings/resolveSettings.ts';
import { storyOf } from '../journal/story.ts';
import { foundRun, PLAN, stateOf } from './found.ts';

const decided = { decision: { decision: 'approved', tags: NO_TAGS } } as const;
const waiting = { review: { kind: 'waiting', why: 'review', detail: 'a person decides' } } as const;

const SCANNED_AND_LOST = {
  scan: { kind: 'done', result: { sha256: storyOf('c.jpg').sha256, md5: '', format: 'jpeg' } },
  sync: { kind: 'failed', error: { reason: 'nas-unreachable', message: 'the NAS is gone', attempts: 1 } },
} as const;

const configure: Configure = (overrides, inbox = '/in') => ({
  settings: resolveSettings(overrides),
  folders: { inbox, sorted: '/out', working: '/working' },
});
const planOf = (request: RunRequest, found?: Replay): RunPlan => planRun(request, found, configure).plan;

/** A run that looked into some folder in its own way, and was killed. */
const OWN_WAY = {
  inbox: '/elsewhere',
  only: ['/elsewhere/a.jpg'],
  from: 'review',
  to: 'categorize',
  skip: ['analyze'],
  reprocess: true,
  offline: true,
  overrides: { 'stages.sync': false },
} as const;

describe('The plan of a run', () => {
  it('walks the inbox with nothing left out, unless something else was asked for', () => {
    assert.deepEqual(planOf({ command: 'process' }), {
      command: 'process',
      inbox: '/in',
      sorted: '/out',
      skip: [],
      reprocess: false,
      offline: false,
      overrides: {},
    });
  });

  it('is what was asked for', () => {
    assert.deepEqual(planOf({ command: 'process', ...OWN_WAY }), { command: 'process', sorted: '/out', ...OWN_WAY });
  });

  it('has the settings that were given for this run alone', () => {
    const { configuration } = planRun(
      { command: 'process', overrides: { 'stages.sync': false } },
      undefined,
      configure,
    );
    assert.equal(configuration.settings['stages.sync'], false);
  });

  it('resumes a run that was cut off in the way that it had, its folder and its images included', () => {
    const found = foundRun(OWN_WAY, 'cut-off');
    assert.deepEqual(planOf({ command: 'resume' }, found), { command: 'resume', sorted: '/out', ...OWN_WAY });
    assert.equal(planRun({ command: 'resume' }, found, configure).configuration.settings['stages.sync'], false);
  });

  it('resumes it in another way where that is asked for', () => {
    const plan = planOf(
      {
        command: 'resume',
        inbox: '/third',
        only: ['/third/b.jpg'],
        from: 'search',
        to: 'sync',
        skip: [],
        reprocess: false,
        offline: false,
        overrides: { 'stages.sync': true, 'stages.xmp': false },
      },
      foundRun(OWN_WAY, 'cut-off'),
    );
    assert.deepEqual(plan, {
      command: 'resume',
      inbox: '/third',
      inboxes: ['/elsewhere'],
      sorted: '/out',
      only: ['/third/b.jpg'],
      from: 'search',
      to: 'sync',
      skip: [],
      reprocess: false,
      offline: false,
      overrides: { 'stages.sync': true, 'stages.xmp': false },
    });
  });

  it('takes up what was parked without a walk, by the settings and stages of the run that has ended, and none of its limits', () => {
    assert.deepEqual(planOf({ command: 'resume' }, foundRun(OWN_WAY, 'over', stateOf('a.jpg', waiting))), {
      command: 'resume',
      inboxes: ['/elsewhere'],
      sorted: '/out',
      skip: ['analyze'],
      reprocess: false,
      offline: false,
      overrides: { 'stages.sync': false },
    });
  });

  it('walks no folder for what was parked by a run that walked none, though it was cut off', () => {
    const { inbox: _, ...without } = PLAN;
    const found = foundRun({}, 'cut-off', stateOf('a.jpg', waiting));
    assert.equal(planOf({ command: 'resume' }, { ...found, plan: without }).inbox, undefined);
  });

  it('leaves an interrupted run what it was when a review comes between', () => {
    assert.equal(planOf({ command: 'review' }, foundRun({}, 'cut-off')).command, 'process');
    assert.equal(planOf({ command: 'review' }, foundRun({}, 'over')).command, 'review');
    assert.equal(planOf({ command: 'resume' }, foundRun({ command: 'review' }, 'cut-off')).command, 'resume');
  });

  it('is that of a resumption also where there is nothing to resume', () => {
    const plan = planOf({ command: 'resume' });
    assert.deepEqual([plan.command, plan.inbox], ['resume', undefined]);
  });

  it('owes nothing to the run before when the inbox is processed', () => {
    const plan = planOf({ command: 'process' }, foundRun(OWN_WAY, 'cut-off'));
    assert.deepEqual(plan, planOf({ command: 'process' }));
  });

  it('names the folders that the images come from which it takes over', () => {
    const found = foundRun({ inbox: '/b', inboxes: ['/a', '/b'] }, 'over', stateOf('a.jpg', waiting));
    assert.deepEqual(planOf({ command: 'process' }, found).inboxes, ['/b', '/a']);
    assert.equal(planOf({ command: 'process' }, foundRun({}, 'over')).inboxes, undefined);
  });

  it('names them as long as it is the same run, also when none of those images is left', () => {
    const found = foundRun({ inbox: '/in', inboxes: ['/a'] }, 'cut-off');
    for (const command of ['process', 'resume', 'review'] as const)
      assert.deepEqual(planOf({ command }, found).inboxes, ['/a'], command);
    assert.equal(planOf({ command: 'process', inbox: '/b' }, found).inboxes, undefined, 'another run');
  });

  it('may begin and end at the same stage, but not end before its beginning', () => {
    assert.equal(planOf({ command: 'process', from: 'xmp', to: 'xmp' }).to, 'xmp');
    assert.equal(planOf({ command: 'process', from: 'xmp' }).from, 'xmp');
    assert.equal(planOf({ command: 'process', to: 'scan' }).to, 'scan');
    assert.throws(
      () => planOf({ command: 'process', from: 'categorize', to: 'search' }),
      (error) => {
        assert.ok(error instanceof SettingsError);
        assert.match(error.message, /categorize.*search/);
        return true;
      },
    );
    assert.throws(() => planOf({ command: 'resume', to: 'search' }, foundRun(OWN_WAY, 'cut-off')), SettingsError);
  });
});

describe('A run goes on with the one before', () => {
  const goesOnAs = (found: Replay, plan: Partial<RunPlan>): boolean => goesOn(found, { ...PLAN, ...plan });

  it('unless that has ended by itself', () => {
    assert.equal(goesOnAs(foundRun({}, 'cut-off'), {}), true);
    assert.equal(goesOnAs(foundRun({}, 'over'), {}), false);
    const interrupted: Replay = {
      ...foundRun({}, 'cut-off'),
      ended: { kind: 'run-ended', at: '', outcome: 'interrupted' },
    };
    assert.equal(goesOnAs(interrupted, {}), true);
  });

  it('unless images go to another folder or come from one', () => {
    const found = foundRun({}, 'cut-off');
    assert.equal(goesOnAs(found, { sorted: '/other' }), false);
    assert.equal(goesOnAs(found, { command: 'resume', sorted: '/other' }), false);
    assert.equal(goesOnAs(found, { inbox: '/other' }), false);
    assert.equal(goesOnAs(found, { command: 'resume', inbox: '/other' }), true);
  });

  it('unless other images of the folder are asked for', () => {
    const found = foundRun({ only: ['/in/a.jpg', '/in/b.jpg'] }, 'cut-off');
    assert.equal(goesOnAs(found, { only: ['/in/a.jpg', '/in/b.jpg'] }), true);
    assert.equal(goesOnAs(found, { only: ['/in/a.jpg'] }), false);
    assert.equal(goesOnAs(found, {}), false);
    assert.equal(goesOnAs(foundRun({}, 'cut-off'), { only: ['/in/a.jpg'] }), false);
    // names with all that names may hold
    assert.equal(goesOnAs(foundRun({ only: ['/in/a', '/in/b'] }, 'cut-off'), { only: ['/in/a,/in/b'] }), false);
  });
});

describe('A run that was left without an end', () => {
  it('was interrupted, unless it was a review that had carried out what was decided', () => {
    const cutOff = stateOf('a.jpg', {}, decided);
    const parked = stateOf('b.jpg', waiting, { fate: 'awaiting-review' });
    const failedOnItsWay = stateOf('c.jpg', SCANNED_AND_LOST, { ...decided, fate: 'failed' });
    assert.equal(endOf(foundRun({}, 'cut-off')), 'interrupted');
    assert.equal(endOf(foundRun({ command: 'review' }, 'cut-off', parked)), 'completed');
    assert.equal(endOf(foundRun({ command: 'review' }, 'cut-off', stateOf('d.jpg', {}))), 'completed');
    assert.equal(endOf(foundRun({ command: 'review' }, 'cut-off', failedOnItsWay)), 'completed');
    assert.equal(endOf(foundRun({ command: 'review' }, 'cut-off', parked, cutOff)), 'interrupted');
  });

  it('is not over', () => {
    assert.equal(isOver(foundRun({}, 'cut-off')), false);
    assert.equal(isOver(foundRun({}, 'over')), true);
  });
});

describe('The folders that images of a run come from', () => {
  it('are the one that it walks and those of the runs before, each once', () => {
    assert.deepEqual(inboxesOf(PLAN), ['/in']);
    assert.deepEqual(inboxesOf({ ...PLAN, inboxes: ['/b', '/in', '/b'] }), ['/in', '/b']);
    const { inbox: _, ...without } = PLAN;
    assert.deepEqual(inboxesOf({ ...without, inboxes: ['/b'] }), ['/b']);
    assert.deepEqual(inboxesOf(without), []);
  });
});

describe('The stages that do not run', () => {
  const off = (
    plan: Partial<RunPlan>,
    given: Readonly<Record<string, unknown>> = {},
  ): Readonly<Record<string, string>> =>
    Object.fromEntries(
      [...stagesOff({ ...PLAN, ...plan }, resolveSettings({ 'stages.sync': true, ...given }))].map(([stage, how]) => [
        stage,
        how.kind === 'skip' ? how.why : how.kind,
      ]),
    );

  it('are none by themselves', () => {
    assert.deepEqual(off({}), {});
  });

  it('are those that are switched off or left out, never the reading of the files', () => {
    const why = off({ skip: ['scan', 'search'] }, { 'stages.analyze': false });
    assert.deepEqual(why, { search: 'left out of this run', analyze: 'switched off' });
  });

  it('are those after the last one, whatever else is said of them', () => {
    const why = off({ to: 'xmp', skip: ['sync'] }, { 'stages.analyze': false });
    assert.deepEqual(why, { analyze: 'stop', categorize: 'stop', sync: 'stop' });
    assert.equal(Object.keys(off({ to: 'scan' })).includes('scan'), false);
  });

  it('are those before the first one, but for the search, which knows its earlier answers', () => {
    assert.deepEqual(Object.keys(off({ from: 'xmp' })), ['review']);
    assert.match(off({ from: 'xmp' })['review'] ?? '', /xmp/);
    assert.deepEqual(Object.keys(off({ from: 'sync', skip: ['search'] })), ['search', 'review', 'xmp', 'analyze', 'categorize']); // prettier-ignore
  });
});

describe('No service is asked', () => {
  it('offline, or when a run begins behind the search', () => {
    assert.equal(whyUnsearched({ ...PLAN, offline: false }), undefined);
    assert.equal(whyUnsearched({ ...PLAN, offline: true }), 'offline');
    assert.equal(whyUnsearched({ ...PLAN, offline: false, from: 'scan' }), undefined);
    assert.equal(whyUnsearched({ ...PLAN, offline: false, from: 'search' }), undefined);
    assert.match(whyUnsearched({ ...PLAN, offline: false, from: 'review' }) ?? '', /review/);
  });
});
