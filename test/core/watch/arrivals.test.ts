import assert from 'node:assert/strict';
import { appendFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { NodeImageFolder } from '../../../src/adapters/files/nodeImageFolder.ts';
import { Arrivals } from '../../../src/core/watch/arrivals.ts';
import { collect } from '../../adapters/support/collect.ts';
import { temporaryFolder } from '../../adapters/support/temporaryFolder.ts';
import { HandClock } from '../learning/handClock.ts';

const { signal } = new AbortController();
/** for which no file is so young that it would be waited for */
const inbox = new NodeImageFolder(() => Date.UTC(2100, 0));

describe('An inbox into which files are being written', () => {
  it('has an image once that has stayed as it is for long enough', async () => {
    await using folder = await temporaryFolder();
    const clock = new HandClock(1_000_000);
    const arrivals = new Arrivals(inbox, clock, 10_000);
    const look = async () => {
      const { arrived, settlesAt } = await arrivals.look(folder.path, [], signal);
      return { arrived: arrived.map(({ path }) => basename(path)), settlesAt };
    };
    const path = join(folder.path, '猫 🐈.png');
    await writeFile(path, 'one');
    // a copy that keeps the time of the original from its beginning
    await utimes(path, 1, 1);
    assert.deepEqual(await look(), { arrived: [], settlesAt: 1_010_000 });
    clock.time += 9_000;
    await appendFile(path, 'two');
    await utimes(path, 1, 1);
    assert.deepEqual(await look(), { arrived: [], settlesAt: 1_019_000 });
    clock.time += 9_999;
    assert.deepEqual((await look()).arrived, []);
    assert.deepEqual(await collect(arrivals.walk(folder.path, [], signal)), [], 'nor does a run see it');
    clock.time += 1;
    assert.deepEqual(await look(), { arrived: ['猫 🐈.png'], settlesAt: undefined });
    // the next one does not hold it up, and is held back
    await writeFile(join(folder.path, 'new.png'), 'new');
    assert.deepEqual(await look(), { arrived: ['猫 🐈.png'], settlesAt: clock.time + 10_000 });
    const seen = await collect(arrivals.walk(folder.path, [], signal));
    assert.deepEqual(
      seen.map(({ image }) => basename(image.path)),
      ['猫 🐈.png'],
    );
  });

  it('makes nobody wait for a clock that was set back', async () => {
    await using folder = await temporaryFolder();
    const clock = new HandClock(1_000_000_000);
    const arrivals = new Arrivals(inbox, clock, 10_000);
    await writeFile(join(folder.path, 'a.png'), 'a');
    await arrivals.look(folder.path, [], signal);
    clock.time = 5_000;
    assert.equal((await arrivals.look(folder.path, [], signal)).settlesAt, 15_000);
  });

  it('forgets what is gone: the same file again has to stand still again', async () => {
    await using folder = await temporaryFolder();
    const clock = new HandClock(0);
    const arrivals = new Arrivals(inbox, clock, 10_000);
    const path = join(folder.path, 'a.png');
    const put = async (): Promise<void> => {
      await writeFile(path, 'a');
      await utimes(path, 1, 1);
    };
    await put();
    await arrivals.look(folder.path, [], signal);
    await rm(path);
    await arrivals.look(folder.path, [], signal);
    clock.time = 10_000;
    await put();
    assert.deepEqual((await arrivals.look(folder.path, [], signal)).arrived, []);
  });

  it('tells at once of what is no image, and waits for none of it', async () => {
    await using folder = await temporaryFolder();
    const arrivals = new Arrivals(inbox, new HandClock(0), 10_000);
    await symlink('nowhere', join(folder.path, 'link.png'));
    assert.deepEqual(await arrivals.look(folder.path, [], signal), { arrived: [] });
    const seen = await collect(arrivals.walk(folder.path, [], signal));
    assert.deepEqual(
      seen.map(({ kind }) => kind),
      ['passed-over'],
    );
  });

  it('waits for the first of several, also for one that a run came upon before any look', async () => {
    await using folder = await temporaryFolder();
    const clock = new HandClock(0);
    const arrivals = new Arrivals(inbox, clock, 10_000);
    const put = async (name: string): Promise<void> => {
      await writeFile(join(folder.path, name), name);
      await utimes(join(folder.path, name), 1, 1);
    };
    await put('b.png');
    assert.deepEqual(await collect(arrivals.walk(folder.path, [], signal)), []);
    clock.time = 4_000;
    await put('a.png');
    await put('c.png');
    assert.equal((await arrivals.look(folder.path, [], signal)).settlesAt, 10_000);
  });
});
