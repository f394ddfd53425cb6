/** What was put beside a journal by `save`. */
export interface SavedDigest {
  /** the byte of the journal up to which it goes */
  readonly offset: number;
  readonly lines: readonly string[];
}

/** A place in a journal, and a checksum of all that is before it. */
export interface JournalMark {
  readonly offset: number;
  readonly crc: number;
}

export interface JournalReader {
  /** grows by one from journal to journal; the highest is the live one */
  readonly number: number;
  readonly path: string;
  /** Lines from byte `from` on, each with the offset behind it. */
  lines(from?: number): AsyncIterable<{ readonly text: string; readonly end: number }>;
  /** The digest beside it, when it is whole and the journal is up to there byte for byte what it was made of. */
  saved(): Promise<SavedDigest | undefined>;
}

/**
 * An append-only file of lines with one writer. A line that was torn by a crash at the end is dropped when it is opened;
 * any other damage is a FatalError `journal-broken` that names the line.
 */
export interface JournalFile extends JournalReader {
  /** bytes of whole lines so far */
  readonly offset: number;
  /** Appends a line. `durable` resolves once it is on the disk (fsync, shared by all that wait), else once it is handed to the system. */
  append(text: string, durable: boolean): Promise<void>;
  /** Resolves when all that was appended before is on the disk. */
  synced(): Promise<void>;
  /** behind all that was appended, whether it is on file yet or not */
  mark(): JournalMark;
  /** Puts a digest of all before the mark beside it, in place of the one that is there. */
  save(mark: JournalMark, lines: readonly string[]): Promise<void>;
  /** Resolves when all that was appended before is handed to the system, and this is still the one writer. */
  written(): Promise<void>;
  close(): Promise<void>;
}

/** What can be read of a journal, whatever has happened to it. */
export type SalvagedLine =
  | { readonly kind: 'whole'; readonly text: string }
  /** damaged, and put right by its checksum */
  | { readonly kind: 'mended'; readonly text: string; readonly line: number }
  /** bytes that can't be read; the line is counted from 1 */
  | { readonly kind: 'lost'; readonly line: number; readonly offset: number; readonly bytes: number }
  /** the beginning of a last line that never got its end */
  | { readonly kind: 'torn'; readonly line: number; readonly offset: number; readonly bytes: number };

export interface JournalSalvage {
  readonly number: number;
  readonly path: string;
  lines(): AsyncIterable<SalvagedLine>;
}

/** The journals of a working folder. */
export interface JournalFolder {
  /** the live journal, undefined when there is none yet; only for the holder of the lock */
  openLatest(): Promise<JournalFile | undefined>;
  /** The live journal for reading alone, while its writer may be at work: a last line that is not whole is not read. */
  readLatest(): Promise<JournalReader | undefined>;
  /** Makes the next journal with these lines as its beginning, whole or not at all. */
  create(firstLines: Iterable<string> | AsyncIterable<string>): Promise<JournalFile>;
  /** All journals that are kept, the oldest first, whatever state they are in. They are read only. */
  salvage(): Promise<readonly JournalSalvage[]>;
}

/** Keeps a second run out. */
export interface RunLock {
  /** Releases it. */
  release(): Promise<void>;
}

export interface RunLocks {
  /** @throws LockHeld with who holds it, unless for a moment only. A lock whose owner is gone is taken over. */
  acquire(command: string): Promise<RunLock>;
  /** Who holds it, this process included; undefined when it is free, or its owner is gone. */
  holder(): Promise<LockHeld | undefined>;
}

/** Another run is going on. */
export class LockHeld extends Error {
  override readonly name = 'LockHeld';
  readonly pid: number;
  /** it is at something that takes a moment */
  readonly brief: boolean;
  constructor(pid: number, message: string, brief = false) {
    super(message);
    this.pid = pid;
    this.brief = brief;
  }
}
