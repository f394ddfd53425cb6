import assert from 'node:assert/strict';
import { code } from '../../../src/core/report/errorReport.ts';
import { reportName } from '../../../src/core/report/manifest.ts';

describe('the error report', () => {
  it('shows names as code, whatever Markdown or control characters they hold', () => {
    assert.equal(code('a.jpg'), '`a.jpg`');
    assert.equal(code('](command:evil) `x`'), '`` ](command:evil) `x` ``');
    assert.equal(code('two\nlines'), '`two\\x0alines`');
  });

  it('is named by the local time of the run’s end, like the manifest', () => {
    const at = new Date(2026, 2, 4, 5, 6, 7);
    assert.equal(reportName('manifest', at), 'manifest_20260304_050607.json');
    assert.equal(reportName('errors', at), 'errors_20260304_050607.md');
  });
});
