import type { Replay } from '../journal/replay.ts';
import type { RunOutcome, RunPlan } from '../journal/events.ts';
import type { ImageState } from '../model/imageState.ts';
import { STAGE_IDS, type StageId } from '../model/stageId.ts';
import type { Folders } from '../settings/folders.ts';
import { SettingsError } from '../settings/resolveSettings.ts';
import type { Settings } from '../settings/settingsTable.ts';
import { assertHarmless } from '../settings/syncProgram.ts';
import type { Hold } from './runner.ts';

/** What a person asks for. */
export interface RunRequest {
  /**
   * `process` walks the inbox, and takes up what is unfinished; `resume` takes up what is unfinished; `review` carries out
   * decisions alone, and stays open for more as `hold` says
   */
  readonly command: RunPlan['command'];
  readonly hold?: Hold;
  /** the folder to process instead of the inbox of the settings; absolute or relative to the workspace */
  readonly inbox?: string;
  /** images in that folder, absolute paths: no other is touched, not even one that was parked */
  readonly only?: readonly string[];
  readonly from?: StageId;
  readonly to?: StageId;
  readonly skip?: readonly StageId[];
  readonly reprocess?: boolean;
  readonly offline?: boolean;
  /** settings for this run alone, by key without prefix */
  readonly overrides?: Readonly<Record<string, unknown>>;
}

/** Settings and folders of one run. */
export interface Configuration {
  readonly settings: Settings;
  readonly folders: Folders;
}

/** @throws SettingsError */
export type Configure = (overrides: Readonly<Record<string, unknown>>, inbox: string | undefined) => Configuration;

/** The request, filled up from the run that it goes on with. @throws SettingsError */
export function planRun(
  request: RunRequest,
  found: Replay | undefined,
  configure: Configure,
): { plan: RunPlan; configuration: Configuration } {
  const before = request.command === 'process' ? undefined : found?.plan;
  const cutOff = before && found && !isOver(found) ? before : undefined;
  const overrides = { ...before?.overrides, ...request.overrides };
  const inbox = request.inbox ?? before?.inbox;
  const configuration = configure(overrides, inbox);
  const from = request.from ?? cutOff?.from;
  const to = request.to ?? cutOff?.to;
  if (from && to && STAGE_IDS.indexOf(from) > STAGE_IDS.indexOf(to)) {
    throw new SettingsError(`The run would begin at ${from} and end at ${to}, which comes before it.`);
  }
  // what was parked is taken up without a walk; a run that was cut off goes on with the walk as well
  const only = request.only ?? cutOff?.only;
  const walks = request.command === 'process' || cutOff?.inbox !== undefined;
  const asked: RunPlan = {
    // a review leaves the run that was interrupted what it was: it is still to be resumed
    command: request.command === 'review' && cutOff ? cutOff.command : request.command,
    sorted: configuration.folders.sorted,
    skip: request.skip ?? before?.skip ?? [],
    reprocess: request.reprocess ?? cutOff?.reprocess ?? false,
    offline: request.offline ?? cutOff?.offline ?? false,
    overrides,
    ...(walks && { inbox: configuration.folders.inbox }),
    ...(only && { only }),
    ...(from && { from }),
    ...(to && { to }),
  };
  const { settings, folders } = configuration;
  if (folders.nas !== undefined && !stagesOff(asked, settings).has('sync')) assertHarmless(settings, folders.nas);
  // also when nothing is open any more: the manifest of a run that is gone on with tells of all its images
  const inherits = found !== undefined && (found.open.size > 0 || goesOn(found, asked));
  const inboxes = inherits ? inboxesOf(found.plan).filter((folder) => folder !== asked.inbox) : [];
  return { plan: { ...asked, ...(inboxes.length > 0 && { inboxes }) }, configuration };
}

/** Of a run that was left without an end: its own folders, and as its settings those of today with what it had for itself. */
export function configurationOf(
  { overrides, inbox, sorted }: RunPlan,
  configure: Configure,
  today: Configuration,
): Configuration {
  let own = today;
  try {
    own = configure(overrides, inbox);
  } catch (error) {
    // today's folders may be in the way of its own, which is no reason to leave it without an end
    if (!(error instanceof SettingsError)) throw error;
  }
  return { ...own, folders: { ...own.folders, ...(inbox !== undefined && { inbox }), sorted } };
}

/** Whether the plan is what the run that was cut off was doing. */
export function goesOn(found: Replay, plan: RunPlan): boolean {
  if (isOver(found) || found.plan.sorted !== plan.sorted) return false;
  if (plan.command !== 'process') return true;
  return found.plan.inbox === plan.inbox && found.plan.only?.join('\0') === plan.only?.join('\0');
}

/** The folders that images of the run came from. */
export const inboxesOf = ({ inbox, inboxes = [] }: RunPlan): readonly string[] => [
  ...new Set([...(inbox === undefined ? [] : [inbox]), ...inboxes]),
];

/** It ended by itself; one that was interrupted or killed did not. */
export const isOver = (found: Replay): boolean => found.ended?.outcome === 'completed';

/** How a run ends that was left without an end. A review has ended when nothing was cut off with it. */
export const endOf = (found: Replay): RunOutcome =>
  found.plan.command === 'review' && ![...found.open.values()].some(isCutOff) ? 'completed' : 'interrupted';

/** Decided on, and stopped before its end. */
export const isCutOff = ({ decision, fate }: ImageState): boolean => decision !== undefined && fate === undefined;

/** Stages that do not run: switched off, passed over, before `--from` or after `--to`. `scan` always runs. */
export function stagesOff(
  plan: RunPlan,
  settings: Settings,
): ReadonlyMap<StageId, { readonly kind: 'skip'; readonly why: string } | { readonly kind: 'stop' }> {
  const off = new Map<StageId, { kind: 'skip'; why: string } | { kind: 'stop' }>();
  const index = (stage: StageId): number => STAGE_IDS.indexOf(stage);
  for (const stage of STAGE_IDS) {
    if (stage === 'scan') continue;
    if (plan.to && index(stage) > index(plan.to)) off.set(stage, { kind: 'stop' });
    else if (plan.from && index(stage) < index(plan.from) && stage !== 'search')
      off.set(stage, { kind: 'skip', why: `before ${plan.from}, where the run began` });
    else if (plan.skip.includes(stage)) off.set(stage, { kind: 'skip', why: 'left out of this run' });
    else if (!settings[`stages.${stage}`]) off.set(stage, { kind: 'skip', why: 'switched off' });
  }
  return off;
}

/** Before `--from` the search asks nobody, but takes what earlier runs were answered. */
export function whyUnsearched({ offline, from }: RunPlan): string | undefined {
  if (offline) return 'offline';
  const later = from !== undefined && STAGE_IDS.indexOf(from) > STAGE_IDS.indexOf('search');
  return later ? `before ${from}, where the run began` : undefined;
}
