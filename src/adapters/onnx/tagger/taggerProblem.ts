/** What is the matter with a tagger's folder. */
export type TaggerProblemReason = 'folder' | 'descriptor' | 'labels' | 'model';

/** A folder can't be used as a tagger; the message names the file, what is wrong, and what helps where that is known. */
export class TaggerProblem extends Error {
  override readonly name = 'TaggerProblem';
  readonly reason: TaggerProblemReason;
  constructor(reason: TaggerProblemReason, message: string, options: { cause?: unknown } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.reason = reason;
  }
}
