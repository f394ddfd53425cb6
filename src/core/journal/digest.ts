import type { ImageId, RunId } from '../model/ids.ts';
import type { ImageState } from '../model/imageState.ts';
import type { ImageFate } from '../model/outcome.ts';
import { StatisticsSum, type Statistics, type SummedUp } from '../report/statistics.ts';
import type { JournalEvent, RunPlan } from './events.ts';
import { endedFateOf, isEnded, isOpen } from './fateOf.ts';
import { fold, imageOf } from './fold.ts';

/** Of what `lines` writes, and of what the events mean: whoever changes the one or the other counts on. Others are not read. */
const VERSION = 2;

/** Of states, in UTF-16 code units. To write more would hold up the thread for longer than two tenths of a second, at each checkpoint. */
const MOST_TEXT = 16 * 1024 * 1024;

const IDS_A_LINE = 10_000;

type RunStarted = Extract<JournalEvent, { kind: 'run-started' }>;
type RunEnded = Extract<JournalEvent, { kind: 'run-ended' }>;

type Line =
  | {
      readonly kind: 'digest';
      readonly version: number;
      readonly start?: RunStarted;
      readonly plan?: RunPlan;
      readonly ended?: RunEnded;
      readonly sum: SummedUp;
    }
  | { readonly kind: 'settled'; readonly ids: readonly ImageId[] }
  | { readonly kind: 'open'; readonly state: ImageState }
  /** `open`: it is the same as among these */
  | { readonly kind: 'held'; readonly id: ImageId; readonly state: ImageState | 'open' }
  /** behind all others */
  | { readonly kind: 'end'; readonly lines: number };

/**
 * What a journal says as far as it is read, event by event: what a run needs to go on with it, and what `status` tells. It can
 * be written down, so that the events up to there need not be read again.
 */
export class Digest {
  private start: RunStarted | undefined;
  private lastPlan: RunPlan | undefined;
  private end: RunEnded | undefined;
  private readonly sum: StatisticsSum;
  private readonly openStates = new Map<ImageId, ImageState>();
  private readonly settledIds = new Set<ImageId>();
  /** those of which the last word is yet to come, and which the sum does not have */
  private readonly held = new Map<ImageId, ImageState>();

  constructor(sum?: SummedUp) {
    this.sum = new StatisticsSum(sum);
  }

  /** undefined where the lines are another version's, or not whole */
  static read(lines: readonly string[]): Digest | undefined {
    const [first, ...rest] = lines.map((line) => JSON.parse(line) as Line);
    const last = rest.at(-1);
    if (first?.kind !== 'digest' || first.version !== VERSION) return undefined;
    if (last?.kind !== 'end' || last.lines !== lines.length) return undefined;
    const digest = new Digest(first.sum);
    digest.start = first.start;
    digest.lastPlan = first.plan;
    digest.end = first.ended;
    for (const line of rest) digest.take(line);
    return digest;
  }

  /** undefined: it has no beginning */
  get run(): { readonly runId: RunId; readonly startedAt: string; readonly plan: RunPlan } | undefined {
    const { start, lastPlan } = this;
    return start && lastPlan && { runId: start.runId, startedAt: start.at, plan: lastPlan };
  }

  /** the last line but for decisions, if the run ended */
  get ended(): RunEnded | undefined {
    return this.end;
  }

  /** images that have something left to do: under way, parked, or failed in a stage after scan */
  get open(): ReadonlyMap<ImageId, ImageState> {
    return this.openStates;
  }

  /** all others */
  get settled(): ReadonlySet<ImageId> {
    return this.settledIds;
  }

  /** images that it holds the states of */
  get size(): number {
    return this.held.size;
  }

  /** All images that are not processed or passed over for good, as they stand now. */
  *unfinished(): Generator<{ readonly state: ImageState; readonly fate: ImageFate }> {
    for (const state of this.held.values()) yield { state, fate: endedFateOf(state) };
  }

  /** The sums over every image of the run, in the state in which the journal leaves it. */
  statistics(): Statistics {
    const sum = new StatisticsSum(this.sum.summedUp);
    for (const { state, fate } of this.unfinished()) sum.addImage(state, fate);
    return sum.result();
  }

  apply(event: JournalEvent): void {
    this.sum.addEvent(event);
    if (event.kind === 'run-started') this.start = event;
    if (event.kind === 'run-started' || event.kind === 'run-resumed') {
      this.lastPlan = event.plan;
      this.end = undefined;
    }
    if (event.kind === 'run-ended') this.end = event;
    const id = imageOf(event);
    if (id === undefined) return;
    const before = this.openStates.get(id);
    const heldBefore = this.held.get(id);
    const after = fold(before, event);
    if (after) this.note(id, after);
    // the same object where it is the same, so that it is written once
    const held = heldBefore === before ? after : fold(heldBefore, event);
    if (held) this.hold(id, held);
  }

  /** undefined where writing it would not be worth the while */
  lines(): readonly string[] | undefined {
    const states = this.stateLines();
    if (!states) return undefined;
    const { start, lastPlan: plan, end: ended } = this;
    const first: Line = {
      kind: 'digest',
      version: VERSION,
      ...(start && { start }),
      ...(plan && { plan }),
      ...(ended && { ended }),
      sum: this.sum.summedUp,
    };
    const lines = [JSON.stringify(first)];
    const ids = [...this.settledIds];
    for (let i = 0; i < ids.length; i += IDS_A_LINE) {
      lines.push(JSON.stringify({ kind: 'settled', ids: ids.slice(i, i + IDS_A_LINE) } satisfies Line));
    }
    for (const line of states) lines.push(line);
    lines.push(JSON.stringify({ kind: 'end', lines: lines.length + 1 } satisfies Line));
    return lines;
  }

  /** undefined when they are too many */
  private stateLines(): readonly string[] | undefined {
    const { openStates, held } = this;
    const lines: string[] = [];
    let length = 0;
    const add = (line: Line): boolean => {
      const text = JSON.stringify(line);
      length += text.length;
      lines.push(text);
      return length <= MOST_TEXT;
    };
    for (const state of openStates.values()) if (!add({ kind: 'open', state })) return undefined;
    for (const [id, state] of held) {
      if (!add({ kind: 'held', id, state: openStates.get(id) === state ? 'open' : state })) return undefined;
    }
    return lines;
  }

  private take(line: Line): void {
    switch (line.kind) {
      case 'settled':
        for (const id of line.ids) this.settledIds.add(id);
        break;
      case 'open':
        this.openStates.set(line.state.image.id, line.state);
        break;
      case 'held': {
        const state = line.state === 'open' ? this.openStates.get(line.id) : line.state;
        if (state) this.held.set(line.id, state);
        break;
      }
      case 'digest':
      case 'end':
        break;
    }
  }

  private note(id: ImageId, state: ImageState): void {
    if (isOpen(state)) {
      this.settledIds.delete(id);
      this.openStates.set(id, state);
    } else {
      this.openStates.delete(id);
      this.settledIds.add(id);
    }
  }

  private hold(id: ImageId, state: ImageState): void {
    if (state.fate !== undefined && isEnded(state)) {
      this.held.delete(id);
      this.sum.addImage(state, state.fate);
      return;
    }
    // as it was held: one that has ended goes behind the others when it is taken up again
    if (state.fate === 'processed' || state.fate === 'skipped') this.held.delete(id);
    this.held.set(id, state);
  }
}
