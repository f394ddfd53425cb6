import { fold } from '../journal/fold.ts';
import { Journal, readEvents } from '../journal/journal.ts';
import { replay, type Replay } from '../journal/replay.ts';
import type { ImageId } from '../model/ids.ts';
import { resultOf, type ImageState } from '../model/imageState.ts';
import type { EngineParts } from '../pipeline/engine.ts';
import { goesOn, planRun, stagesOff, whyUnsearched, type RunRequest } from '../pipeline/planRun.ts';
import { SortedRoot } from '../pipeline/sortedRoot.ts';
import { isStillThere, waitsForQuota, wanted, wantedBy, whyPassedOver } from '../pipeline/takeUp.ts';
import type { RunEvent, RunObserver } from '../pipeline/observer.ts';
import { writtenForReplaced } from '../pipeline/replaced.ts';
import { Runner } from '../pipeline/runner.ts';
import type { DecisionBox } from '../ports/decisionBox.ts';
import type { JournalFolder } from '../ports/journalFile.ts';
import type { Store } from '../ports/store.ts';
import type { SearchPlan } from '../search/searchPlan.ts';
import { TO_REVIEW, type Decision } from '../model/review.ts';
import { NoJournal } from './noJournal.ts';

/** Why no service is asked in a dry run. */
export const NOT_ASKED = 'a dry run asks nobody';

/** Why an image stays parked in a run without network. */
const PARKED_OFFLINE = 'its search waits for quota, and can’t go on offline';

/** What a run would do with one image, by what is known of it. Paths are absolute. */
export type PlannedImage =
  | {
      readonly kind: 'goes';
      readonly source: string;
      readonly destination: string;
      readonly category: string;
      readonly because: string;
      /** what may lead it elsewhere yet: a person's decision on its tags, or what a search finds */
      readonly open: readonly ('review' | 'search')[];
    }
  /** `skipped`: a duplicate, or it has a sidecar, or its search can't go on offline; `failed`: it can't be read, or not be looked into */
  | { readonly kind: 'skipped' | 'failed'; readonly source: string; readonly why: string }
  /** the stages that would take it to a category are off */
  | { readonly kind: 'stays'; readonly source: string };

export interface DryRunReport {
  /** false: it was stopped, and `images` are those that it had come to */
  readonly complete: boolean;
  /** absolute path of the folder */
  readonly inbox: string;
  readonly images: readonly PlannedImage[];
  /** absent when nothing would be searched */
  readonly search?: SearchPlan;
}

export type DryRunParts = Pick<
  EngineParts,
  'clock' | 'files' | 'walk' | 'isOurSidecar' | 'meter' | 'configure' | 'equip' | 'catchUp'
> & {
  readonly decisions: Pick<DecisionBox, 'unread'>;
  readonly journals: Pick<JournalFolder, 'readLatest'>;
  /** a copy of the database that is changed in memory alone */
  readonly openScratch: () => Promise<Store>;
};

/**
 * A run that does nothing: the images go through the same stages, which look at them and say what they would do. What is
 * learned, parked or known from earlier searches counts; no service is asked, and no file is written.
 */
export class DryRun {
  private readonly parts: DryRunParts;

  /** @param parts `files` that can't change anything, `equip` for a dry run */
  constructor(parts: DryRunParts) {
    this.parts = parts;
  }

  /** Takes no lock: it looks at what there is while another run may be on. @throws SettingsError, FatalError */
  async run(request: RunRequest, observer: RunObserver, signal: AbortSignal): Promise<DryRunReport> {
    const store = await this.parts.openScratch();
    try {
      return await this.look(request, store, observer, signal);
    } finally {
      store.close();
    }
  }

