/**
 * npm run test:crash [-- --images 300 --kills 300 --seed 1]: the whole pipeline (the real command line, ExifTool, the models,
 * stand-in services, sync to a folder) over inboxes of so many images, killed at so many seeded random moments and at every
 * kind of journal event, and gone on with each time; then the same on a disk that fails in every way at seeded moments. The first thing that is not as it must be ends it.
 */
import { parseArgs } from 'node:util';
import { otherDevice } from '../adapters/support/otherDevice.ts';
import { momentText } from './moment.ts';
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
    seed: { type: 'string', default: '1' },
  },
});
const [images, kills, seed] = [Number(values.images), Number(values.kills), Number(values.seed)];
const say = (line: string): void => console.log(line);
const elsewhere = await otherDevice();
const KINDS: readonly Pick<SiegeOptions, 'transfer' | 'sortedIn'>[] = [
  { transfer: 'move' },
  { transfer: 'move', sortedIn: elsewhere },
  { transfer: 'copy' },
];

const REVIEWED_IMAGES = 12;
const FAULTS_AN_INBOX = 10;
const FAULTY_IMAGES = 40;

let round = 0;
/** Rounds, each with an inbox of its own, until all moments have come. */
async function all(moments: SiegeOptions['moments'], size: number): Promise<void> {
  for (let left = moments; left.length > 0; round++) {
    const kind = KINDS[round % KINDS.length] ?? { transfer: 'move' };
    const began = Date.now();
    const done = await besiege({ images: size, seed: seed + round, moments: left, say, ...kind });
    const seconds = ((Date.now() - began) / 1000).toFixed(0);
    say(
      `round ${round + 1} (${kind.transfer}${kind.sortedIn === undefined ? '' : ' to another device'}): ${done} kills in ${seconds} s, all as it must be`,
    );
    if (done === 0 && left[0]) throw new Error(`the moment ${momentText(left[0])} never comes`);
    left = left.slice(done);
  }
}

say(`${images} images, seed ${seed}: ${kills} random moments`);
await all(randomMoments(kills, seed, { changes: 180, ms: 4000 }), images);
const events = eventMoments(seed, 40);
say(`every journal event: ${events.length} moments`);
await all(events, images);
let reviewKills = 0;
for (const kind of KINDS) reviewKills += await besiegeReview({ images: REVIEWED_IMAGES, ...kind });
say(`every journal event that comes of a person's decisions: ${reviewKills} kills`);
const faults = diskFaults(Math.ceil(kills / 5), seed, 400);
say(`${faults.length} faults of the disk`);
for (let at = 0; at < faults.length; at += FAULTS_AN_INBOX) {
  const moments = faults.slice(at, at + FAULTS_AN_INBOX);
  await failAgainAndAgain({
    images: FAULTY_IMAGES,
    seed: seed + at,
    moments,
    ...(KINDS[at % KINDS.length] ?? KINDS[0]!),
  });
}
say(`${kills + events.length + reviewKills} kills, nothing lost`);
