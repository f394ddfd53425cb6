import { basename } from 'node:path/posix';
import { ImageError } from '../model/failure.ts';
import { removalsOf, type ChangeNotes } from '../photoServer/serverChange.ts';
import type { Clock } from '../ports/clock.ts';
import type { Load, Loader } from './loader.ts';
import { foldPlace, placeOf, TRASH, type Exclusion } from './places.ts';
import { isSame } from './decideTransfer.ts';
import { goneHere, planDeletion } from './planDeletion.ts';
import { cargoOf, type Located, type Scales, type Weighed } from './scales.ts';
import type { SortedFolder } from './sortedFolder.ts';
import { apart, Spellings } from './spellings.ts';
import { NasUnreachable, type Cargo, type FileFacts, type SyncEngine } from './syncEngine.ts';
import { SyncMeter } from './syncMeter.ts';
import type { FileFate, SyncOrder, SyncSummary } from './syncOrder.ts';
import type { SyncRecord, SyncRecords } from './syncRecords.ts';
import { expired, trashFolder } from './trash.ts';
import { imageOfSidecar, isSidecar } from '../model/image.ts';

export interface FullSyncParts {
  readonly engine: SyncEngine;
  readonly records: SyncRecords;
  readonly scales: Scales;
  readonly loader: Loader;
  readonly sorted: SortedFolder;
  readonly exclusion: Exclusion;
  readonly clock: Clock;
  readonly notes?: ChangeNotes;
}

/** Files that are looked at on both sides, and then moved: few enough for little time between, for programs that start each time. */
const REMOVED_AT_ONCE = 1000;

interface Survey {
  readonly units: readonly (readonly Located[])[];
  readonly problems: number;
}

/** One sync of the whole folder: look at both sides, copy, remove what is gone here, clear up. */
export class FullSync {
  private readonly parts: FullSyncParts;
  private readonly order: SyncOrder;
  private readonly fates: Record<FileFate, number> = {
    copied: 0, updated: 0, unchanged: 0, conflict: 0, failed: 0, deleted: 0,
  }; // prettier-ignore
  /** of all that is here */
  private readonly spellings = new Spellings();
  private bytes = 0;
  /** places, in the order in which they were brought */
  private readonly arrived: string[] = [];
  /** places of which it was told that they are not on the NAS as they are here */
  private readonly left = new Set<string>();

  constructor(parts: FullSyncParts, order: SyncOrder) {
    this.parts = parts;
    this.order = order;
  }

