import assert from 'node:assert/strict';
import { seeded } from '../adapters/support/mutate.ts';
import { Arena, type Approve, type ArenaOptions } from './arena.ts';
import { FAULT_CODES, momentText, type EventKind, type Moment, type Where } from './moment.ts';

export interface SiegeOptions extends ArenaOptions {
  readonly seed: number;
  readonly moments: readonly Moment[];
  readonly say?: (line: string) => void;
}

/**
 * One inbox, killed at one moment after the other and gone on with each time, until it is done or the moments are used up;
 * then it is let run to its end, and everything must be as if nothing had happened.
 * @returns how many of the moments it was killed at; the next one never came, since there was nothing left to do
 */
export async function besiege({ seed, moments, say, ...options }: SiegeOptions): Promise<number> {
  await using arena = await Arena.create(options);
  const random = seeded(seed);
  let kills = 0;
  try {
    for (let moment = moments[0]; moment && !arena.over; moment = moments[kills]) {
      const ended = await go(arena, arena.begun && random() < 0.5 ? 'resume' : 'process', moment);
      if (ended !== null) break;
      kills++;
      if (kills % 25 === 0) say?.(`  ${kills} kills`);
    }
    // also when it is over: what a kill at the very end has left undone is made up for by whatever is started next
    await go(arena, arena.over ? 'resume' : 'process');
    await arena.assertDone();
    return kills;
  } catch (error) {
    const last = moments
      .slice(Math.max(0, kills - 4), kills + 1)
      .map(momentText)
      .join('; ');
    throw new Error(`seed ${seed}, ${options.transfer}, after ${kills} kills, the last: ${last}`, { cause: error });
  }
}

async function go(
  arena: Arena,
  command: 'process' | 'resume',
  moment?: Moment,
  approve: Approve = 'all',
): Promise<number | null> {
  const known = arena.answered();
  const { code, stderr } = await arena.run(command, moment, approve);
  arena.assertNothingLost();
  arena.assertNotAskedAgain(known);
  if (code !== null && code !== 0) throw new Error(`exit code ${code}: ${stderr}`);
  return code;
}

/**
 * One inbox on a disk that fails, in one run after the other and each time in another way, until it is left in peace; then
 * everything must be as if nothing had happened.
 */
export async function failAgainAndAgain({ seed, moments, ...options }: Omit<SiegeOptions, 'say'>): Promise<void> {
  await using arena = await Arena.create(options);
  for (const moment of moments) {
    try {
      const { code, stdout, stderr } = await arena.run('process', moment);
      arena.assertNothingLost();
      const said = `${stdout}${stderr}`;
      assert.doesNotMatch(said, /^\s+at .*:\d+\)?$/m, 'an error is told in words, not by a stack');
      if (code === 5) assert.match(stderr, TOLD, `what ends a run is told: ${said}`);
      else if (code === 1) assert.match(arena.errorReports(), TOLD, 'what failed is in the error report');
      else assert.equal(code, 0, said);
    } catch (error) {
      throw new Error(`seed ${seed}, ${momentText(moment)}`, { cause: error });
    }
  }
  try {
    await endInPeace(arena);
  } catch (error) {
    throw new Error(`seed ${seed}, ${options.transfer}, at the end`, { cause: error });
  }
}

async function endInPeace(arena: Arena): Promise<void> {
  // what has failed is taken up again; what could not be carried out for certain may take one more
  let code: number | null = 1;
  for (let tries = 0; code !== 0 && tries < 2; tries++) ({ code } = await arena.run('process'));
  assert.equal(code, 0, arena.errorReports());
  // where the disk failed as the folder was removed in which copies are built, and nothing was left to be copied after that
  const sync = await arena.run('sync');
  assert.equal(sync.code, 0, sync.stderr);
  await arena.assertDone();
}

/** A cause in words, or the system's own word for it. */
const TOLD = /is full|no permission|\((ENOSPC|EIO|EACCES|EROFS|EMFILE)\)/;

