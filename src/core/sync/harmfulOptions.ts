import type { EngineId } from './destination.ts';

const REMOVES =
  'removes files that Image Inbox did not put on the NAS. Leave it out; imageInbox.sync.delete mirrors what is removed here, after a preview';
const MOVES = 'removes the pictures here that it has copied. Leave it out';
const HALVES = 'leaves halves of files on the NAS when it is cut off. Leave it out';

/**
 * Arguments with which a program would remove files, or show them half-written: a sync promises neither, and hands each program
 * lists of single files, for which these were not made.
 */
const HARMFUL: Readonly<Record<EngineId, readonly (readonly [RegExp, string])[]>> = {
  builtin: [],
  robocopy: [
    [/^[/-](mir|purge)$/i, REMOVES],
    [/^[/-](mov|move)$/i, MOVES],
  ],
  rsync: [
    [/^--del(ete\b.*)?$/, REMOVES],
    [/^--remove-(source|sent)-files$/, MOVES],
    // `--partial` alone is taken back
    [/^(--inplace|--append(-verify)?|--partial-dir.*)$/, HALVES],
  ],
  // its daemon copies and moves what it is asked to, whatever its flags for whole syncs
  rclone: [],
};

/** Why the user's own arguments for a program are refused, a sentence; undefined when they are not. */
export function whyHarmful(engine: EngineId, options: readonly string[]): string | undefined {
  for (const [pattern, why] of HARMFUL[engine]) {
    const option = options.find((one) => pattern.test(one));
    if (option !== undefined) return `With ${option}, ${engine} ${why}.`;
  }
  return undefined;
}
