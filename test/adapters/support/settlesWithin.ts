import { mock } from 'node:test';
import { setImmediate } from 'node:timers/promises';

/** Whether what is begun settles within so many seconds by its own timers, none of which passes here. */
export async function settlesWithin(seconds: number, begin: () => Promise<unknown>): Promise<boolean> {
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    let isSettled = false;
    const settle = (): void => void (isSettled = true);
    begin().then(settle, settle);
    await setImmediate();
    for (let passed = 0; passed < seconds; passed++) {
      mock.timers.tick(1000);
      await setImmediate();
    }
    return isSettled;
  } finally {
    mock.timers.reset();
  }
}
