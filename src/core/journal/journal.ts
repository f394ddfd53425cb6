import { FatalError } from '../model/failure.ts';
import type { JournalFile, JournalReader, SavedDigest } from '../ports/journalFile.ts';
import type { Digest } from './digest.ts';
import type { JournalEvent } from './events.ts';

/** A journal's events, in order, each with the offset behind it. */
export interface JournalEvents {
  readonly number: number;
  /** @param answers whether to read what services said, which is half of a journal, up to this offset; all if not given */
  events(answers?: (end: number) => boolean, from?: number): AsyncIterable<Placed>;
  /** what need not be read again; undefined where there is nothing of the sort */
  saved?(): Promise<SavedDigest | undefined>;
}

interface Placed {
  readonly event: JournalEvent;
  /** the offset behind it */
  readonly end: number;
}

/** For readers whom only the images concern. */
export const noAnswers = (): boolean => false;

/** The live journal. Writing is serial: events are on file in the order of the calls. */
export class Journal implements JournalEvents {
  private readonly file: JournalFile;
  private digest: Digest | undefined;
  private saving: Promise<void> = Promise.resolve();
  constructor(file: JournalFile) {
    this.file = file;
  }

  get number(): number {
    return this.file.number;
  }

  /** where the database stands when it knows all that was appended */
  get position(): { readonly journal: number; readonly offset: number } {
    return { journal: this.file.number, offset: this.file.offset };
  }

  /** Appends; resolves once it is handed to the system, which is enough to survive a killed process. */
  append(event: JournalEvent): Promise<void> {
    this.digest?.apply(event);
    return this.file.append(encodeEvent(event), false);
  }

  /** Appends and resolves once it is on the disk, so that it survives a power cut: before the user's files are touched. */
  appendDurably(event: JournalEvent): Promise<void> {
    this.digest?.apply(event);
    return this.file.append(encodeEvent(event), true);
  }

  /** Resolves when all that was appended before is on the disk: once for many events that may not be lost. */
  synced(): Promise<void> {
    return this.file.synced();
  }

  events(answers?: (end: number) => boolean, from?: number): AsyncGenerator<Placed> {
    return eventsOf(this.file, answers, from);
  }

  saved(): Promise<SavedDigest | undefined> {
    return this.file.saved();
  }

  /** @param digest of all that it holds so far: what is appended goes there too */
  follow(digest: Digest): void {
    this.digest = digest;
  }

  /**
   * Takes a checkpoint of the database, and then saves the digest as it is now: one that knew more than the database could not
   * be used. That it can't be saved costs the next run time, and no more.
   * @param checkpoint of all that is in the journal by then
   */
  async checkpoint(checkpoint: () => Promise<void>): Promise<void> {
    const { file } = this;
    const mark = file.mark();
    const lines = this.digest?.lines();
    await file.written();
    await checkpoint();
    if (!lines) return;
    this.saving = this.saving.then(() => file.save(mark, lines)).catch(() => undefined);
    await this.saving;
  }

  close(): Promise<void> {
    return this.file.close();
  }
}

/** The events of a journal that another process may be writing. */
export const readEvents = (reader: JournalReader): JournalEvents => ({
  number: reader.number,
  events: (answers, from) => eventsOf(reader, answers, from),
  saved: () => reader.saved(),
});

export const encodeEvent = (event: JournalEvent): string => JSON.stringify(event);

async function* eventsOf(
  reader: JournalReader,
  answers?: (end: number) => boolean,
  from?: number,
): AsyncGenerator<Placed> {
  for await (const { text, end } of reader.lines(from)) {
    if (answers && text.startsWith(ANSWERED) && !answers(end)) continue;
    yield { event: decodeEvent(text, reader.path), end };
  }
}

/** How such a line begins: `kind` is the first member of every event. */
const ANSWERED = '{"kind":"answered",';

/** @throws FatalError `newer-version`. The lines are our own and carry a checksum, so their shape is not checked again; an unknown kind is a newer version's. */
export function decodeEvent(text: string, path: string): JournalEvent {
  const event = JSON.parse(text) as JournalEvent;
  if (!Object.hasOwn(KINDS, event.kind)) {
    throw new FatalError(
      'newer-version',
      `${path} has a line of the unknown kind "${event.kind}". It was written by a newer version of Image Inbox. Use that one.`,
    );
  }
  return event;
}

const KINDS = {
  'run-started': true,
  'run-resumed': true,
  'image-carried': true,
  'image-found': true,
  'image-passed': true,
  'stage-ended': true,
  answered: true,
  intended: true,
  operated: true,
  decided: true,
  'decision-withdrawn': true,
  'image-settled': true,
  'scan-ended': true,
  'run-ended': true,
} satisfies Record<JournalEvent['kind'], true>;