  async run(signal: AbortSignal): Promise<SyncSummary> {
    try {
      const { scales, records } = this.parts;
      // both sides at the same time: what we remember is mostly what is here
      const remembered = scales.look(
        [...records.all()].map(({ place }) => place),
        signal,
      );
      remembered.catch(() => undefined);
      const survey = await this.survey(signal);
      await this.copy(await scales.weigh(survey.units, this.spellings, signal, await remembered), signal);
      if (this.order.delete) await this.remove(survey, signal);
      if (!this.order.dryRun) await this.parts.engine.clean(signal);
      return this.summary();
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof NasUnreachable)) throw error;
      return { ...this.summary(), unreachable: error.message };
    }
  }

  private summary(): SyncSummary {
    return { ...this.fates, bytes: this.bytes };
  }

  private tell(place: string, fate: FileFate, why?: string): void {
    this.fates[fate]++;
    if (fate === 'copied' || fate === 'updated') this.arrived.push(place);
    if (fate === 'conflict' || fate === 'failed') this.left.add(place);
    this.order.on({ kind: 'file', place, fate, ...(why !== undefined && { why }) });
  }

  private async survey(signal: AbortSignal): Promise<Survey> {
    const { sorted, exclusion } = this.parts;
    const { root } = this.order;
    const units: Located[][] = [];
    let problems = 0;
    for await (const items of sorted.walk(root, signal)) {
      for (const item of items) {
        if (item.kind === 'problem') {
          problems++;
          this.order.on({ kind: 'problem', path: item.path, why: item.message });
          continue;
        }
        const unit = item.files.map((file) => ({ file, place: placeOf(root, file.path) }));
        if (unit.some(({ place }) => exclusion.has(place))) continue;
        units.push(unit);
        this.spellings.add(unit.map(({ place }) => place));
      }
    }
    return { units, problems };
  }

  private async copy(units: readonly (readonly Weighed[])[], signal: AbortSignal): Promise<void> {
    const { engine, clock } = this.parts;
    const loads = this.loadsOf(units);
    const cargo = loads.flat();
    const bytes = cargo.reduce((sum, { size }) => sum + size, 0);
    const freeBytes = cargo.length > 0 ? await engine.freeBytes(signal) : undefined;
    this.order.on({ kind: 'planned', files: cargo.length, bytes, ...(freeBytes !== undefined && { freeBytes }) });
    if (this.order.dryRun) {
      for (const { place, replaces } of cargo) this.tell(place, replaces ? 'updated' : 'copied');
      return;
    }
    const meter = new SyncMeter(clock, { files: cargo.length, bytes }, (progress) =>
      this.order.on({ kind: 'progress', progress }),
    );
    const [together = [], ...later] = apart(loads, (load) => load.map(({ place }) => place));
    await this.bring(together, meter, signal);
    for (const loads of later) {
      // only now is there what a NAS may take for it
      const units = loads.map((load) => load.map(locatedOf));
      const left = this.loadsOf(await this.parts.scales.weigh(units, this.spellings, signal));
      meter.finished(loads.flat().length - left.flat().length);
      await this.bring(left, meter, signal);
    }
    if (this.arrived.length > 0) await this.tellReplaced(units.flat(), signal);
  }

  /** A server may tell names apart that its disk does not: what was brought last then stands in the place of the other one. */
  private async tellReplaced(files: readonly Located[], signal: AbortSignal): Promise<void> {
    const { engine, records } = this.parts;
    const lastOf = new Map(this.arrived.map((place) => [foldPlace(place), place]));
    const twins = files.flatMap(({ file, place }) => {
      const last = lastOf.get(foldPlace(place));
      return last === undefined || last === place || this.left.has(place) ? [] : [{ file, place, last }];
    });
    if (twins.length === 0) return;
    const there = await engine.look(
      twins.map(({ place }) => place),
      signal,
    );
    for (const { file, place, last } of twins) {
      const now = there.get(place);
      const [own, others] = [records.of(place)?.there, records.of(last)?.there];
      const isOwn = now?.kind === 'file' && own && isSame(now, own);
      const isOthers = now?.kind === 'file' && others && isSame(now, others);
      if (isOwn || (now && !isOthers)) continue;
      const why = `${engine.nameOf(place)} is no longer there since ${engine.nameOf(last)} is, whose name differs only by case or accents: it seems that the NAS does not tell them apart. Rename one of the two in the sorted folder, and sync again.`;
      this.order.on({ kind: 'problem', path: file.path, why });
    }
  }

  /** What is to be copied of units; of the others it is told what becomes of them. */
  private loadsOf(units: readonly (readonly Weighed[])[]): readonly Load[] {
    const loads: Load[] = [];
    for (const unit of units) {
      const conflict = unit.find(({ verdict }) => verdict.kind === 'conflict');
      for (const { place, verdict } of unit) {
        if (verdict.kind === 'unchanged') this.tell(place, 'unchanged');
        else if (verdict.kind === 'conflict') this.tell(place, 'conflict', verdict.why);
        else if (conflict) this.tell(place, 'conflict', `it waits for ${conflict.place}`);
      }
      if (conflict) continue;
      const load = unit.map(cargoOf).filter((cargo) => cargo !== undefined);
      if (load.length > 0) loads.push(load);
    }
    return loads;
  }

  private async bring(loads: readonly Load[], meter: SyncMeter, signal: AbortSignal): Promise<void> {
    const hooks = { signal, onBytes: (bytes: number) => meter.moved(bytes) };
    for await (const { cargo, deliveries } of this.parts.loader.bring(loads, hooks)) {
      for (const { place, replaces, size } of cargo) {
        const delivery = deliveries.get(place);
        if (delivery?.kind === 'arrived') {
          this.bytes += size;
          this.tell(place, replaces ? 'updated' : 'copied');
        } else this.tell(place, 'failed', delivery?.error.message);
      }
      meter.finished(cargo.length);
    }
  }

  /** Removes what is gone here, after a look at what would go. What the trash has kept for long enough goes for good. */
  private async remove({ units, problems }: Survey, signal: AbortSignal): Promise<void> {
    const { engine, records, clock, exclusion } = this.parts;
    const { dryRun } = this.order;
    const here = new Set(units.flat().map(({ place }) => place));
    const known = [...records.all()].filter(({ place }) => !exclusion.has(place));
    for (const place of this.onlyCopies(known, here, units.flat())) here.add(place);
    for (const place of goneHere(known, here)) if (await this.isHere(place)) here.add(place);
    const there = await engine.look(goneHere(known, here), signal);
    const decision = planDeletion({ records: known, here, problems, there });
    if (decision.kind === 'refused') {
      this.order.on({ kind: 'deletion-refused', why: decision.why });
      return;
    }
    const { plan } = decision;
    this.order.on({ kind: 'deletion-planned', plan });
    if (dryRun) for (const place of plan.places) this.tell(place, 'deleted');
    else {
      if (plan.places.length > 0 && (await this.order.confirm(plan))) await this.putAway(plan.places, signal);
      // perhaps by a removal of ours that was killed before the word to the photo server
      await this.parts.notes?.add(removalsOf(plan.vanished));
      await records.forget([...plan.vanished, ...plan.kept]);
      const now = new Date(clock.now());
      for (const name of expired(await engine.foldersIn(TRASH, signal), now)) {
        await engine.removeFolder(`${TRASH}/${name}`, signal);
      }
    }
  }

  /**
   * Places that are gone here, and that may hold all that the NAS has of a picture: it was moved here to where it could not be
   * brought. By its name, or by size and time, which a move keeps; the sidecar goes with its image.
   */
  private onlyCopies(
    known: readonly SyncRecord[],
    here: ReadonlySet<string>,
    files: readonly Located[],
  ): readonly string[] {
    const images = files.filter(({ place }) => this.left.has(place) && !isSidecar(place));
    const facts = new Set(images.map(({ file }) => factsText(file)));
    const names = new Set(images.map(({ place }) => basename(place)));
    return goneHere(known, here).filter((place) => {
      const image = imageOfSidecar(place);
      const then = this.parts.records.of(image)?.here;
      return names.has(basename(image)) || (then !== undefined && facts.has(factsText(then)));
    });
  }

  private async putAway(places: readonly string[], signal: AbortSignal): Promise<void> {
    const { engine, records, clock, notes } = this.parts;
    const folder = trashFolder(new Date(clock.now()));
    for (let i = 0; i < places.length; i += REMOVED_AT_ONCE) {
      const gone: string[] = [];
      for (const place of places.slice(i, i + REMOVED_AT_ONCE)) {
        // while the preview was shown, or others went, it may have come back
        if (!(await this.isHere(place))) gone.push(place);
      }
      const due = await this.asLeft(gone, signal);
      const stayed = await engine.putAway(due, folder, signal);
      const moved = due.filter((place) => !stayed.has(place));
      await notes?.add(removalsOf(moved));
      await records.forget(moved);
      for (const place of due) {
        const error = stayed.get(place);
        if (error) this.tell(place, 'failed', error.message);
        else this.tell(place, 'deleted');
      }
    }
  }

  /** Also what no walk comes by: a sidecar whose image went. */
  private async isHere(place: string): Promise<boolean> {
    try {
      return (await this.parts.sorted.facts(`${this.order.root}/${place}`)) !== undefined;
    } catch (error) {
      // something is there, whatever it is
      if (error instanceof ImageError) return true;
      throw error;
    }
  }

  /** Those that are on the NAS as we left them: what was changed there while the preview was shown is left to the next plan. */
  private async asLeft(places: readonly string[], signal: AbortSignal): Promise<readonly string[]> {
    const { engine, records } = this.parts;
    const there = await engine.look(places, signal);
    return places.filter((place) => {
      const [now, left] = [there.get(place), records.of(place)?.there];
      return now?.kind === 'file' && left && isSame(now, left);
    });
  }
}

const factsText = ({ size, mtimeMs }: FileFacts): string => `${size} ${mtimeMs}`;

const locatedOf = ({ place, source, size, mtimeMs }: Cargo): Located => ({
  place,
  file: { path: source, size, mtimeMs },
});
