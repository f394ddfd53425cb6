import type { JournalReader } from '../ports/journalFile.ts';
import { Digest } from './digest.ts';
import type { JournalEvent } from './events.ts';
import { encodeEvent, noAnswers, readEvents } from './journal.ts';

/** Images whose states are kept, some 60 MB. With more of them the journal is read anew each time. */
const MOST_KEPT = 20_000;

interface Kept {
  readonly path: string;
  readonly digest: Digest;
  /** the first event of the journal, and the last that was read, as they are written */
  readonly first: string | undefined;
  readonly last: string;
  /** the offset behind the event before the last */
  readonly before: number;
}

/**
 * What the live journal said when it was read last, for those who ask again whenever something was added: only what is new is
 * read then. A run keeps its own.
 */
export class LastReading {
  private kept: Kept | undefined;
  private reading: Promise<unknown> = Promise.resolve();

  /** What the journal says now. It goes along with later readings, so it is to be looked at at once. @throws FatalError */
  read(reader: JournalReader): Promise<Digest> {
    // one after the other: two at once would add the same events twice
    const read = this.reading.then(() => this.goOn(reader));
    this.reading = read.catch(() => undefined);
    return read;
  }

  private async goOn(reader: JournalReader): Promise<Digest> {
    const { kept } = this;
    this.kept = undefined;
    const first = await firstOf(reader);
    // somebody may have thrown the working folder away meanwhile
    if (kept?.path === reader.path && kept.first === first && (await this.follow(reader, kept))) return kept.digest;
    const saved = await reader.saved();
    const before = saved && Digest.read(saved.lines);
    const digest = before ?? new Digest();
    await this.add(reader, { path: reader.path, digest, first, before: before ? saved.offset : 0 });
    return digest;
  }

  /** @returns whether it is the journal that was read */
  private async follow(reader: JournalReader, kept: Kept): Promise<boolean> {
    try {
      return await this.add(reader, kept);
    } catch {
      // no line begins there; or one is damaged, which the reading of all tells
      return false;
    }
  }

  /** Adds the events behind `before`; where a last one is known, it must be there, and the others are added. */
  private async add(reader: JournalReader, from: Omit<Kept, 'last'> & { readonly last?: string }): Promise<boolean> {
    let { last, before } = from;
    let isKnown = last === undefined;
    let behind = before;
    let newest: JournalEvent | undefined;
    for await (const { event, end } of readEvents(reader).events(noAnswers, before)) {
      if (isKnown) {
        from.digest.apply(event);
        newest = event;
        before = behind;
      } else if (encodeEvent(event) !== last) {
        return false;
      }
      isKnown = true;
      behind = end;
    }
    if (newest) last = encodeEvent(newest);
    if (isKnown && last !== undefined && from.digest.size <= MOST_KEPT) this.kept = { ...from, last, before };
    return isKnown;
  }
}

async function firstOf(reader: JournalReader): Promise<string | undefined> {
  for await (const { text } of reader.lines()) return text;
  return undefined;
}
