import Mocha from 'mocha';
import { appendFileSync } from 'node:fs';
import { eventsVariable, type TestEvent } from './testEvent.ts';

const { EVENT_TEST_PASS, EVENT_TEST_FAIL, EVENT_TEST_PENDING, EVENT_RUN_END } = Mocha.Runner.constants;

/**
 * Mocha reporter that appends a `TestEvent` a line to the file named by the environment.
 *
 * Every line is on disk before the next test starts, and a run that dies leaves no `ended`: so whoever reads the file
 * knows what passed and that the rest is missing, even where an exit code says 0 (VS Code does that when the extension
 * host dies in the middle).
 */
export class EventReporter extends Mocha.reporters.Base {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const file = process.env[eventsVariable];
    if (file === undefined) throw new Error(`${eventsVariable} is not set`);
    const report = (event: TestEvent) => appendFileSync(file, `${JSON.stringify(event)}\n`);
    runner
      .on(EVENT_TEST_PASS, (test) => report({ kind: 'passed', title: test.titlePath(), ms: test.duration ?? 0 }))
      .on(EVENT_TEST_FAIL, (test, error) => report({ kind: 'failed', title: test.titlePath(), error: describe(error) }))
      .on(EVENT_TEST_PENDING, (test) => report({ kind: 'skipped', title: test.titlePath() }))
      .on(EVENT_RUN_END, () => report({ kind: 'ended' }));
  }
}

/** Of a test that ran in another process the error comes as a plain object with the same members. */
function describe(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  const { stack, message, cause } = error as Partial<Error>;
  const own = stack ?? message ?? JSON.stringify(error);
  return cause === undefined ? own : `${own}\nCaused by: ${describe(cause)}`;
}

// `mocha --reporter FILE` takes the default export.
export { EventReporter as default };
