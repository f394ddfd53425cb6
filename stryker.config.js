/** `PART=sync npm run test:mutation` changes src/core/sync, one place at a time, and runs test/core/sync; `journal` without PART. */
const part = process.env.PART ?? 'journal';

export default {
  mutate: [`src/core/${part}/*.ts`],
  testRunner: 'command',
  commandRunner: { command: `mocha --bail test/core/${part}/*.test.ts` },
  tsconfigFile: 'none',
  disableTypeChecks: false,
  concurrency: 2,
  timeoutMS: 60_000,
  ignorePatterns: ['.vscode-host', 'dist', 'media', 'docs', 'bench', 'test-results', 'webview'],
  tempDirName: 'test-results/mutation/sandbox',
  reporters: ['clear-text', 'json'],
  jsonReporter: { fileName: `test-results/mutation/${part}.json` },
  clearTextReporter: { allowColor: false, logTests: false },
};
