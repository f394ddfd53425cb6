/**
 * npm run test:crash [-- --images 300 --kills 300 --disks 60 --seed 1]: the whole pipeline (the real command line, ExifTool,
 * the models, stand-in services, sync to a folder) over inboxes of so many images, killed at so many seeded random moments and
 * at every kind of journal event, and gone on with each time; then on so many disks that fail in every way at seeded moments.
 * 0 leaves one of them out. The first thing that is not as it must be ends it.
 */
import { parseArgs } from 'node:util';
import { otherDevice } from '../adapters/support/otherDevice.ts';
import { momentText, type Moment } from './moment.ts';
import {
  besiege,
  besiegeReview,
  diskFaults,
  eventMoments,
  failAgainAndAgain,
  randomMoments,
  type SiegeOptions,
} from './siege.ts';

const { values } = parseArgs({
  options: {
    images: { type: 'string', default: '300' },
    kills: { type: 'string', default: '300' },
    disks: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
  },
});
const [images, kills, seed] = [Number(values.images), Number(values.kills), Number(values.seed)];
const disks = Number(values.disks);
const say = (line: string): void => console.log(line);
const elsewhere = await otherDevice();
const KINDS: readonly Pick<SiegeOptions, 'transfer' | 'sortedIn'>[] = [
  { transfer: 'move' },
  { transfer: 'move', sortedIn: elsewhere },
  { transfer: 'copy' },
];

const REVIEWED_IMAGES = 12;
const CUT_OFF: Moment = { kind: 'change', nth: 40 };

let round = 0;
/** Rounds, each with an inbox of its own, until all moments have come. */
async function all(moments: SiegeOptions['moments'], size: number): Promise<void> {
  for (let left = moments; left.length > 0; round++) {
    const kind = KINDS[round % KINDS.length] ?? { transfer: 'move' };
    const began = Date.now();
    // only what was cut off is resumed
    const opening = left[0]?.kind === 'event' && left[0].event === 'run-resumed' ? [CUT_OFF] : [];
    const moments = [...opening, ...left];
    const done = (await besiege({ images: size, seed: seed + round, moments, say, ...kind })) - opening.length;
    const seconds = ((Date.now() - began) / 1000).toFixed(0);
    say(
      `round ${round + 1} (${kind.transfer}${kind.sortedIn === undefined ? '' : ' to another device'}): ${done} kills in ${seconds} s, all as it must be`,
    );
    if (done === 0 && left[0]) throw new Error(`the moment ${momentText(left[0])} never comes`);
    left = left.slice(done);
  }
}

async function kill(): Promise<void> {
  say(`${images} images, seed ${seed}: ${kills} random moments`);
  await all(randomMoments(kills, seed, { changes: 180, ms: 4000 }), images);
  const events = eventMoments(seed, Math.min(40, Math.ceil(images / 3)));
  say(`every journal event: ${events.length} moments`);
  await all(events, images);
  let reviewKills = 0;
  for (const kind of KINDS) reviewKills += await besiegeReview({ images: REVIEWED_IMAGES, ...kind });
  say(`every journal event that comes of a person's decisions: ${reviewKills} kills`);
  say(`${kills + events.length + reviewKills} kills, nothing lost`);
}

/** Each with an inbox of its own: of a few images, where a fault hits each step in turn, and now and then of many. */
async function failDisks(): Promise<void> {
  for (let n = 0; n < disks; n++) {
    const kind = KINDS[n % KINDS.length] ?? { transfer: 'move' };
    const [size, faults, changes] = n % 10 === 9 ? [40, 10, 400] : [5, 5, 80];
    await failAgainAndAgain({ images: size, seed: seed + n, moments: diskFaults(faults, seed + n, changes), ...kind });
    if ((n + 1) % 10 === 0) say(`  ${n + 1} disks`);
  }
  say(`${disks} disks that failed again and again, nothing lost`);
}

if (kills > 0) await kill();
if (disks > 0) await failDisks();
