import type { Context } from 'mocha';
import { Workbench } from './workbench.ts';

/** Required by mocha for the tests in the workbench: takes a picture of what was on the screen when one has failed. */
export const mochaHooks = {
  async afterEach(this: Context): Promise<void> {
    const test = this.currentTest;
    // a page that is gone has no picture, and the failure is told without
    if (test?.state === 'failed') await Workbench.screenshotAll(`failed ${test.title}`).catch(() => undefined);
  },
};
