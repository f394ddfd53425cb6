/** One thing that a person does in the review panel by key, as a command of VS Code. */
export interface ReviewAct {
  /** the command is `imageInbox.review.` and this; its title is in package.nls.json */
  readonly id: string;
  /** as VS Code writes keys; the first is shown */
  readonly keys: readonly string[];
  /** on macOS, where it differs */
  readonly mac?: readonly string[];
}

/**
 * All of them, by what they are about. They are commands of VS Code with keys that package.json gives them (`node
 * scripts/contributions.ts` writes them there), so that a person can give them others. What belongs to a list of any kind
 * (arrows, Home, Space, selecting) is the panel's own.
 */
export const REVIEW_ACTS = [
  { id: 'approve', keys: ['a'] },
  { id: 'reject', keys: ['r'] },
  { id: 'skip', keys: ['s'] },
  { id: 'editTags', keys: ['e'] },
  { id: 'chooseCategory', keys: ['c'] },
  { id: 'undo', keys: ['ctrl+z', 'u'], mac: ['cmd+z', 'u'] },
  { id: 'redo', keys: ['ctrl+shift+z', 'ctrl+y', 'shift+u'], mac: ['cmd+shift+z', 'shift+u'] },
  { id: 'approveAll', keys: ['shift+a'] },
  { id: 'approveAbove', keys: ['t'] },
  { id: 'skipAll', keys: ['shift+s'] },
  { id: 'find', keys: ['f', '/'] },
  { id: 'openImage', keys: ['o'] },
  { id: 'openMatch', keys: ['m'] },
  { id: 'showKeys', keys: ['h', 'shift+/'] },
] as const satisfies readonly ReviewAct[];

export type ReviewActId = (typeof REVIEW_ACTS)[number]['id'];

export const REVIEW_ACT_IDS = REVIEW_ACTS.map(({ id }) => id) as [ReviewActId, ...ReviewActId[]];
