import assert from 'node:assert/strict';
import { lutimes, mkdir, readdir, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { ThumbnailFolder } from '../../../src/adapters/image/thumbnailFolder.ts';
import { imageAt } from '../../../src/adapters/files/nodeImageFolder.ts';
import type { FoundImage } from '../../../src/core/model/image.ts';
import { HandClock } from '../../core/learning/handClock.ts';
import { CollectedLog } from '../support/collectedLog.ts';
import { replacedCall } from '../support/replacedCall.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { flag } from './specimens.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MB = 1e6;

const idOf = (n: number): string => n.toString(16).padStart(16, '0');

describe('The thumbnails in the working folder', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let thumbnails: string;
  let image: FoundImage;
  let clock: HandClock;
  let log: CollectedLog;
  let kept: ThumbnailFolder;

  beforeEach(async () => {
    folder = await temporaryFolder();
    thumbnails = join(folder.path, 'thumbnails');
    await mkdir(thumbnails);
    await writeFile(join(folder.path, 'a 絵 🌄.png'), await flag().png().toBuffer());
    image = await imageAt(join(folder.path, 'a 絵 🌄.png'));
    clock = new HandClock(Date.now());
    log = new CollectedLog();
    kept = new ThumbnailFolder(thumbnails, clock, log);
  });
  afterEach(() => folder[Symbol.asyncDispose]());

  /** A file of so many bytes, which take no room, that was last looked at so long ago. */
  async function put(name: string, bytes: number, age: number): Promise<void> {
    const path = join(thumbnails, name);
    await writeFile(path, '');
    await truncate(path, bytes);
    const at = (clock.time - age) / 1000;
    await utimes(path, at, at);
  }

  const left = async (): Promise<readonly string[]> =>
    (await readdir(thumbnails)).filter((name) => !name.startsWith(image.id)).sort();

  /** Looks at a picture, as a person does in a review that was opened a while ago. */
  async function lookAround(): Promise<void> {
    await kept.of(image, 'small');
    clock.time += 2 * MINUTE;
    await kept.of(image, 'small');
  }

  async function untilLeft(expected: readonly string[]): Promise<void> {
    for (let tries = 0; tries < 200 && (await left()).length !== expected.length; tries++) await setTimeout(10);
    assert.deepEqual(await left(), [...expected].sort());
  }

  it('take 500 MB at most: those that were looked at least lately go, large ones first', async () => {
    for (const n of [1, 2, 3, 4]) await put(`${idOf(n)}.large.webp`, 150 * MB, (10 - n) * DAY);
    await put(`${idOf(1)}.webp`, 100 * MB, 20 * DAY);
    await lookAround();
    await untilLeft([`${idOf(1)}.webp`, `${idOf(3)}.large.webp`, `${idOf(4)}.large.webp`]);
  });

  it('stay for an hour after they were looked at, however many they are', async () => {
    const shown = `${image.id}.large.webp`;
    await put(shown, 400 * MB, 20 * DAY);
    await put(`${idOf(1)}.large.webp`, 400 * MB, 50 * MINUTE);
    await put(`${idOf(2)}.large.webp`, 400 * MB, 70 * MINUTE);
    await kept.of(image, 'large');
    await lookAround();
    await untilLeft([`${idOf(1)}.large.webp`]);
    assert.ok((await readdir(thumbnails)).includes(shown));
  });

  it('go when nobody has looked at them for 30 days, with what a killed process left half-written', async () => {
    await put(`${idOf(1)}.webp`, 9000, 31 * DAY);
    await put(`${idOf(2)}.large.webp.0a1b2c3d.partial`, 9000, 31 * DAY);
    await put(`${idOf(3)}.webp`, 9000, 29 * DAY);
    await lookAround();
    await untilLeft([`${idOf(3)}.webp`]);
  });

  it('are all that is removed there', async () => {
    const others = ['holiday.webp', `${idOf(1)}.webp.bak`, `${idOf(2)}.png`, `${'G'.repeat(16)}.webp`];
    for (const name of others) await put(name, 600 * MB, 40 * DAY);
    await mkdir(join(thumbnails, `${idOf(3)}.webp`));
    await put(`${idOf(4)}.webp`, 9000, 40 * DAY);
    await lookAround();
    await untilLeft([...others, `${idOf(3)}.webp`]);
  });

  it('are files: a link of such a name stays, and what it leads to', async () => {
    await writeFile(join(folder.path, 'elsewhere.webp'), 'a picture');
    const link = join(thumbnails, `${idOf(1)}.webp`);
    await symlink(join(folder.path, 'elsewhere.webp'), link);
    const at = (clock.time - 40 * DAY) / 1000;
    await lutimes(link, at, at);
    await put(`${idOf(2)}.webp`, 9000, 40 * DAY);
    await lookAround();
    await untilLeft([`${idOf(1)}.webp`]);
    assert.ok((await readdir(folder.path)).includes('elsewhere.webp'));
  });

  it('are not cleared up while a review is opened', async () => {
    await put(`${idOf(1)}.webp`, 9000, 40 * DAY);
    await kept.of(image, 'small');
    await kept.of(image, 'large');
    await setTimeout(50);
    assert.deepEqual(await left(), [`${idOf(1)}.webp`]);
  });

  it('are shown also where one can’t be removed, which keeps none of the others', async () => {
    const held = `${idOf(1)}.webp`;
    for (const n of [1, 2]) await put(`${idOf(n)}.webp`, 9000, (50 - n) * DAY);
    using _ = replacedCall('unlink', (real) => async (path) => {
      if (String(path).endsWith(held)) throw new Error('EBUSY: another program holds it');
      await real(path);
    });
    await lookAround();
    await untilLeft([held]);
    for (let tries = 0; tries < 200 && log.lines.length < 2; tries++) await setTimeout(10);
    assert.match(log.lines.join('\n'), /1 removed[^]*can't be removed: .*EBUSY/);
  });
});
