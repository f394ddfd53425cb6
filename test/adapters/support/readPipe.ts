import { closeSync, constants, openSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

/** The other end of a named pipe that somebody reads, who waits until it is disposed of: as for a NAS that has gone silent. */
export async function readPipe(path: string): Promise<Disposable> {
  for (;;) {
    try {
      const end = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
      return { [Symbol.dispose]: () => closeSync(end) };
    } catch (error) {
      // nobody reads it yet
      if ((error as NodeJS.ErrnoException).code !== 'ENXIO') throw error;
      await setTimeout(5);
    }
  }
}