  private async look(
    request: RunRequest,
    store: Store,
    observer: RunObserver,
    signal: AbortSignal,
  ): Promise<DryRunReport> {
    const { parts } = this;
    // before the journal, where they go next
    const letters = await parts.decisions.unread();
    const posted = new Map(letters.flatMap(({ decisions }) => decisions).map((d) => [d.image, d.decision]));
    const reader = await parts.journals.readLatest();
    const found = reader && (await replay(readEvents(reader), store));
    const { plan, configuration } = planRun(request, found, parts.configure);
    const { folders, settings } = configuration;
    if (!signal.aborted) await parts.catchUp(configuration, store, signal);

    const isWanted = wantedBy(plan);
    const at = new Date(parts.clock.now()).toISOString();
    const open = [...(found?.open.values() ?? [])]
      .map((state) => decidedOn(withoutTrash(state), posted.get(state.image.id), at))
      .filter((state) => isWanted(state.image.path) && !resultOf(state, 'categorize'));
    const canStart = (state: ImageState): boolean => !(plan.offline && waitsForQuota(state));
    const unsearched = whyUnsearched(plan) ?? NOT_ASKED;
    const off = new Map(stagesOff(plan, settings));
    for (const stage of ['xmp', 'sync'] as const) if (!off.has(stage)) off.set(stage, { kind: 'skip', why: 'dry run' });
    const equipment = parts.equip(configuration, {
      store,
      sorted: new SortedRoot(folders.sorted, parts),
      offline: true,
      unsearched,
      analyzes: !off.has('analyze'),
      underWay: open,
      isContinued: false,
      dryRun: true,
    });
    const images: PlannedImage[] = [];
    for (const state of open) {
      if (!canStart(state)) images.push({ kind: 'skipped', source: state.image.path, why: PARKED_OFFLINE });
    }
    /** the sidecars there would be taken back */
    const disowned = new Set<string>();
    let search: SearchPlan | undefined;
    const watch = (event: RunEvent): void => {
      if (event.kind === 'search-planned') search = event.plan;
      if (event.kind === 'image-settled') images.push(plannedImage(event.state));
      observer.on(event);
    };
    const runner = new Runner({
      ...parts,
      stages: equipment.stages,
      journal: new Journal(new NoJournal()),
      store,
      observer: { on: watch },
    });
    const settled = found && goesOn(found, plan) ? found.settled : new Set<ImageId>();
    try {
      for (const stage of equipment.stages) if (!off.has(stage.id)) await stage.ready?.();
      const complete = await runner.run({
        open: open.filter(canStart),
        parked: [],
        canStart,
        hold: undefined,
        isStillThere: (state) => isStillThere(state, parts.files),
        disown: async (state) => {
          if (await writtenForReplaced(state, parts, signal)) disowned.add(state.image.path);
          return undefined;
        },
        discoveries:
          plan.inbox === undefined
            ? undefined
            : wanted(parts.walk.walk(plan.inbox, [folders.sorted, folders.working], signal), isWanted),
        isKnown: (id) => settled.has(id) || isOpen(id, found),
        passOver: async ({ image }) =>
          disowned.has(image.path) ? undefined : whyPassedOver(image, plan, settings, parts.files),
        off,
        inFlight: settings['workflow.batchSize'],
        signal,
      });
      return { complete, inbox: folders.inbox, images, ...(search && { search }) };
    } finally {
      await equipment.close();
    }
  }
}

const isOpen = (id: ImageId, found: Replay | undefined): boolean => found?.open.has(id) ?? false;

/** A duplicate on its way to the trash would be taken there: here it is one that is gone. */
function withoutTrash({ intent, ...state }: ImageState): ImageState {
  return intent && intent.stage !== 'scan' ? { ...state, intent } : state;
}

/** With a decision that is kept for the next run, which takes it up first. */
function decidedOn(state: ImageState, decision: Decision | undefined, at: string): ImageState {
  if (!decision || state.stages.review?.outcome.kind === 'done') return state;
  return fold(state, { kind: 'decided', at, image: state.image.id, decision }) ?? state;
}

function plannedImage({ image, stages }: ImageState): PlannedImage {
  const source = image.path;
  for (const { outcome } of Object.values(stages)) {
    if (outcome.kind === 'failed') return { kind: 'failed', source, why: outcome.error.message };
    if (outcome.kind === 'skipped' && outcome.final) return { kind: 'skipped', source, why: outcome.why };
  }
  const goes = stages.categorize?.outcome.result;
  if (!goes) return { kind: 'stays', source };
  const { destination, final: category, because } = goes;
  const isSkipped = (stage: 'search' | 'review', why: string): boolean => {
    const outcome = stages[stage]?.outcome;
    return outcome?.kind === 'skipped' && outcome.why === why;
  };
  const open = [
    ...(isSkipped('search', NOT_ASKED) ? (['search'] as const) : []),
    ...(isSkipped('review', TO_REVIEW.detail) ? (['review'] as const) : []),
  ];
  return { kind: 'goes', source, destination, category, because, open };
}
