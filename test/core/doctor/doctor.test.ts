import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import type { Check, CheckId } from '../../../src/core/doctor/check.ts';
import { Doctor, tallyOf, tallyText, type CheckResult } from '../../../src/core/doctor/doctor.ts';
import type { Finding } from '../../../src/core/doctor/finding.ts';
import type { Clock } from '../../../src/core/ports/clock.ts';

const fine: Finding = { status: 'ok', title: 'It', detail: 'works' };

/** The time limit passes as soon as everything that can be done has been done. */
const hastyClock: Clock = {
  now: () => 0,
  sleep: (_, signal) => setTimeout(50, undefined, signal ? { signal } : {}),
};

async function examine(checks: readonly Check[], signal = new AbortController().signal) {
  const results: CheckResult[] = [];
  for await (const result of new Doctor(checks, hastyClock).examine(signal)) results.push(result);
  return results;
}

describe('A checkup', () => {
  const works: Check = { id: 'lock', title: 'Lock', look: async () => [fine] };

  it('goes on past a check that hangs and one that breaks, and calls neither a problem', async () => {
    let stopped = false;
    const hangs: Check = {
      id: 'folders',
      title: 'Folders',
      look: (signal) =>
        new Promise(() => {
          signal.addEventListener('abort', () => (stopped = true));
        }),
    };
    const breaks: Check = { id: 'space', title: 'Space', look: () => Promise.reject(new Error('odd')) };
    const results = await examine([hangs, breaks, works]);
    assert.deepEqual(
      results.map(({ id, findings }) => `${id} ${findings.map(({ status }) => status).join()}`),
      ['folders unknown', 'space unknown', 'lock ok'],
    );
    assert.match(results[0]?.findings[0]?.detail ?? '', /longer than 45 seconds/);
    assert.match(results[1]?.findings[0]?.detail ?? '', /odd/);
    assert.ok(stopped, 'what hangs is told to stop');
    assert.deepEqual(tallyOf(results), { problems: 0, warnings: 0, unknown: 2 });
  });

  it('ends when nobody waits for it any more', async () => {
    const abort = new AbortController();
    const waits: Check = {
      id: 'models',
      title: 'Models',
      look: async (signal) => {
        await setTimeout(600_000, undefined, { signal });
        return [fine];
      },
    };
    const examining = examine([waits, works], abort.signal);
    abort.abort(new Error('enough'));
    await assert.rejects(examining, /enough|aborted/);
  });

  it('leaves nothing behind that nobody hears of when it is broken off', async () => {
    const unheard: unknown[] = [];
    const hear = (reason: unknown): void => void unheard.push(reason);
    process.on('unhandledRejection', hear);
    try {
      const abort = new AbortController();
      const waits = (id: CheckId): Check => ({
        id,
        title: id,
        look: async (signal) => {
          await setTimeout(600_000, undefined, { signal });
          return [fine];
        },
      });
      const examining = examine([waits('models'), waits('space'), waits('sync')], abort.signal);
      abort.abort(new Error('enough'));
      await assert.rejects(examining, /enough|aborted/);
      await setTimeout(1);
    } finally {
      process.off('unhandledRejection', hear);
    }
    assert.deepEqual(unheard, []);
  });

  it('is summed up in a line', () => {
    assert.equal(tallyText({ problems: 0, warnings: 0, unknown: 0 }), 'Everything is in order.');
    assert.equal(tallyText({ problems: 1, warnings: 2, unknown: 3 }), '1 problem, 2 warnings, 3 not checked.');
    assert.equal(tallyText({ problems: 2, warnings: 1, unknown: 0 }), '2 problems, 1 warning.');
  });

  it('counts what was found by how grave it is', () => {
    const found = (...statuses: readonly Finding['status'][]): CheckResult => ({
      id: 'lock',
      title: 'Lock',
      findings: statuses.map((status) => ({ ...fine, status })),
    });
    assert.deepEqual(tallyOf([found('problem', 'warning', 'ok'), found('warning', 'unknown', 'warning')]), {
      problems: 1,
      warnings: 3,
      unknown: 1,
    });
  });
});
