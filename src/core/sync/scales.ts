import { changeOf, type ChangeNotes, type ServerChange } from '../photoServer/serverChange.ts';
import type { Clock } from '../ports/clock.ts';
import {
  decideTransfer,
  DIFFERENT_BYTES,
  isSame,
  isUntouched,
  OTHER_SPELLING,
  type TransferDecision,
} from './decideTransfer.ts';
import { heldRecord } from './loader.ts';
import { Portions } from './portions.ts';
import type { SortedFile } from './sortedFolder.ts';
import type { Spellings } from './spellings.ts';
import type { Cargo, FileFacts, SyncEngine, There } from './syncEngine.ts';
import type { SyncRecord, SyncRecords } from './syncRecords.ts';

/** A file of the sorted folder, and where it belongs on the NAS. */
export interface Located {
  readonly file: SortedFile;
  readonly place: string;
}

interface Judged<Verdict> extends Located {
  readonly verdict: Verdict;
  /** as it was before */
  readonly record: SyncRecord | undefined;
}

/** What becomes of a file, when its bytes were compared where that was needed. */
export type Weighed = Judged<Exclude<TransferDecision, { kind: 'compare' }>>;

/** What stood at places of the NAS. */
export interface Sight {
  readonly places: readonly string[];
  readonly there: ReadonlyMap<string, There>;
}

/** Finds out what is to be done for files: looks at the NAS, asks the memory, and compares bytes where nothing else tells. */
export class Scales {
  private readonly engine: SyncEngine;
  private readonly records: SyncRecords;
  private readonly verify: 'size' | 'checksum';
  private readonly clock: Clock;
  private readonly notes: ChangeNotes | undefined;

  /** @param notes hears of what turns out to have arrived before a kill */
  constructor(
    engine: SyncEngine,
    records: SyncRecords,
    verify: 'size' | 'checksum',
    clock: Clock,
    notes?: ChangeNotes,
  ) {
    this.engine = engine;
    this.records = records;
    this.verify = verify;
    this.clock = clock;
    this.notes = notes;
  }

  /** Looks at the NAS, for `weigh`. @throws NasUnreachable */
  async look(places: readonly string[], signal: AbortSignal): Promise<Sight> {
    return { places, there: places.length > 0 ? await this.engine.look(places, signal) : new Map<string, There>() };
  }

  /**
   * @param units what belongs together @param spellings of these files, and of whatever else may be taken for one of them
   * @param seen of an earlier look; the rest is looked at now
   * @returns the units, in their order. @throws NasUnreachable
   */
  async weigh(
    units: readonly (readonly Located[])[],
    spellings: Spellings,
    signal: AbortSignal,
    seen?: Sight,
  ): Promise<readonly (readonly Weighed[])[]> {
    const before = units.map((unit) => unit.map(({ place }) => seen?.there.get(place)));
    const missing = units.flatMap((unit, i) => unit.map(({ place }) => place).filter((_, j) => !before[i]?.[j]));
    const unseen = but(missing, seen?.places ?? []);
    // also when there is nothing to look at: only the answer tells whether the NAS keeps times
    const more = unseen.length > 0 || !seen ? await this.engine.look(unseen, signal) : undefined;
    // known from the first answer on
    const { keepsTimes } = this.engine;
    const decided = units.map((unit, i) =>
      unit.map(({ file, place }, j) => {
        const record = this.records.of(place);
        const there = before[i]?.[j] ?? more?.get(place);
        const isShared = (): boolean => spellings.isShared(place);
        const verdict = this.atSight(decideTransfer({ here: file, there, record, keepsTimes, isShared }));
        return { file, place, record, verdict };
      }),
    );
    await this.learn(decided.flat().filter(isCertain), spellings);
    return this.compared(decided, spellings, signal);
  }

  /**
   * With the bytes compared of those of which nothing else tells: in portions, each of which is learned, since a whole library that
   * has to be read on the NAS takes longer than most runs live.
   */
  private async compared(
    units: readonly (readonly Judged<TransferDecision>[])[],
    spellings: Spellings,
    signal: AbortSignal,
  ): Promise<readonly (readonly Weighed[])[]> {
    const unsure = units.flat().filter((one) => !isCertain(one));
    const compared = new Map<string, Weighed>();
    for (const portion of new Portions(this.clock).of(unsure.map((one) => [{ ...one, size: one.file.size }]))) {
      const sources = portion.flat().map(({ file, place }) => ({ place, source: file.path }));
      const same = await this.engine.same(sources, signal);
      const weighed = portion.flat().map(({ file, place, record, verdict }): Weighed => {
        if (verdict.kind !== 'compare') return { file, place, record, verdict };
        if (same.has(place)) return { file, place, record, verdict: unchanged(verdict.there) };
        const why = spellings.isShared(place) ? OTHER_SPELLING : DIFFERENT_BYTES;
        return { file, place, record, verdict: differs(verdict, why) };
      });
      await this.learn(weighed, spellings);
      for (const one of weighed) compared.set(one.place, one);
    }
    return units.map((unit) => unit.map((one) => compared.get(one.place) ?? (one as Weighed)));
  }

  /** Files only get their names whole, so size and time are enough where nothing more is asked for. */
  private atSight(verdict: TransferDecision): TransferDecision {
    const isEnough = verdict.kind === 'compare' && verdict.otherwise === 'update' && this.verify === 'size';
    return isEnough ? unchanged(verdict.there) : verdict;
  }

  /**
   * What is equal on both sides, and was not known to be, is remembered. Not so what may be there for another file alone: that one
   * may change.
   */
  private async learn(files: readonly Weighed[], spellings: Spellings): Promise<void> {
    const news: SyncRecord[] = [];
    const changes: ServerChange[] = [];
    for (const { file, place, verdict, record: known } of files) {
      if (verdict.kind !== 'unchanged') continue;
      if (known?.state === 'held' && known.there && isSame(known.there, verdict.there) && isUntouched(known.here, file))
        continue;
      if (!known && spellings.isShared(place)) continue;
      news.push(heldRecord({ place, ...file }, verdict.there, known?.ours ?? false));
      const change = known?.state === 'intended' && changeOf({ place, replaces: known.there }, false);
      if (change) changes.push(change);
    }
    await this.notes?.add(changes);
    if (news.length > 0) await this.records.write(news);
  }
}

const isCertain = (one: Judged<TransferDecision>): one is Weighed => one.verdict.kind !== 'compare';

function but(places: readonly string[], others: readonly string[]): readonly string[] {
  if (places.length === 0) return places;
  const known = new Set(others);
  return places.filter((place) => !known.has(place));
}

/** What is to be copied of a file, undefined when nothing is. */
export function cargoOf({ file, place, verdict, record }: Weighed): Cargo | undefined {
  if (verdict.kind !== 'copy' && verdict.kind !== 'update') return undefined;
  const { path: source, size, mtimeMs } = file;
  const resume = record?.state === 'intended' && isUntouched(record.here, file);
  return { place, source, size, mtimeMs, resume, replaces: verdict.kind === 'update' ? verdict.replaces : undefined };
}

const unchanged = (there: FileFacts): Weighed['verdict'] => ({ kind: 'unchanged', there });

const differs = ({ there, otherwise }: TransferDecision & { kind: 'compare' }, why: string): Weighed['verdict'] =>
  otherwise === 'update' ? { kind: 'update', replaces: there } : { kind: 'conflict', why };
