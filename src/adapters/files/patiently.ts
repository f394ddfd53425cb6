import { setTimeout } from 'node:timers/promises';
import { codeOf } from './fileErrors.ts';

const WAIT_MS = 25;
const TRIES = 200;

/**
 * Does what needs a file descriptor; when there is none left (EMFILE, ENFILE), waits for others to close theirs: 5 s at most,
 * since a process that leaks them would wait for ever.
 */
export async function patiently<T>(open: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await open();
    } catch (error) {
      const code = codeOf(error);
      if ((code !== 'EMFILE' && code !== 'ENFILE') || attempt === TRIES) throw error;
      await setTimeout(WAIT_MS);
    }
  }
}
