export interface SuiteResult {
  readonly name: string;
  readonly passed: number;
  /** Failed tests, and one more when the run itself went wrong. */
  readonly failed: number;
  readonly skipped: number;
  /** What went wrong with the run itself. */
  readonly problem?: string;
}

/** What counts for a part of the run that could not run at all, or that died. */
export function crashed(name: string, problem: string): SuiteResult {
  return { name, passed: 0, failed: 1, skipped: 0, problem };
}

/** The last line of a run, which CI reads. */
export function totalLine(results: readonly SuiteResult[]): string {
  const sum = (key: 'passed' | 'failed') => results.reduce((total, result) => total + result[key], 0);
  return `${sum('passed')} passed, ${sum('failed')} failed`;
}
