import type { JournalFile } from '../ports/journalFile.ts';

/** Keeps nothing: what a dry run finds out is no truth about a run. */
export class NoJournal implements JournalFile {
  readonly number = 0;
  readonly path = '';
  readonly offset = 0;

  // eslint-disable-next-line @typescript-eslint/require-await -- there is nothing to wait for
  async *lines(): AsyncGenerator<never> {
    yield* [];
  }

  append(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
