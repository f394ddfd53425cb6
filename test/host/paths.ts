import { join, resolve } from 'node:path';

export const repoRoot = resolve(import.meta.dirname, '../..');

/** What a test run leaves behind for people and CI: results, logs, screenshots. */
export const resultsDir = join(repoRoot, 'test-results');
