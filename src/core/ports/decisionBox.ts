import type { ImageId } from '../model/ids.ts';
import type { Decision } from '../model/review.ts';

/** A person's word on one image that waits. */
export interface PostedDecision {
  readonly image: ImageId;
  /** absent: the decision that was made before is taken back */
  readonly decision?: Decision;
}

/** Decisions that were posted together. */
export interface Letter {
  readonly decisions: readonly PostedDecision[];
  /** Once they are in the journal; to do it twice is harmless. */
  remove(): Promise<void>;
}

/**
 * Where people's decisions are left, by any process and without the lock. Whoever holds the lock takes them into the journal:
 * a run that is on, wherever it was started, or the review itself. So none is lost with a killed process.
 */
export interface DecisionBox {
  /** On the disk when it resolves. @throws FatalError when the working folder is full or read-only */
  post(decisions: readonly PostedDecision[]): Promise<void>;
  /** In the order of posting. */
  unread(): Promise<readonly Letter[]>;
  /** Calls when there is something to read, also by another process's hand, until the returned function is called. */
  watch(onPost: () => void): () => void;
}
