import assert from 'node:assert/strict';
import type { FailureReason } from '../../../src/core/model/failure.ts';
import type { ImageId } from '../../../src/core/model/ids.ts';
import type { ImageState } from '../../../src/core/model/imageState.ts';
import type { ImageFate } from '../../../src/core/model/outcome.ts';
import type { StageId } from '../../../src/core/model/stageId.ts';
import { ADVICE } from '../../../src/core/report/advice.ts';
import { code, errorReport } from '../../../src/core/report/errorReport.ts';
import { reportName, stamp, timeOfReport } from '../../../src/core/report/manifest.ts';
import { StatisticsSum } from '../../../src/core/report/statistics.ts';

const END = '2026-11-23T10:00:00.000Z';
const NOTHING = new StatisticsSum().result();

const ended = (
  path: string,
  fate: ImageFate,
  stages: ImageState['stages'],
): { state: ImageState; fate: ImageFate } => ({
  state: { image: { id: path as ImageId, path, size: 1, mtimeMs: 0 }, stages, operations: [] },
  fate,
});

const failed = (
  path: string,
  reasons: Partial<Record<StageId, FailureReason>>,
): { state: ImageState; fate: ImageFate } =>
  ended(
    path,
    'failed',
    Object.fromEntries(
      Object.entries(reasons).map(([stage, reason]) => [
        stage,
        { outcome: { kind: 'failed', error: { reason, message: `${path}: no`, attempts: 1 } }, ms: 1 },
      ]),
    ),
  );

describe('the error report', () => {
  it('is none where nothing failed', () => {
    assert.equal(errorReport([], END, NOTHING), undefined);
    const waits = { outcome: { kind: 'waiting', why: 'review', detail: '' }, ms: 1 } as const;
    assert.equal(errorReport([ended('/a.jpg', 'awaiting-review', { review: waits })], END, NOTHING), undefined);
    // it was tried anew, and what failed before is of no concern any more
    const { state } = failed('/a.jpg', { search: 'network' });
    assert.equal(errorReport([{ state, fate: 'processed' }], END, NOTHING), undefined);
  });

  it('groups what failed by its cause, the most frequent first, and says what to do and which stage it was', () => {
    const report = errorReport(
      [
        failed('/in/one.jpg', { scan: 'empty' }),
        failed('/in/two.jpg', { search: 'network' }),
        failed('/in/three.jpg', { search: 'network', analyze: 'model' }),
      ],
      END,
      NOTHING,
    );
    assert.ok(report !== undefined);
    assert.match(report, /^# [^\n]+\n\n2026-11-23T10:00:00\.000Z: 3 entries failed\. /);
    const headings = report.split('\n').filter((line) => line.startsWith('## '));
    assert.deepEqual(headings, [
      `## ${ADVICE.network.cause} (2)`,
      `## ${ADVICE.empty.cause} (1)`,
      `## ${ADVICE.model.cause} (1)`,
    ]);
    const [, network = ''] = report.split(/^## /m);
    assert.equal(
      network,
      `${ADVICE.network.cause} (2)\n\nWhat to do: ${ADVICE.network.whatToDo}\n\n` +
        '- `/in/two.jpg` (stage search): `/in/two.jpg: no`\n- `/in/three.jpg` (stage search): `/in/three.jpg: no`\n\n',
    );
    assert.ok(report.endsWith('`\n'));
  });

  it('counts a single one as one, and tells how the others were found', () => {
    const search = { ...NOTHING.search, byMd5: 2, errors: 1 };
    const report = errorReport([failed('/in/one.jpg', { scan: 'empty' })], END, { search, awaitingQuota: 0 });
    assert.match(report ?? '', /: 1 entry failed\./);
    assert.match(report ?? '', /^Search of all images: 2 by MD5, 1 could not be searched\.$/m);
  });

  it('counts an image that was cut off among the others, though no stage of it has failed', () => {
    const report = errorReport(
      [ended('/in/a.jpg', 'failed', {}), failed('/in/b.jpg', { scan: 'corrupt' })],
      END,
      NOTHING,
    );
    assert.match(report ?? '', /: 2 entries failed\./);
  });

  it('shows names as code, whatever Markdown or control characters they hold', () => {
    assert.equal(code('a.jpg'), '`a.jpg`');
    assert.equal(code('](command:evil) `x`'), '`` ](command:evil) `x` ``');
    assert.equal(code('`x` at the beginning'), '`` `x` at the beginning ``');
    assert.equal(code('a ``` b'), '````a ``` b````');
    assert.equal(code('two\nlines'), '`two\\x0alines`');
  });
});

describe('the name of a report', () => {
  it('is the local time of the run’s end', () => {
    const at = new Date(2026, 2, 4, 5, 6, 7);
    assert.equal(stamp(at), '20260304_050607');
    assert.equal(reportName('manifest', at), 'manifest_20260304_050607.json');
    assert.equal(reportName('errors', at), 'errors_20260304_050607.md');
  });

  it('tells that time again, and any other name is of the beginning of all time', () => {
    for (const at of [new Date(2026, 0, 1, 0, 0, 0), new Date(2026, 11, 31, 23, 59, 59)]) {
      assert.equal(timeOfReport(reportName('manifest', at)), at.getTime());
      assert.equal(timeOfReport(reportName('errors', at)), at.getTime());
    }
    for (const name of ['manifest.json', 'manifest_2026_1.json', 'manifest_20260304_0506.json']) {
      assert.equal(timeOfReport(name), 0);
    }
  });
});
