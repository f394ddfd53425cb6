import type { RunPlan } from '../journal/events.ts';
import { ImageError } from '../model/failure.ts';
import type { ImageId } from '../model/ids.ts';
import { sidecarOf, type FoundImage } from '../model/image.ts';
import { resultOf, type ImageState } from '../model/imageState.ts';
import { STAGE_IDS, type StageId } from '../model/stageId.ts';
import type { Files } from '../ports/files.ts';
import type { Discovery, ImageFolder } from '../ports/imageFolder.ts';
import { isInside } from '../settings/folders.ts';
import type { Settings } from '../settings/settingsTable.ts';

/** Whether the file of an unfinished image is still where it was found: neither on its way to its category nor sorted. */
const isInInbox = (state: ImageState): boolean =>
  (state.intent === undefined || state.intent.stage === 'xmp') && !resultOf(state, 'categorize');

/**
 * Unfinished images of inboxes that are not to be seen now, which says nothing of their files: a drive may not be mounted.
 * @param inboxes absolute paths @returns their ids, by inbox; nothing of one that is there
 */
export async function waitingAway(
  open: readonly ImageState[],
  inboxes: readonly string[],
  { walk, files }: { readonly walk: Pick<ImageFolder, 'isAway'>; readonly files: Pick<Files, 'stat'> },
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ReadonlySet<ImageId>>> {
  const waiting = new Map<string, ReadonlySet<ImageId>>();
  for (const inbox of inboxes) {
    const itsOwn = open.filter((state) => !resultOf(state, 'categorize') && isInside(state.image.path, inbox));
    if (itsOwn.length === 0 || !(await walk.isAway(inbox, signal))) continue;
    const ids = new Set<ImageId>();
    // of an inbox that is not there nothing tells whether the original of what has arrived is still in it
    const isThere = await files.stat(inbox).catch(() => undefined);
    for (const state of itsOwn) {
      if (isInInbox(state) || !isThere || !(await hasArrived(state, files))) ids.add(state.image.id);
    }
    if (ids.size > 0) waiting.set(inbox, ids);
  }
  return waiting;
}

/** Whether the inbox of an image that is not to be seen has gone away with it, as a drive that was mounted before. */
export async function wentAway(
  { image }: ImageState,
  inboxes: readonly string[],
  walk: Pick<ImageFolder, 'isAway'>,
  signal: AbortSignal,
): Promise<boolean> {
  const inbox = inboxes.find((folder) => isInside(image.path, folder));
  return inbox !== undefined && (await walk.isAway(inbox, signal));
}

/** Whether an image that is on its way is to be seen at the end of it. */
async function hasArrived({ image, intent }: ImageState, files: Pick<Files, 'stat'>): Promise<boolean> {
  const to = intent?.operations.find((operation) => operation.from === image.path)?.to;
  return to !== undefined && (await files.stat(to).catch(() => undefined)) !== undefined;
}

/**
 * Whether the image of an unfinished state is the one that it was; one that is on its way finds out for itself, and so does one
 * that nobody can look at now.
 */
export async function isStillThere(state: ImageState, files: Pick<Files, 'stat'>): Promise<boolean> {
  if (!isInInbox(state)) return true;
  try {
    const now = await files.stat(state.image.path);
    return now?.size === state.image.size && now.mtimeMs === state.image.mtimeMs;
  } catch (error) {
    if (error instanceof ImageError) return true;
    throw error;
  }
}

/** Why an image is passed over without being looked at; undefined when it is not. */
export async function whyPassedOver(
  image: FoundImage,
  plan: RunPlan,
  settings: Settings,
  files: Pick<Files, 'stat'>,
): Promise<string | undefined> {
  if (!settings['workflow.skipExisting'] || plan.reprocess) return undefined;
  return (await files.stat(sidecarOf(image.path))) ? 'it has a sidecar already' : undefined;
}

/** Whether the plan is about the image at a path. */
export function wantedBy({ only: paths }: RunPlan): (path: string) => boolean {
  const only = paths && new Set(paths);
  return (path) => only?.has(path) ?? true;
}

/** Those at paths that are wanted. */
export async function* wanted(
  discoveries: AsyncIterable<Discovery>,
  isWanted: (path: string) => boolean,
): AsyncGenerator<Discovery> {
  for await (const discovery of discoveries) if (isWanted(discovery.image.path)) yield discovery;
}

/** Whether a run that ends before some stages can't go on with the image: one of those is what it waits for, or failed at. */
export const waitsBeyond = ({ stages }: ImageState, isStopped: (stage: StageId) => boolean): boolean =>
  STAGE_IDS.some((stage) => {
    const kind = stages[stage]?.outcome.kind;
    return (kind === 'waiting' || kind === 'failed') && isStopped(stage);
  });

/** Offline its turn can't come: it stays parked, and is not sorted as unknown. */
export const waitsForQuota = ({ stages }: ImageState): boolean => {
  const outcome = stages.search?.outcome;
  return outcome?.kind === 'waiting' && outcome.why === 'quota';
};
