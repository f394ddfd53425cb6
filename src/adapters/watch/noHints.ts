import { setTimeout } from 'node:timers/promises';
import type { FolderHints } from '../../core/ports/folderHints.ts';

/** Hears nothing, as on a network drive: there whoever listens looks by himself. */
export const noHints: FolderHints = {
  listen: () => Promise.resolve(),
  next: async (ms, signal) => {
    await setTimeout(ms, undefined, { signal });
  },
  stop: () => Promise.resolve(),
};
