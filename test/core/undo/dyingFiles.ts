import type { UndoFiles } from '../../../src/core/ports/files.ts';

/** How the process ends in which `dyingFiles` are. */
export class Killed extends Error {}

const CHANGING = ['move', 'copy', 'removeIfSame', 'replaceIfSame', 'removeFolder', 'makeFolder'] as const;

/** Files of a process that is killed at its n-th change, before it or right after it. */
export function dyingFiles(files: UndoFiles, changes: number, after: boolean): UndoFiles {
  let left = changes;
  let dead = false;
  return new Proxy(files, {
    get(target, name: keyof UndoFiles) {
      const method = target[name].bind(target) as (...args: unknown[]) => Promise<unknown>;
      return async (...args: unknown[]) => {
        if (dead) throw new Killed();
        if (!(CHANGING as readonly string[]).includes(name)) return method(...args);
        dead = left-- === 0;
        if (dead && !after) throw new Killed();
        const result = await method(...args);
        if (dead) throw new Killed();
        return result;
      };
    },
  });
}
