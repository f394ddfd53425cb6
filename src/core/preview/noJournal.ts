import type { JournalFile, JournalMark } from '../ports/journalFile.ts';

/** Keeps nothing: what a dry run finds out is no truth about a run. */
export class NoJournal implements JournalFile {
  readonly number = 0;
  readonly path = '';
  readonly offset = 0;

  // eslint-disable-next-line @typescript-eslint/require-await -- there is nothing to wait for
  async *lines(): AsyncGenerator<never> {
    yield* [];
  }

  saved(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  mark(): JournalMark {
    return { offset: 0, crc: 0 };
  }

  save(): Promise<void> {
    return Promise.resolve();
  }

  written(): Promise<void> {
    return Promise.resolve();
  }

  synced(): Promise<void> {
    return Promise.resolve();
  }

  append(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
