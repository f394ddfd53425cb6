import { basename } from 'node:path';
import type { RunOutcome } from '../journal/events.ts';
import type { Journal } from '../journal/journal.ts';
import type { Replay } from '../journal/replay.ts';
import type { Clock } from '../ports/clock.ts';
import type { Files } from '../ports/files.ts';
import type { Manifests } from '../ports/manifests.ts';
import type { Store } from '../ports/store.ts';
import { errorReport } from '../report/errorReport.ts';
import { manifestText, reportName, timeOfReport } from '../report/manifest.ts';
import type { Statistics } from '../report/statistics.ts';
import { withoutSecrets } from '../settings/withoutSecrets.ts';
import { checkpoint } from './checkpoints.ts';
import { inboxesOf, type Configuration } from './planRun.ts';

/** How a run ended. */
export interface RunReport {
  readonly outcome: RunOutcome;
  readonly statistics: Statistics;
  /** absolute paths */
  readonly manifest: string;
  readonly errorReport?: string;
}

export interface FinishParts {
  readonly files: Files;
  readonly clock: Clock;
  /** @param sorted absolute path of the sorted folder */
  readonly manifestsIn: (sorted: string) => Pick<Manifests, 'latest'>;
}

export interface Finished {
  readonly journal: Journal;
  readonly store: Store;
  readonly run: Replay;
  readonly configuration: Configuration;
  readonly outcome: RunOutcome;
  /** absolute path of a folder for the manifest and the error report where the sorted folder can't take them */
  readonly elsewhere?: string;
}

/** Manifest, error report, end of the journal, checkpoint. */
export async function finishRun({ files, clock, manifestsIn }: FinishParts, finished: Finished): Promise<RunReport> {
  const { journal, store, run, configuration, outcome, elsewhere } = finished;
  const { folders } = configuration;
  const { runId, startedAt, plan, digest } = run;
  const endedAt = new Date(clock.now()).toISOString();
  // the end goes first, so that the numbers are those of the run up to here; the manifest stands when it is whole
  const statistics = digest.statistics();
  // parked images of earlier runs may be from other folders; an undo believes in none that is not named here
  const inboxes = inboxesOf(plan).filter((inbox) => inbox !== folders.inbox);
  const shown = withoutSecrets(configuration.settings, folders);
  const told = { folders: { ...shown.folders, ...(inboxes.length > 0 && { inboxes }) }, ...shown.settings };
  const head = { runId, startedAt, endedAt, outcome, configuration: told };
  const text = errorReport(digest.unfinished(), endedAt, statistics);
  const manifestIn = async (
    folder: string,
  ): Promise<{ readonly at: number; readonly folder: string; readonly manifest: string }> => {
    await files.makeFolder(folder);
    const { at, path: manifest } = await freeManifest(folder, { files, clock, manifestsIn });
    await files.writeText(manifest, manifestText(journal, head, statistics));
    return { at, folder, manifest };
  };
  const { sorted } = folders;
  let written: Awaited<ReturnType<typeof manifestIn>>;
  if (elsewhere === undefined || elsewhere === sorted) written = await manifestIn(sorted);
  // one that is away is not made: it would be in the way of the disk that comes back
  else if (!(await isThere(sorted, files)) || !(await files.isWritable(sorted))) written = await manifestIn(elsewhere);
  else written = await manifestIn(sorted).catch(() => manifestIn(elsewhere));
  const { manifest } = written;
  const report = text === undefined ? undefined : await freeErrorReport(written.folder, written.at, files);
  if (report !== undefined && text !== undefined) await files.writeText(report, [text]);
  const paths = { manifest, ...(report !== undefined && { errorReport: report }) };
  await journal.appendDurably({ kind: 'run-ended', at: endedAt, outcome, ...paths });
  await checkpoint(journal, store);
  return { outcome, statistics, ...paths };
}

const isThere = (path: string, files: FinishParts['files']): Promise<boolean> =>
  files.stat(path).then(
    (found) => found !== undefined,
    () => false,
  );

/**
 * The manifest's path by the present second, or the next one that comes after those of all other manifests: whoever looks
 * for the last run goes by their names, also when the clock was set back, as it is each autumn.
 */
async function freeManifest(
  folder: string,
  { files, clock, manifestsIn }: FinishParts,
): Promise<{ readonly at: number; readonly path: string }> {
  const latest = await manifestsIn(folder).latest();
  const last = latest === undefined ? '' : basename(latest);
  const nameAt = (time: number): string => reportName('manifest', new Date(time));
  const pathAt = (time: number): string => `${folder}/${nameAt(time)}`;
  let at = Math.max(clock.now(), timeOfReport(last));
  // local times come twice when the clock goes back
  while (nameAt(at) <= last || (await files.stat(pathAt(at)))) at += 1000;
  return { at, path: pathAt(at) };
}

/** The report's path by the second of its manifest, or the next one that is free. */
async function freeErrorReport(folder: string, from: number, files: Pick<Files, 'stat'>): Promise<string> {
  for (let at = from; ; at += 1000) {
    const path = `${folder}/${reportName('errors', new Date(at))}`;
    if (!(await files.stat(path))) return path;
  }
}
