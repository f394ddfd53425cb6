import { ImageError } from '../model/failure.ts';
import type { Announcement, Announcer } from '../photoServer/announcer.ts';
import type { ServerChanges } from '../photoServer/serverChange.ts';
import type { Clock } from '../ports/clock.ts';
import type { SyncAnswer, SyncTarget, SyncUnit } from '../ports/syncTarget.ts';
import type { TransferDecision } from './decideTransfer.ts';
import { FullSync, type FullSyncParts } from './fullSync.ts';
import { Gather, type Gathered } from './gather.ts';
import { Loader, type Load } from './loader.ts';
import { Exclusion, placeOf } from './places.ts';
import { cargoOf, Scales, type Located } from './scales.ts';
import type { SortedFolder } from './sortedFolder.ts';
import { apart, Spellings } from './spellings.ts';
import { NasUnreachable, type Deliveries, type Delivery, type SyncEngine } from './syncEngine.ts';
import type { SyncOrder, SyncSummary } from './syncOrder.ts';
import type { SyncRecords } from './syncRecords.ts';

/** Images that come together while others are under way. */
const BATCH_UNITS = 200;
/** A NAS that is asleep takes long not to answer, so not every image asks it. */
const ASK_AGAIN_MS = 30_000;
const CLEAN_MS = 30_000;

export interface MirrorParts {
  readonly engine: SyncEngine;
  readonly openRecords: () => Promise<SyncRecords>;
  readonly sorted: SortedFolder;
  readonly clock: Clock;
  /** names that are not synced, in any folder; case does not matter */
  readonly exclude: readonly string[];
  readonly verify: 'size' | 'checksum';
  /** the photo server that shows the NAS folder; absent: none */
  readonly photoServer?: { readonly changes: ServerChanges; readonly announcer: Announcer };
}

interface Found {
  readonly unit: SyncUnit;
  readonly located: Gathered<readonly Located[]>;
}

interface Put {
  readonly unit: SyncUnit;
  readonly signal: AbortSignal;
}

/**
 * Keeps a NAS folder equal to the sorted folder, through whichever engine.
 *
 *   here, there, remembered -> decideTransfer (Scales) -> sidecars, then images (Loader) -> records
 *
 * `put` is for one image of a run; those that come while others are under way go together. `everything` is for the folder as a
 * whole, with what earlier runs could not bring, and removes what is gone here when it is told to.
 */
export class Mirror implements SyncTarget {
  private readonly parts: MirrorParts;
  private readonly exclusion: Exclusion;
  private readonly puts: Gather<Put, SyncAnswer>;
  private records: Promise<SyncRecords> | undefined;
  private tools: Promise<FullSyncParts> | undefined;
  /** of what was put, and of what earlier runs have put */
  private spellings: Spellings | undefined;
  /** stopped in the middle: what lies half-copied is gone on with the next time */
  private cutOff = false;
  private clearsUp = false;
  private away: { readonly why: string; readonly at: number } | undefined;

  constructor(parts: MirrorParts) {
    this.parts = parts;
    this.exclusion = new Exclusion(parts.exclude);
    this.puts = new Gather((items) => this.putBatch(items), BATCH_UNITS);
  }

  put(unit: SyncUnit, signal: AbortSignal): Promise<SyncAnswer> {
    return this.puts.add({ unit, signal });
  }

  /** @throws FatalError when the sorted folder or the records can't be read */
  async everything(order: SyncOrder, signal: AbortSignal): Promise<SyncSummary> {
    try {
      const summary = await new FullSync(await this.ready(signal), order).run(signal);
      this.cutOff ||= summary.unreachable !== undefined;
      return summary;
    } catch (error) {
      this.cutOff ||= signal.aborted;
      signal.throwIfAborted();
      if (!(error instanceof NasUnreachable)) throw error;
      const nothing = { copied: 0, updated: 0, unchanged: 0, conflict: 0, failed: 0, deleted: 0, bytes: 0 };
      return { ...nothing, unreachable: error.message };
    }
  }

  /**
   * Tells the photo server of what changed on the NAS since it was last told.
   * @returns undefined when there is none, or nothing to tell. @throws FatalError; the signal's reason
   */
  async announce(signal: AbortSignal): Promise<Announcement | undefined> {
    await this.puts.idle();
    return this.parts.photoServer?.announcer.announce(signal);
  }

  /** Has `close` clear up what a run that was cut off has left on the NAS, also where nothing was brought since. */
  clearUpAtEnd(): void {
    this.clearsUp = true;
  }

  /** Waits for what is under way, and ends what is behind it. */
  async close(): Promise<void> {
    await this.puts.idle();
    const { engine } = this.parts;
    if ((this.tools || this.clearsUp) && !this.cutOff && !this.away) {
      // nothing depends on it, and a NAS that has just fallen asleep must not hold up the end
      await engine.clean(AbortSignal.timeout(CLEAN_MS)).catch(() => undefined);
    }
    await engine.close();
    await this.parts.photoServer?.announcer.close();
    await (await this.records?.catch(() => undefined))?.close();
  }

  private async putBatch(items: readonly Put[]): Promise<readonly Gathered<SyncAnswer>[]> {
    const signal = AbortSignal.any([...new Set(items.map((item) => item.signal))]);
    signal.throwIfAborted();
    const { clock } = this.parts;
    let away = this.away && clock.now() - this.away.at < ASK_AGAIN_MS ? this.away : undefined;
    if (!away) {
      try {
        const units = items.map((item) => item.unit);
        const answers = await this.putTogether(units, signal);
        this.away = undefined;
        return answers;
      } catch (error) {
        this.cutOff ||= signal.aborted;
        signal.throwIfAborted();
        if (!(error instanceof NasUnreachable)) throw error;
        away = this.away = { why: error.message, at: clock.now() };
      }
    }
    const { why } = away;
    return items.map(() => ({ value: { kind: 'unreachable', why } }));
  }

