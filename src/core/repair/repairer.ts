import type { JournalEvent, RunPlan } from '../journal/events.ts';
import { encodeEvent } from '../journal/journal.ts';
import { replay } from '../journal/replay.ts';
import type { ImageId, RunId } from '../model/ids.ts';
import type { ImageState } from '../model/imageState.ts';
import type { Clock } from '../ports/clock.ts';
import type { DatabaseProbe } from '../ports/databaseProbe.ts';
import type { JournalFolder, JournalSalvage, RunLocks } from '../ports/journalFile.ts';
import type { Store } from '../ports/store.ts';
import type { Folders } from '../settings/folders.ts';
import { ClueFinder, type ClueParts } from './clueFinder.ts';
import { mendEvents, type Mended } from './mendEvents.ts';
import { rebuildStore, type RebuildParts } from './rebuildStore.ts';
import { salvagedEvents, type Damage } from './salvagedEvents.ts';
import { survey } from './survey.ts';

export interface RepairerParts extends ClueParts, Omit<RebuildParts, 'files' | 'journals'> {
  readonly version: string;
  readonly clock: Clock;
  readonly locks: RunLocks;
  readonly journals: JournalFolder;
  /** of the undos */
  readonly undoJournals: JournalFolder;
  readonly database: DatabaseProbe;
  /** Opens the database; a damaged one is moved aside, and an empty one begun. */
  readonly openStore: () => Promise<{ readonly store: Store; readonly kept?: string }>;
  readonly newRunId: (at: Date) => RunId;
  readonly folders: Folders;
}

/** What a repair did with one thing. Texts for people, a line each, without secrets. */
export interface Repair {
  readonly what: 'journal' | 'undo-journal' | 'database';
  readonly text: string;
  /** particulars */
  readonly details: readonly string[];
  /** absolute path of what was there before */
  readonly kept?: string;
}

/**
 * Puts a damaged journal and database right. Nothing is removed and nothing is overwritten: the repaired journal is the next
 * one, and the damaged one stays beside it as it is.
 *
 *   lock -> journal: all that can be read, lost lines made again from inbox and sorted folder -> undo's journal -> database,
 *   from all journals and manifests -> unlock
 */
export class Repairer {
  private readonly parts: RepairerParts;

  constructor(parts: RepairerParts) {
    this.parts = parts;
  }

  /**
   * @returns what was done; nothing when all was sound
   * @throws LockHeld, FatalError; the signal's reason
   */
  async repair(signal: AbortSignal): Promise<readonly Repair[]> {
    // nothing was ever kept here, and nothing is to be begun
    if (!(await this.parts.files.stat(this.parts.folders.working))) return [];
    const lock = await this.parts.locks.acquire('doctor --repair');
    try {
      const done: Repair[] = [];
      const journal = await this.repairJournal(signal);
      if (journal) done.push(journal);
      const undo = await this.repairUndoJournal();
      if (undo) done.push(undo);
      const database = await this.repairDatabase();
      if (database) done.push(database);
      return done;
    } finally {
      await lock.release();
    }
  }

  private async repairJournal(signal: AbortSignal): Promise<Repair | undefined> {
    const all = await this.parts.journals.salvage();
    const damaged = all.at(-1);
    if (!damaged) return undefined;
    const damages: Damage[] = [];
    const known = await survey(salvagedEvents(damaged, (damage) => damages.push(damage)));
    if (damages.length === 0 && known.hasStart) return undefined;

    const hasGaps = !known.hasStart || damages.some(({ kind }) => kind === 'lost');
    const mended: Mended = { introduced: [], found: new Set(), unknown: new Set() };
    const older = all.slice(0, -1);
    const events = hasGaps ? this.filledUp(damaged, older, known, mended, signal) : salvagedEvents(damaged);
    const repaired = await this.parts.journals.create(encoded(events));
    const { path } = repaired;
    await repaired.close();
    return {
      what: 'journal',
      text: `The journal ${damaged.path} was damaged. What can be read of it is in ${path} now; the damaged one is kept as it is.`,
      details: [
        ...damages.map(damageText),
        ...(known.hasStart ? [] : ['The beginning of the run was lost, and is made again from the settings.']),
        ...mendedTexts(mended),
      ],
      kept: damaged.path,
    };
  }

  /** The events, with what is lost made again. */
  private async *filledUp(
    damaged: JournalSalvage,
    older: readonly JournalSalvage[],
    known: Awaited<ReturnType<typeof survey>>,
    mended: Mended,
    signal: AbortSignal,
  ): AsyncGenerator<JournalEvent> {
    const { parts } = this;
    const { folders, clock } = parts;
    const before = await openIn(older.at(-1));
    const finder = new ClueFinder(parts, known.strangers, before, signal);
    const inboxes = new Set([
      folders.inbox,
      ...(known.plan?.inbox === undefined ? [] : [known.plan.inbox]),
      ...(known.plan?.inboxes ?? []),
    ]);
    const told = await idsIn(older);
    const isKnown = (id: ImageId): boolean => known.introduced.has(id) || told.has(id);
    const forgotten = await finder.walkInboxes(inboxes, [folders.sorted, folders.working], isKnown);
    const carried = [...before.values()].filter(
      ({ image }) => !known.introduced.has(image.id) && !known.strangers.has(image.id),
    );
    const clues = {
      introduction: (id: ImageId) => finder.introduction(id),
      whereSorted: finder.whereSorted.bind(finder),
      isInPlace: finder.isInPlace.bind(finder),
      hash: finder.hash.bind(finder),
      maySort: known.maySort,
      sorted: known.plan?.sorted ?? folders.sorted,
      now: new Date(clock.now()).toISOString(),
    };
    const start = known.hasStart ? undefined : this.newStart(known);
    const withCarried = async function* (): AsyncGenerator<JournalEvent> {
      if (start) yield start;
      if (start) for (const state of carried) yield { kind: 'image-carried', state };
      for await (const event of salvagedEvents(damaged)) {
        yield event;
        if (event.kind === 'run-started') for (const state of carried) yield { kind: 'image-carried', state };
      }
      for (const image of forgotten) yield { kind: 'image-found', image };
    };
    mended.introduced.push(...carried.map(({ image }) => image.path), ...forgotten.map(({ path }) => path));
    yield* mendEvents(withCarried(), clues, mended);
  }

