import './scripts/mochaForStryker.js';

/**
 * `PART=sync npm run test:mutation` changes src/core/sync, one place at a time, and runs the tests of the core that come by
 * there; `journal` without PART.
 */
const part = process.env.PART ?? 'journal';

/** Real pictures, real ExifTool, whole runs: too slow to be run for each of some hundred changes. */
const slow = [
  'looks/likeness',
  'learning/learningCurve',
  'pipeline/review',
  'repair/repairer',
  'undo/interruptedUndo',
  'undo/randomOperations',
  'watch/watcher',
];

export default {
  mutate: [`src/core/${part}/**/*.ts`],
  plugins: ['@stryker-mutator/mocha-runner'],
  testRunner: 'mocha',
  testRunnerNodeArgs: ['--import', './scripts/mochaForStryker.js'],
  mochaOptions: {
    'no-config': true,
    extension: ['ts'],
    spec: ['test/core/*/*.test.ts', 'test/protocol/*.test.ts'],
    ignore: slow.map((name) => `test/core/${name}.test.ts`),
    // it compares 80,000 pairs of pictures bit by bit, and Stryker counts each bit
    grep: '^(?!LookIndex finds what comparing with all of them finds)',
  },
  coverageAnalysis: 'perTest',
  // what runs when its file is loaded: tables, mostly
  ignoreStatic: true,
  tsconfigFile: 'none',
  disableTypeChecks: false,
  concurrency: Number(process.env.JOBS ?? 2),
  timeoutMS: 10_000,
  ignorePatterns: ['.vscode-host', 'dist', 'docs', 'bench', 'test-results', 'webview'],
  tempDirName: `test-results/mutation/sandbox-${part}`,
  reporters: ['clear-text', 'json'],
  jsonReporter: { fileName: `test-results/mutation/${part}.json` },
  clearTextReporter: { allowColor: false, logTests: false },
};
