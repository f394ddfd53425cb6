import assert from 'node:assert/strict';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { NodeRunLocks } from '../../../src/adapters/files/runLock.ts';
import { composeWatch } from '../../../src/composeWatch.ts';
import { Watcher, type WatchEvent } from '../../../src/core/watch/watcher.ts';
import { contents } from '../../cli/commandLine.ts';
import { SimulatedClock } from '../../adapters/support/simulatedClock.ts';
import { Arrivals } from '../../../src/core/watch/arrivals.ts';
import type { ImageId } from '../../../src/core/model/ids.ts';
import { SmallLibrary } from '../repair/smallLibrary.ts';

describe('The watcher', () => {
  let library: SmallLibrary;
  let stop: AbortController;
  let events: WatchEvent[];
  let watching: Promise<unknown>;
  let heard: (() => void) | undefined;

  beforeEach(async () => {
    library = await SmallLibrary.create();
    // what a run writes is told elsewhere: here it may be quick
    library.settings = { 'stages.xmp': false };
    stop = new AbortController();
    events = [];
  });
  afterEach(async () => {
    stop.abort(new Error('over'));
    await watching;
    await library[Symbol.asyncDispose]();
  });

  const start = async (pollSeconds?: number): Promise<void> => {
    const { watcher } = await composeWatch({ ...library.host(), secrets: {}, observer: { on: () => undefined } }, {}, {
      settleSeconds: 0.2,
      ...(pollSeconds !== undefined && { pollSeconds }),
      request: { offline: true },
      on: (event) => {
        events.push(event);
        heard?.();
      },
    }); // prettier-ignore
    watching = watcher.watch(stop.signal);
  };
  const happened = async (what: string, is: () => boolean): Promise<void> => {
    while (!is()) {
      await new Promise<void>((resolve) => {
        heard = resolve;
        setTimeout(resolve, 200);
      });
    }
    assert.ok(what);
  };
  const count = (kind: WatchEvent['kind']): number => events.filter((event) => event.kind === kind).length;
  const sorted = (n: number) => () => library.sortedImages().length === n && count('run-ended') > 0;

  for (const [how, poll] of [
    ['as the system reports it', undefined],
    ['by looking', 0.3],
  ] as const) {
    it(`processes what is there and what arrives, ${how}, each once`, async () => {
      await start(poll);
      await happened('the first four are sorted', sorted(4));
      await library.put('later/新しい.png', 5);
      const before = new Map([...library.before, ...contents(library.inbox)]);
      await happened('the fifth is', sorted(5));
      await happened('and told', () => count('run-ended') === count('batch'));
      assert.deepEqual(contents(library.inbox, library.sorted), before);
      const runs = count('run-ended');
      await new Promise((r) => setTimeout(r, 1500));
      assert.equal(count('run-ended'), runs, 'no run for nothing');
    });
  }

  it('waits for an inbox that has vanished, and goes on when it is back', async () => {
    await start(0.3);
    await happened('the first four are sorted', sorted(4));
    renameSync(library.inbox, `${library.inbox} away`);
    await happened('it is missed', () => count('trouble') === 1);
    renameSync(`${library.inbox} away`, library.inbox);
    await library.put('later.png', 5);
    await happened('it goes on', sorted(5));
    await happened('and says so', () => count('recovered') === 1);
    assert.equal(count('trouble'), 1, 'said once');
  });

  it('waits for a sorted folder that can’t take the manifest, and goes on when it can', async () => {
    writeFileSync(library.sorted, 'in the way');
    await start(0.3);
    await happened('it is missed', () => count('trouble') === 1);
    rmSync(library.sorted);
    await happened('all are sorted', sorted(4));
    await happened('and it says so', () => count('recovered') === 1);
  });

  it('waits for another run to end, and holds no lock while it waits', async () => {
    const locks = new NodeRunLocks(library.working());
    const other = await locks.acquire('process');
    await start(0.3);
    await happened('it is told who holds it', () =>
      events.some((e) => e.kind === 'trouble' && e.message.includes('Another run')),
    );
    assert.deepEqual(library.sortedImages(), []);
    await other.release();
    await happened('its turn has come', sorted(4));
    await happened('the run is over', () => count('run-ended') > 0);
    await (await locks.acquire('test')).release();
  });
});

describe('What the watcher has put off', () => {
  it('goes on by itself when the quota is there again, and not before', async () => {
    const clock = new SimulatedClock();
    const began = clock.now();
    const stop = new AbortController();
    const asked: { readonly command: string; readonly at: number }[] = [];
    const until = new Date(began + 6 * 3_600_000).toISOString();
    const outcome = { kind: 'waiting', why: 'quota', detail: 'no searches left today', until } as const;
    const image = { id: '0123456789abcdef' as ImageId, path: '/inbox/a.png', size: 1, mtimeMs: 1 };
    const watcher: Watcher = new Watcher({
      engine: {
        run: ({ command }) => {
          asked.push({ command, at: clock.now() - began });
          if (asked.length === 1) {
            const state = { image, stages: { search: { outcome, ms: 0 } }, operations: [] };
            watcher.observe({ kind: 'image-settled', state });
          } else {
            stop.abort(new Error('enough'));
          }
          return Promise.resolve(undefined);
        },
      },
      arrivals: new Arrivals(
        { walk: async function* () {}, isAway: () => Promise.resolve(false) }, // eslint-disable-line @typescript-eslint/no-empty-function
        clock,
        10_000,
      ),
      files: { stat: () => Promise.resolve(undefined) },
      hints: {
        listen: () => Promise.resolve(),
        next: (ms, signal) => clock.sleep(ms, signal),
        stop: () => Promise.resolve(),
      },
      clock,
      folders: { inbox: '/inbox', sorted: '/sorted', working: '/working' },
      lookEvery: 300_000,
      skipExisting: true,
      request: {},
      on: () => undefined,
    });
    await watcher.watch(stop.signal);
    assert.deepEqual(
      asked.map(({ command }) => command),
      ['resume', 'resume'],
    );
    const [, second] = asked;
    assert.ok(second && second.at >= 6 * 3_600_000 && second.at < 6 * 3_600_000 + 2_000, String(second?.at));
  });
});
