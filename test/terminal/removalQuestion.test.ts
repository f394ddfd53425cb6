import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import type { LibrarySync } from '../../src/core/sync/librarySync.ts';
import type { DeletionPlan } from '../../src/core/sync/planDeletion.ts';
import type { SyncSummary } from '../../src/core/sync/syncOrder.ts';
import { systemClock } from '../../src/systemClock.ts';
import { Interrupted } from '../../src/terminal/interrupt.ts';
import { syncCommand, type SyncOutput } from '../../src/terminal/syncCommand.ts';

const PLAN = { places: ['a.jpg', 'b.jpg'], kept: [], bytes: 0 } as unknown as DeletionPlan;
const SUMMARY = { copied: 3, updated: 0, unchanged: 0, conflicts: 0, failed: 0, deleted: 0 } as unknown as SyncSummary;

describe('The question before something is removed from the NAS', () => {
  /** @returns what was answered */
  async function answerTo(keys: string): Promise<boolean | undefined> {
    const [input, out, err] = [new PassThrough(), new PassThrough(), new PassThrough()];
    const streams = { in: Object.assign(input, { isTTY: true }), out, err: Object.assign(err, { isTTY: true }) };
    const output = {
      ...streams,
      clock: systemClock,
      json: false,
      quiet: true,
      verbose: false,
    } as unknown as SyncOutput;
    let answer: boolean | undefined;
    const sync: Pick<LibrarySync, 'run'> = {
      run: async ({ confirm }) => {
        const asked = confirm(PLAN);
        input.write(keys);
        answer = await asked;
        return SUMMARY;
      },
    };
    await syncCommand(sync as LibrarySync, { dryRun: false }, output, new AbortController().signal);
    return answer;
  }

  it('takes yes for yes, and the end of the input for no', async () => {
    assert.equal(await answerTo('y\r'), true);
    assert.equal(await answerTo('\r'), false);
    assert.equal(await answerTo('\u0004'), false);
  });

  it('is an interrupted sync at Ctrl-C, as everywhere', async () => {
    await assert.rejects(answerTo('\u0003'), Interrupted);
  });
});
