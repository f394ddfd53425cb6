/** The seven stages in the order in which they are shown, numbered and started from. Scheduling follows `Stage.needs`. */
export const STAGE_IDS = ['scan', 'search', 'review', 'xmp', 'analyze', 'categorize', 'sync'] as const;

export type StageId = (typeof STAGE_IDS)[number];

export const isStageId = (text: string): text is StageId => (STAGE_IDS as readonly string[]).includes(text);
