import { changeOf, type ChangeNotes, type ServerChange } from '../photoServer/serverChange.ts';
import { decideTransfer, DIFFERENT_BYTES, isSame, OTHER_SPELLING, type TransferDecision } from './decideTransfer.ts';
import { heldRecord } from './loader.ts';
import type { SortedFile } from './sortedFolder.ts';
import type { Spellings } from './spellings.ts';
import type { Cargo, FileFacts, SyncEngine, There } from './syncEngine.ts';
import type { SyncRecord, SyncRecords } from './syncRecords.ts';

/** A file of the sorted folder, and where it belongs on the NAS. */
export interface Located {
  readonly file: SortedFile;
  readonly place: string;
}

/** What becomes of a file, when its bytes were compared where that was needed. */
export interface Weighed extends Located {
  readonly verdict: Exclude<TransferDecision, { kind: 'compare' }>;
}

/** By place. */
export type Weights = ReadonlyMap<string, Weighed>;

/** What stood at places of the NAS. */
export interface Sight {
  readonly places: ReadonlySet<string>;
  readonly there: ReadonlyMap<string, There>;
}

/** Finds out what is to be done for files: looks at the NAS, asks the memory, and compares bytes where nothing else tells. */
export class Scales {
  private readonly engine: SyncEngine;
  private readonly records: SyncRecords;
  private readonly verify: 'size' | 'checksum';
  private readonly notes: ChangeNotes | undefined;

  /** @param notes hears of what turns out to have arrived before a kill */
  constructor(engine: SyncEngine, records: SyncRecords, verify: 'size' | 'checksum', notes?: ChangeNotes) {
    this.engine = engine;
    this.records = records;
    this.verify = verify;
    this.notes = notes;
  }

  /** Looks at the NAS, for `weigh`. @throws NasUnreachable */
  async look(places: readonly string[], signal: AbortSignal): Promise<Sight> {
    const there = places.length > 0 ? await this.engine.look(places, signal) : new Map<string, There>();
    return { places: new Set(places), there };
  }

  /**
   * @param spellings of these files, and of whatever else may be taken for one of them
   * @param seen of an earlier look; the rest is looked at now. @throws NasUnreachable
   */
  async weigh(files: readonly Located[], spellings: Spellings, signal: AbortSignal, seen?: Sight): Promise<Weights> {
    const unseen = files.map(({ place }) => place).filter((place) => !seen?.places.has(place));
    // also when there is nothing to look at: only the answer tells whether the NAS keeps times
    const more = unseen.length > 0 || !seen ? await this.engine.look(unseen, signal) : undefined;
    const thereAt = (place: string): There | undefined => more?.get(place) ?? seen?.there.get(place);
    // known from the first answer on
    const { keepsTimes } = this.engine;
    const unsure: (Located & { verdict: TransferDecision & { kind: 'compare' } })[] = [];
    const weights = new Map<string, Weighed>();
    for (const located of files) {
      const { file, place } = located;
      const verdict = this.atSight(
        decideTransfer({
          here: file,
          there: thereAt(place),
          record: this.records.of(place),
          keepsTimes,
          isShared: spellings.isShared(place),
        }),
      );
      if (verdict.kind === 'compare') unsure.push({ ...located, verdict });
      else weights.set(place, { ...located, verdict });
    }
    if (unsure.length > 0) {
      const same = await this.engine.same(
        unsure.map(({ file, place }) => ({ place, source: file.path })),
        signal,
      );
      for (const { file, place, verdict } of unsure) {
        const why = spellings.isShared(place) ? OTHER_SPELLING : DIFFERENT_BYTES;
        weights.set(place, {
          file,
          place,
          verdict: same.has(place) ? unchanged(verdict.there) : differs(verdict, why),
        });
      }
    }
    await this.learn(weights, spellings);
    return weights;
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
  private async learn(weights: Weights, spellings: Spellings): Promise<void> {
    const news: SyncRecord[] = [];
    const changes: ServerChange[] = [];
    for (const { file, place, verdict } of weights.values()) {
      if (verdict.kind !== 'unchanged') continue;
      const known = this.records.of(place);
      if (known?.state === 'held' && known.there && isSame(known.there, verdict.there) && isSame(known.here, file))
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

/** What is to be copied of a file, undefined when nothing is. */
export function cargoOf({ file, place, verdict }: Weighed, record: SyncRecord | undefined): Cargo | undefined {
  if (verdict.kind !== 'copy' && verdict.kind !== 'update') return undefined;
  const { path: source, size, mtimeMs } = file;
  const resume = record?.state === 'intended' && isSame(record.here, file);
  return { place, source, size, mtimeMs, resume, replaces: verdict.kind === 'update' ? verdict.replaces : undefined };
}

const unchanged = (there: FileFacts): Weighed['verdict'] => ({ kind: 'unchanged', there });

const differs = ({ there, otherwise }: TransferDecision & { kind: 'compare' }, why: string): Weighed['verdict'] =>
  otherwise === 'update' ? { kind: 'update', replaces: there } : { kind: 'conflict', why };
