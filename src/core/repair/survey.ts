import { imageOf } from '../journal/fold.ts';
import type { JournalEvent, RunPlan } from '../journal/events.ts';
import type { ImageId } from '../model/ids.ts';
import { STAGE_IDS } from '../model/stageId.ts';
import { isSidecar } from '../model/image.ts';

/** What a damaged journal still tells of, read once before it is made anew. */
export interface Survey {
  /** the run's beginning can be read */
  readonly hasStart: boolean;
  /** of the last start or resumption that can be read */
  readonly plan?: RunPlan;
  /** false when it tells of no start and no resumption that was to sort anything */
  readonly maySort: boolean;
  /** ISO 8601: the earliest time in it */
  readonly begun?: string;
  /** images of which it tells what they are */
  readonly introduced: ReadonlySet<ImageId>;
  /** images of which something is told, but not what they are */
  readonly strangers: ReadonlyMap<ImageId, Traces>;
}

/** What is told of such an image. */
export interface Traces {
  /** where it was, and where it was to go; absolute paths */
  readonly from?: string;
  readonly to?: string;
}

export async function survey(events: AsyncIterable<JournalEvent>): Promise<Survey> {
  let hasStart = false;
  let plan: RunPlan | undefined;
  let begun: string | undefined;
  let maySort = false;
  const introduced = new Set<ImageId>();
  const strangers = new Map<ImageId, Traces>();
  for await (const event of events) {
    if (event.kind === 'run-started') hasStart = true;
    if (event.kind === 'run-started' || event.kind === 'run-resumed') {
      ({ plan } = event);
      maySort ||= sorts(plan);
    }
    if ('at' in event && typeof event.at === 'string') begun ??= event.at;
    if ((event.kind === 'intended' || event.kind === 'stage-ended') && event.stage === 'categorize') maySort = true;
    const id = imageOf(event);
    if (id === undefined) continue;
    if (introduces(event)) introduced.add(id);
    else if (!introduced.has(id)) strangers.set(id, { ...strangers.get(id), ...tracesIn(event) });
  }
  return {
    hasStart,
    maySort: maySort || !hasStart,
    introduced,
    strangers,
    ...(plan && { plan }),
    ...(begun !== undefined && { begun }),
  };
}

function tracesIn(event: JournalEvent): Traces {
  if (event.kind !== 'intended' && event.kind !== 'operated') return {};
  const moved = event.operations.find(
    ({ op, to }) => (op === 'move' || op === 'copy' || op === 'trash') && !isSidecar(to),
  );
  return moved?.from === undefined ? {} : { from: moved.from, to: moved.to };
}

const sorts = ({ skip, to }: RunPlan): boolean =>
  !skip.includes('categorize') && (to === undefined || STAGE_IDS.indexOf(to) >= STAGE_IDS.indexOf('categorize'));

/** Whether the event says what the image is. */
export const introduces = ({ kind }: JournalEvent): boolean =>
  kind === 'image-found' || kind === 'image-passed' || kind === 'image-carried' || kind === 'decision-withdrawn';
