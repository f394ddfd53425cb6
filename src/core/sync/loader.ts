import { ImageError } from '../model/failure.ts';
import { changeOf, type ChangeNotes } from '../photoServer/serverChange.ts';
import type { Clock } from '../ports/clock.ts';
import { Portions } from './portions.ts';
import type { Cargo, Deliveries, Delivery, FileFacts, Hooks, SyncEngine } from './syncEngine.ts';
import type { SyncRecord, SyncRecords } from './syncRecords.ts';

/** What is copied of one image: the sidecar first. */
export type Load = readonly Cargo[];

/** What has been seen to. */
export interface Brought {
  readonly cargo: readonly Cargo[];
  readonly deliveries: Deliveries;
}

/**
 * Brings loads to the NAS in portions, and each in waves: the sidecars of all, then the images of those whose sidecar has arrived.
 * What is about to be put there is written down before, and what stands there after; what came out wrong is tried once more.
 */
export class Loader {
  private readonly engine: SyncEngine;
  private readonly records: SyncRecords;
  private readonly portions: Portions;
  private readonly notes: ChangeNotes | undefined;
  /** bytes that still fit, by the last answer of the NAS and what was sent since */
  private free: number | undefined;

  /** @param notes hears of what arrived */
  constructor(engine: SyncEngine, records: SyncRecords, clock: Clock, notes?: ChangeNotes) {
    this.engine = engine;
    this.records = records;
    this.portions = new Portions(clock);
    this.notes = notes;
  }

  /** Tells portion by portion how each file came out. @throws NasUnreachable */
  async *bring(loads: readonly Load[], hooks: Hooks): AsyncGenerator<Brought> {
    for (const portion of this.portions.of(loads)) {
      yield { cargo: portion.flat(), deliveries: await this.bringPortion(portion, hooks) };
    }
  }

  private async bringPortion(loads: readonly Load[], hooks: Hooks): Promise<Deliveries> {
    const deliveries = new Map<string, Delivery>();
    for (let wave = 0; loads.some((load) => load.length > wave); wave++) {
      const ready: Cargo[] = [];
      const last = new Set<Cargo>();
      for (const load of loads) {
        const cargo = load[wave];
        if (!cargo) continue;
        if (load.length === wave + 1) last.add(cargo);
        const before = load[wave - 1];
        const trouble = before && deliveries.get(before.place);
        if (trouble?.kind !== 'failed') ready.push(cargo);
        else
          deliveries.set(
            cargo.place,
            failed(
              trouble.error.reason,
              `${cargo.source} was not synced: what goes before it was not. ${trouble.error.message}`,
            ),
          );
      }
      for (const [place, delivery] of await this.bringWave(ready, last, hooks)) deliveries.set(place, delivery);
    }
    return deliveries;
  }

  /** @param last those after which nothing of their image comes */
  private async bringWave(wave: readonly Cargo[], last: ReadonlySet<Cargo>, hooks: Hooks): Promise<Deliveries> {
    const deliveries = new Map<string, Delivery>();
    let due = await this.whatFits(wave, deliveries, hooks.signal);
    for (let attempt = 1; due.length > 0 && attempt <= 2; attempt++) {
      await this.records.write(due.map((cargo) => this.intended(cargo)));
      const results = await this.engine.bring(due, hooks);
      const held: SyncRecord[] = [];
      const arrived: Cargo[] = [];
      for (const cargo of due) {
        const delivery = results.get(cargo.place);
        if (!delivery) throw new Error(`the sync engine says nothing of ${cargo.place}`);
        deliveries.set(cargo.place, delivery);
        if (delivery.kind === 'arrived') {
          held.push(heldRecord(cargo, delivery.facts));
          arrived.push(cargo);
        } else if (delivery.error.reason === 'no-space') this.free = undefined;
      }
      await this.notes?.add(arrived.flatMap((cargo) => changeOf(cargo, !last.has(cargo)) ?? []));
      await this.records.write(held);
      due = due.filter((cargo) => isWorthAnother(deliveries.get(cargo.place)));
    }
    return deliveries;
  }

  /** Those that the NAS has room for; the others have failed. In their order, so that a large one holds up no small one. */
  private async whatFits(
    wave: readonly Cargo[],
    deliveries: Map<string, Delivery>,
    signal: AbortSignal,
  ): Promise<readonly Cargo[]> {
    const needed = wave.reduce((sum, cargo) => sum + cargo.size, 0);
    if (needed === 0) return wave;
    if (this.free === undefined || this.free < needed) this.free = await this.engine.freeBytes(signal);
    if (this.free === undefined) return wave;
    const fitting: Cargo[] = [];
    for (const cargo of wave) {
      if (cargo.size <= this.free) {
        this.free -= cargo.size;
        fitting.push(cargo);
        continue;
      }
      const message = `The NAS is full: ${this.engine.nameOf(cargo.place)} needs ${cargo.size} bytes, and ${this.free} are free.`;
      deliveries.set(cargo.place, failed('no-space', message));
    }
    return fitting;
  }

  private intended({ place, size, mtimeMs, replaces }: Cargo): SyncRecord {
    // a second intent must not hide what stood there before the first
    const before = this.records.of(place);
    const there = before?.state === 'intended' && !replaces ? before.there : replaces;
    return { place, state: 'intended', ours: true, here: { size, mtimeMs }, ...(there && { there }) };
  }
}

export function heldRecord(
  { place, size, mtimeMs }: FileFacts & { place: string },
  there: FileFacts,
  ours = true,
): SyncRecord {
  return { place, state: 'held', ours, here: { size, mtimeMs }, there };
}

const failed = (reason: 'no-space' | ImageError['reason'], message: string): Delivery => ({
  kind: 'failed',
  error: new ImageError(reason, message),
});

const isWorthAnother = (delivery: Delivery | undefined): boolean =>
  delivery?.kind === 'failed' && delivery.error.transient;