  private async putTogether(units: readonly SyncUnit[], signal: AbortSignal): Promise<readonly Gathered<SyncAnswer>[]> {
    const found = await Promise.all(
      units.map(async (unit): Promise<Found> => ({ unit, located: await this.locate(unit) })),
    );
    const answers = new Map<SyncUnit, Gathered<SyncAnswer>>();
    for (const group of apart(found, ({ located }) => placesOf(located))) await this.putGroup(group, answers, signal);
    return units.map((unit) => answers.get(unit) ?? { error: new Error('a unit was not answered') });
  }

  /** @param found no two of which a NAS may take for one */
  private async putGroup(
    found: readonly Found[],
    answers: Map<SyncUnit, Gathered<SyncAnswer>>,
    signal: AbortSignal,
  ): Promise<void> {
    const { engine, scales, loader, records } = await this.ready(signal);
    if (!this.spellings) {
      this.spellings = new Spellings();
      this.spellings.add([...records.all()].map(({ place }) => place));
    }
    const units = found.map(({ located }) => ('value' in located ? located.value : []));
    this.spellings.add(units.flat().map(({ place }) => place));
    const weighedUnits = await scales.weigh(units, this.spellings, signal);
    const results = found.map(({ unit, located }, i) => {
      if ('error' in located) return { unit, error: located.error };
      const weighed = weighedUnits[i] ?? [];
      for (const { file, place, verdict } of weighed) {
        if (verdict.kind === 'conflict') return { unit, error: conflict(file.path, engine.nameOf(place), verdict) };
      }
      return { unit, load: weighed.flatMap((one) => cargoOf(one) ?? []), total: weighed.length };
    });
    const loads = results.flatMap((result) => ('load' in result ? [result.load] : []));
    const deliveries = new Map<string, Delivery>();
    for await (const brought of loader.bring(loads, { signal })) {
      for (const [place, delivery] of brought.deliveries) deliveries.set(place, delivery);
    }
    for (const { unit, ...result } of results) {
      if ('error' in result) {
        answers.set(unit, { error: result.error });
        continue;
      }
      const { files: paths, root } = unit;
      const destination = engine.nameOf(placeOf(root, paths.at(-1) ?? root));
      const unchanged = result.total - result.load.length;
      answers.set(unit, answer(result.load, deliveries, { destination, unchanged }));
    }
  }

  /** A unit's files as they are now; none where one of them is excluded, since a sidecar alone is of no use. */
  private async locate({ files, root }: SyncUnit): Promise<Gathered<readonly Located[]>> {
    const located: Located[] = [];
    try {
      for (const path of files) {
        const place = placeOf(root, path);
        if (this.exclusion.has(place)) return { value: [] };
        const facts = await this.parts.sorted.facts(path);
        if (!facts) throw new ImageError('vanished', `${path} is not there.`);
        located.push({ file: { path, ...facts }, place });
      }
      return { value: located };
    } catch (error) {
      return { error };
    }
  }

  /** @throws NasUnreachable, FatalError about the records */
  private async ready(signal: AbortSignal): Promise<FullSyncParts> {
    this.tools ??= this.prepare(signal);
    try {
      return await this.tools;
    } catch (error) {
      // it may be there the next time
      this.tools = undefined;
      throw error;
    }
  }

  private async prepare(signal: AbortSignal): Promise<FullSyncParts> {
    const { engine, sorted, clock, verify, openRecords, photoServer } = this.parts;
    const records = await (this.records ??= openRecords());
    if (holdsAny(records) && (await engine.isEmpty(signal))) {
      throw new NasUnreachable(
        `${engine.nameOf('')} is empty, although files were synced to it: it looks like a NAS that is not mounted. ` +
          'If it was emptied on purpose, put any file into it.',
      );
    }
    const notes = photoServer?.changes;
    const scales = new Scales(engine, records, verify, clock, notes);
    const loader = new Loader(engine, records, clock, notes);
    return { engine, records, scales, loader, sorted, exclusion: this.exclusion, clock, ...(notes && { notes }) };
  }
}

const placesOf = (located: Found['located']): readonly string[] =>
  'value' in located ? located.value.map(({ place }) => place) : [];

function answer(
  load: Load,
  deliveries: Deliveries,
  { destination, unchanged }: { destination: string; unchanged: number },
): Gathered<SyncAnswer> {
  let bytes = 0;
  for (const { place, size } of load) {
    const delivery = deliveries.get(place);
    if (delivery?.kind !== 'arrived') return { error: delivery?.error ?? new Error(`nothing is known of ${place}`) };
    bytes += size;
  }
  return { value: { kind: 'synced', destination, copied: load.length, unchanged, bytes } };
}

function holdsAny(records: SyncRecords): boolean {
  for (const { state } of records.all()) if (state === 'held') return true;
  return false;
}

function conflict(here: string, there: string, { why, isUnseen }: TransferDecision & { kind: 'conflict' }): ImageError {
  if (isUnseen) return new ImageError('not-writable', `${there} was left as it is: ${why}. Sync again when it can.`);
  return new ImageError('exists', `${there} was left as it is: ${why}. Remove it, or ${here}, and sync again.`);
}
