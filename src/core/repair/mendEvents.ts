import { basename, dirname, relative, sep } from 'node:path';
import { fold, imageOf } from '../journal/fold.ts';
import { isOpen } from '../journal/fateOf.ts';
import type { JournalEvent } from '../journal/events.ts';
import type { ContentHash, ImageId } from '../model/ids.ts';
import { sidecarOf } from '../model/image.ts';
import { resultOf, type ImageState } from '../model/imageState.ts';
import type { FileOperation } from '../model/operation.ts';
import type { CategorizeResult } from '../model/stageResults.ts';
import type { Files } from '../ports/files.ts';
import { introduces } from './survey.ts';

/** What is known from elsewhere of images whose lines are lost. */
export interface Clues {
  /** by an older journal, or by the file that was found */
  introduction(id: ImageId, event: JournalEvent): Promise<ImageState | undefined>;
  /** absolute path in the sorted folder of a file with those bytes; undefined when there is none */
  whereSorted(sha256: ContentHash, size: number, name: string): Promise<string | undefined>;
  readonly files: Pick<Files, 'stat' | 'hash'>;
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
  readonly found: string[];
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
  signal: AbortSignal,
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
      for (const lost of await lostBefore(event, state, clues, signal)) {
        if (!mended.found.includes(state.image.path)) mended.found.push(state.image.path);
        yield put(lost);
      }
    }
    yield put(event);
  }
  for (const state of open.values()) {
    // what is announced is finished by the next run, which finds out how far it came
    if (state.intent) continue;
    for (const lost of await lostMove(state, clues, signal)) {
      if (!mended.found.includes(state.image.path)) mended.found.push(state.image.path);
      yield put(lost);
    }
  }
}

/** What must have been in the journal before this event, and is not. */
async function lostBefore(
  event: JournalEvent,
  state: ImageState,
  clues: Clues,
  signal: AbortSignal,
): Promise<readonly JournalEvent[]> {
  if (event.kind === 'image-settled') return event.fate === 'processed' ? lostMove(state, clues, signal) : [];
  if (event.kind !== 'stage-ended' || event.stage !== 'categorize' || event.record.outcome.kind !== 'done') return [];
  const { destination } = event.record.outcome.result as CategorizeResult;
  if (state.operations.some(({ to }) => to === destination)) return [];
  return [await operated(state, destination, clues, signal)];
}

/** An image that is sorted, and whose journal does not say so. */
async function lostMove(state: ImageState, clues: Clues, signal: AbortSignal): Promise<readonly JournalEvent[]> {
  if (resultOf(state, 'categorize')) return [];
  const { image, intent, operations } = state;
  const planned = [...operations, ...(intent?.operations ?? [])].find(
    ({ op, from }) => (op === 'move' || op === 'copy') && from === image.path,
  );
  const sha256 = resultOf(state, 'scan')?.sha256 ?? planned?.sha256;
  if (sha256 === undefined) return [];
  const { files, sorted, now } = clues;
  let destination: string | undefined;
  if (planned && (await files.hash(planned.to, signal)) === sha256) destination = planned.to;
  else if (!(await files.stat(image.path)))
    destination = await clues.whereSorted(sha256, image.size, basename(image.path));
  if (destination === undefined) return [];
  const category = relative(sorted, dirname(destination)).split(sep).join('/');
  const sidecar = (await files.stat(sidecarOf(destination))) ? sidecarOf(destination) : undefined;
  const result: CategorizeResult = {
    suggested: category,
    learned: false,
    final: category,
    because: `it was found there when the journal was repaired (${now})`,
    destination,
    ...(sidecar !== undefined && { sidecar }),
  };
  const known = operations.some(({ to }) => to === destination);
  return [
    ...(known ? [] : [await operated(state, destination, clues, signal)]),
    { kind: 'stage-ended', image: image.id, stage: 'categorize', record: { outcome: { kind: 'done', result }, ms: 0 } },
  ];
}

/** The operations that took the image there: as announced, or as the files tell. */
async function operated(
  { image, intent, stages }: ImageState,
  to: string,
  { files, now: at }: Clues,
  signal: AbortSignal,
): Promise<JournalEvent> {
  const announced = intent?.operations;
  if (announced?.some((operation) => operation.to === to)) {
    return { kind: 'operated', image: image.id, operations: announced };
  }
  const op = (await files.stat(image.path)) ? 'copy' : 'move';
  const beside = await files.hash(sidecarOf(to), signal);
  const sha256 = stages.scan?.outcome.result?.sha256 ?? (await files.hash(to, signal));
  const operations: FileOperation[] = [
    ...(beside ? [{ at, op, from: sidecarOf(image.path), to: sidecarOf(to), sha256: beside } as const] : []),
    { at, op, from: image.path, to, ...(sha256 !== undefined && { sha256 }) },
  ];
  return { kind: 'operated', image: image.id, operations };
}
