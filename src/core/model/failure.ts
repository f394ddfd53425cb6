/** Why something failed: one word for code and grouping; the texts for people are in core/report/advice.ts. */
export const FAILURE_REASONS = [
  // the file
  'not-an-image', 'empty', 'corrupt', 'too-large', 'unreadable', 'vanished', 'changed', 'unsafe-name', 'not-a-file', 'folder-unreadable',
  // writing
  'no-space', 'not-writable', 'exists', 'sidecar-malformed', 'verify-failed',
  // the services
  'network', 'service-error', 'bad-answer', 'key-refused', 'rate-limited', 'blocked',
  // our own parts
  'exiftool', 'model', 'nas-unreachable', 'interrupted', 'internal',
] as const; // prettier-ignore
export type FailureReason = (typeof FAILURE_REASONS)[number];

/** A stage's failure for one image, as it is kept in the journal and the manifest. */
export interface StageFailure {
  readonly reason: FailureReason;
  /** one sentence for people, without secrets */
  readonly message: string;
  readonly attempts: number;
}

/**
 * An error that concerns one image (or one service's answer for it): the stage fails, the run goes on.
 * `transient` ones are worth another try at once. After an `unfinished` one the user's files are left in the middle of what
 * was announced for them: the plan stays, and the next attempt carries it out to its end.
 */
export class ImageError extends Error {
  override readonly name = 'ImageError';
  readonly reason: FailureReason;
  readonly transient: boolean;
  readonly unfinished: boolean;
  constructor(
    reason: FailureReason,
    message: string,
    options: { cause?: unknown; transient?: boolean; unfinished?: boolean } = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.reason = reason;
    this.transient = options.transient ?? false;
    this.unfinished = options.unfinished ?? false;
  }

  /** The same error, of which something is left that must be finished. */
  static unfinished(cause: ImageError): ImageError {
    const { reason, message, transient } = cause;
    return new ImageError(reason, message, { cause, transient, unfinished: true });
  }
}

/**
 * The installed decoder does not know the picture's format, or can't be loaded at all. Nothing is wrong with the file, and
 * no other try helps: what needs the pixels is passed over. The message names the format, never the file, so that it is the
 * same for all pictures concerned and need be told once.
 */
export class DecoderLacks extends Error {
  override readonly name = 'DecoderLacks';
}

/** Why nothing can go on. */
export type FatalReason =
  | 'no-space'
  | 'not-writable'
  | 'inbox-unreadable'
  | 'journal-broken'
  | 'database-broken'
  | 'newer-version'
  | 'no-exiftool';

/** The run can't go on for any image: it stops at once and says what to do. */
export class FatalError extends Error {
  override readonly name = 'FatalError';
  readonly reason: FatalReason;
  constructor(reason: FatalReason, message: string, options: { cause?: unknown } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.reason = reason;
  }
}