/** Seeded troubles of the disk, each kind in its turn, every other one of which lasts. */
export function diskFaults(count: number, seed: number, changes: number): Moment[] {
  const random = seeded(seed);
  return Array.from({ length: count }, (_, n) => ({
    kind: 'fault',
    code: FAULT_CODES[n % FAULT_CODES.length] ?? 'EIO',
    nth: 1 + Math.floor(random() * changes),
    lasts: random() < 0.5,
  }));
}

/** Seeded moments: two of three at a change on the disk, one at a time of the clock. */
export function randomMoments(count: number, seed: number, { changes, ms }: { changes: number; ms: number }): Moment[] {
  const random = seeded(seed);
  return Array.from({ length: count }, () =>
    random() < 2 / 3
      ? { kind: 'change', nth: 1 + Math.floor(random() * changes) }
      : { kind: 'time', ms: Math.floor(random() * ms) },
  );
}

/** How often a run writes each kind of line; those about people's decisions come when one is at the review. */
const EVENTS: Readonly<Record<EventKind, 'once' | 'often' | 'at the review'>> = {
  'run-started': 'once',
  'image-found': 'often',
  'stage-ended': 'often',
  // the inbox has one link
  'image-passed': 'once',
  answered: 'often',
  intended: 'often',
  operated: 'often',
  'image-settled': 'often',
  'scan-ended': 'once',
  'run-resumed': 'once',
  'run-ended': 'once',
  'image-carried': 'at the review',
  decided: 'at the review',
  'decision-withdrawn': 'at the review',
};

const WHERE: readonly Where[] = ['before', 'torn', 'after'];

/** Each kind of journal event that a run writes without a person: before it, in the middle of it and after it. */
export function eventMoments(seed: number, depth: number): Moment[] {
  const random = seeded(seed);
  const alone = (Object.keys(EVENTS) as EventKind[]).filter((event) => EVENTS[event] !== 'at the review');
  return alone.flatMap((event) =>
    WHERE.map((where): Moment => ({
      kind: 'event',
      event,
      nth: EVENTS[event] === 'once' ? 1 : 1 + Math.floor(random() * depth),
      where,
    })),
  );
}

/**
 * One inbox whose images wait for a person, who decides on some and takes some of that back, while the runs that carry it out
 * are killed before, in the middle of and after each line that comes of it. Needs six images that wait.
 * @returns how many kills it were
 */
export async function besiegeReview(options: ArenaOptions): Promise<number> {
  await using arena = await Arena.create(options);
  let kills = 0;
  const kill = async (command: 'process' | 'resume', event: EventKind, where: Where): Promise<void> => {
    const moment: Moment = { kind: 'event', event, nth: 1, where };
    try {
      assert.equal(await go(arena, command, moment, 'none'), null, 'the moment never came');
      kills++;
    } catch (error) {
      throw new Error(`${options.transfer}, ${momentText(moment)}`, { cause: error });
    }
  };
  await go(arena, 'process', undefined, 'none');
  for (const where of WHERE) await kill('process', 'image-carried', where);
  await go(arena, 'process', undefined, 'none');
  const waiting = await arena.waiting();
  for (const [n, where] of WHERE.entries()) {
    await arena.decide(waiting[n]);
    await kill('resume', 'decided', where);
  }
  for (const [n, where] of WHERE.entries()) {
    const state = waiting[WHERE.length + n];
    await arena.decide(state);
    await arena.takeBack(state);
    await kill('resume', 'decision-withdrawn', where);
  }
  await go(arena, 'resume', undefined, 'none');
  const back = (await arena.waiting()).map(({ image }) => image.path);
  for (const state of waiting.slice(WHERE.length, 2 * WHERE.length)) {
    assert.ok(back.includes(state.image.path), `${state.image.path} waits again`);
  }
  await go(arena, 'process');
  await arena.assertDone();
  return kills;
}