  private newStart({ plan, begun }: Awaited<ReturnType<typeof survey>>): JournalEvent {
    const { version, clock, newRunId, folders } = this.parts;
    const at = new Date(begun ?? clock.now());
    const fallback: RunPlan = {
      command: 'process',
      inbox: folders.inbox,
      sorted: folders.sorted,
      skip: [],
      reprocess: false,
      offline: false,
      overrides: {},
    };
    return { kind: 'run-started', at: at.toISOString(), runId: newRunId(at), version, plan: plan ?? fallback };
  }

  /** Its lines concern files that every undo looks at afresh, so that one that is lost need not be made again. */
  private async repairUndoJournal(): Promise<Repair | undefined> {
    const { undoJournals } = this.parts;
    const damaged = (await undoJournals.salvage()).at(-1);
    if (!damaged) return undefined;
    const damages: Damage[] = [];
    for await (const line of damaged.lines()) if (line.kind !== 'whole') damages.push(line);
    if (damages.length === 0) return undefined;
    const repaired = await undoJournals.create(readableLines(damaged));
    const { path } = repaired;
    await repaired.close();
    return {
      what: 'undo-journal',
      text: `The journal of the undos ${damaged.path} was damaged. What can be read of it is in ${path} now; the damaged one is kept as it is.`,
      details: damages.map(damageText),
      kept: damaged.path,
    };
  }

  private async repairDatabase(): Promise<Repair | undefined> {
    const { database, journals } = this.parts;
    const facts = await database.look();
    if (facts.kind === 'sound' || facts.kind === 'unusable') return undefined;
    const { store, kept } = await this.parts.openStore();
    try {
      const { journals: read, manifests } = await rebuildStore(store, this.parts);
      let sorted = 0;
      for (const _ of store.allSorted()) sorted++;
      if (facts.kind === 'none' && sorted === 0) return undefined;
      const live = (await journals.readLatest())?.number ?? 0;
      await store.checkpoint({ journal: live, offset: 0 });
      return {
        what: 'database',
        text:
          facts.kind === 'none'
            ? `The database was gone. It was made again from ${counted(read, 'journal')} and ${counted(manifests, 'manifest')}: ${counted(sorted, 'sorted image')}.`
            : `The database was damaged (${facts.why}). It was made again from ${counted(read, 'journal')} and ${counted(manifests, 'manifest')}: ${counted(sorted, 'sorted image')}.`,
        details: ['Posts and looks that only it knew are fetched and made again when they are needed.'],
        ...(kept !== undefined && { kept }),
      };
    } finally {
      store.close();
    }
  }
}

async function* encoded(events: AsyncIterable<JournalEvent>): AsyncGenerator<string> {
  for await (const event of events) yield encodeEvent(event);
}

async function* readableLines(journal: JournalSalvage): AsyncGenerator<string> {
  for await (const line of journal.lines()) if (line.kind === 'whole' || line.kind === 'mended') yield line.text;
}

/** What the journal before the damaged one left open, and so was carried over. */
async function openIn(journal: JournalSalvage | undefined): Promise<ReadonlyMap<ImageId, ImageState>> {
  if (!journal) return new Map();
  async function* withoutOffsets(from: JournalSalvage): AsyncGenerator<{ event: JournalEvent; end: number }> {
    for await (const event of salvagedEvents(from)) yield { event, end: 0 };
  }
  const found = await replay({ number: journal.number, events: () => withoutOffsets(journal) });
  return found?.open ?? new Map();
}

async function idsIn(journals: readonly JournalSalvage[]): Promise<ReadonlySet<ImageId>> {
  const ids = new Set<ImageId>();
  for (const journal of journals) for (const id of (await survey(salvagedEvents(journal))).introduced) ids.add(id);
  return ids;
}

function damageText(damage: Damage): string {
  switch (damage.kind) {
    case 'mended':
      return `Line ${damage.line} had a wrong byte, and was put right by its checksum.`;
    case 'lost':
      return `Line ${damage.line} (byte ${damage.offset}): ${counted(damage.bytes, 'byte')} can’t be read.`;
    case 'torn':
      return `The last line was cut off (${counted(damage.bytes, 'byte')}): what it was about is done again.`;
  }
}

function mendedTexts({ introduced, found, unknown }: Mended): readonly string[] {
  return [
    ...introduced.map((path) => `${path}: found again, and taken up by the next run.`),
    ...[...found].map((path) => `${path}: what was done with it was found out from the sorted folder.`),
    ...(unknown.size > 0
      ? [
          `${counted(unknown.size, 'image')} of which lines are lost could not be found: neither in the inbox nor in the sorted folder.`,
        ]
      : []),
  ];
}

const counted = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;
