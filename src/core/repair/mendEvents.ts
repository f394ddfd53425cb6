import { basename, dirname, relative, sep } from 'node:path';
import { fold, imageOf } from '../journal/fold.ts';
import { isOpen } from '../journal/fateOf.ts';
import type { JournalEvent } from '../journal/events.ts';
import type { ContentHash, ImageId } from '../model/ids.ts';
import { sidecarOf, type FoundImage } from '../model/image.ts';
import { resultOf, type ImageState } from '../model/imageState.ts';
import type { FileOperation } from '../model/operation.ts';
import { STAGE_IDS } from '../model/stageId.ts';
import type { CategorizeResult } from '../model/stageResults.ts';
import { introduces } from './survey.ts';

/** What is known from elsewhere of images whose lines are lost. */
export interface Clues {
  /** by an older journal, or by the file that was found */
  introduction(id: ImageId, event: JournalEvent): Promise<ImageState | undefined>;
  /** absolute path in the sorted folder of a file with those bytes; undefined when there is none */
  whereSorted(sha256: ContentHash, size: number, name: string): Promise<string | undefined>;
  /** false when the image is gone from its place, or another one stands there; true also where nobody can look */
  isInPlace(image: FoundImage): Promise<boolean>;
  /** undefined when there is no such file, or it can't be read */
  hash(path: string): Promise<ContentHash | undefined>;
  /** false for a run that was to end before anything is sorted */
  readonly maySort: boolean;
  /** absolute path of the sorted folder */
  readonly sorted: string;
  /** ISO 8601 */
  readonly now: string;
}

/** What was put in, for the report. Absolute paths of images in the inbox. */
export interface Mended {
  /** their introduction was lost */
  readonly introduced: string[];
  /** what was done with their files was lost */
  readonly found: Set<string>;
  /** ids of images of which something is told, and nobody knows which they are */
  readonly unknown: Set<ImageId>;
}

/**
 * The events that can be read, with those put in that the lost ones must have said, so that the journal tells one whole story
 * again: no event is left out, none is changed.
 */
export async function* mendEvents(
  events: AsyncIterable<JournalEvent>,
  clues: Clues,
  mended: Mended,
): AsyncGenerator<JournalEvent> {
  /** those that have ended for good are forgotten, so that a journal of any length can be mended */
  const open = new Map<ImageId, ImageState>();
  const settled = new Set<ImageId>();
  const put = (event: JournalEvent): JournalEvent => {
    const id = imageOf(event);
    const state = id && fold(open.get(id), event);
    if (!id || !state) return event;
    if (isOpen(state)) open.set(id, state);
    else {
      open.delete(id);
      settled.add(id);
    }
    return event;
  };
  for await (const event of events) {
    const id = imageOf(event);
    if (id !== undefined && !open.has(id) && !settled.has(id) && !introduces(event)) {
      const state = await clues.introduction(id, event);
      if (state) {
        mended.introduced.push(state.image.path);
        yield put({ kind: 'image-carried', state });
      } else {
        mended.unknown.add(id);
      }
    }
    const state = id && open.get(id);
    if (state) {
      for (const lost of await lostBefore(event, state, clues)) {
        mended.found.add(state.image.path);
        yield put(lost);
      }
    }
    yield put(event);
  }
  for (const [id, state] of open) {
    // a move that is announced is finished by the next run, which finds out how far it came
    if (state.intent === undefined || state.intent.stage === 'xmp') {
      for (const lost of await lostMove(state, clues)) {
        mended.found.add(state.image.path);
        yield put(lost);
      }
    }
    for (const lost of lostStages(open.get(id) ?? state)) yield put(lost);
  }
}

/** What must have been in the journal before this event, and is not. */
async function lostBefore(event: JournalEvent, state: ImageState, clues: Clues): Promise<readonly JournalEvent[]> {
  if (event.kind === 'image-settled') return event.fate === 'processed' ? lostMove(state, clues) : [];
  if (event.kind !== 'stage-ended' || event.stage !== 'categorize' || event.record.outcome.kind !== 'done') return [];
  const { destination } = event.record.outcome.result as CategorizeResult;
  const known = state.operations.some(({ to }) => to === destination);
  return known ? [] : [await operated(state, destination, clues)];
}

/** An image that is sorted, and whose journal does not say so. */
async function lostMove(state: ImageState, clues: Clues): Promise<readonly JournalEvent[]> {
  const { image, intent, operations, stages } = state;
  // a duplicate is sorted nowhere: what has its bytes there is the other one
  if (resultOf(state, 'categorize') || stages.scan?.outcome.kind === 'skipped') return [];
  const planned = [...operations, ...(intent?.operations ?? [])].find(
    ({ op, from }) => (op === 'move' || op === 'copy') && from === image.path,
  );
  const sha256 = resultOf(state, 'scan')?.sha256 ?? planned?.sha256;
  if (sha256 === undefined) return [];
  let destination: string | undefined;
  if (planned && (await clues.hash(planned.to)) === sha256) destination = planned.to;
  else if (clues.maySort && !(await clues.isInPlace(image)))
    destination = await clues.whereSorted(sha256, image.size, basename(image.path));
  if (destination === undefined) return [];
  const category = relative(clues.sorted, dirname(destination)).split(sep).join('/');
  const sidecar = (await clues.hash(sidecarOf(destination))) ? sidecarOf(destination) : undefined;
  const result: CategorizeResult = {
    suggested: category,
    learned: false,
    final: category,
    because: `it was found there when the journal was repaired (${clues.now})`,
    destination,
    ...(sidecar !== undefined && { sidecar }),
  };
  const known = operations.some(({ to }) => to === destination);
  return [
    ...(known ? [] : [await operated(state, destination, clues)]),
    { kind: 'stage-ended', image: image.id, stage: 'categorize', record: { outcome: { kind: 'done', result }, ms: 0 } },
  ];
}

/** What came before it was sorted: the next run can't do it again where the image was, which is not there any more. */
function lostStages(state: ImageState): readonly JournalEvent[] {
  const { image, intent, stages } = state;
  if (intent?.stage !== 'categorize' && !resultOf(state, 'categorize')) return [];
  return STAGE_IDS.slice(0, STAGE_IDS.indexOf('categorize'))
    .filter((stage) => !stages[stage])
    .map((stage) => ({
      kind: 'stage-ended',
      image: image.id,
      stage,
      record: { outcome: { kind: 'skipped', why: 'what became of it was lost with lines of the journal' }, ms: 0 },
    }));
}

/** The operations that took the image there: as announced, or as the files tell. */
async function operated({ image, intent, stages }: ImageState, to: string, clues: Clues): Promise<JournalEvent> {
  const announced = intent?.operations;
  if (announced?.some((operation) => operation.to === to)) {
    return { kind: 'operated', image: image.id, operations: announced };
  }
  const at = clues.now;
  const op = (await clues.isInPlace(image)) ? 'copy' : 'move';
  const beside = await clues.hash(sidecarOf(to));
  const sha256 = stages.scan?.outcome.result?.sha256 ?? (await clues.hash(to));
  const operations: FileOperation[] = [
    ...(beside ? [{ at, op, from: sidecarOf(image.path), to: sidecarOf(to), sha256: beside } as const] : []),
    { at, op, from: image.path, to, ...(sha256 !== undefined && { sha256 }) },
  ];
  return { kind: 'operated', image: image.id, operations };
}
