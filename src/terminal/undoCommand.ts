import type { RunUndo } from '../core/undo/runUndo.ts';
import type { Finding } from '../core/undo/examine.ts';
import type { UndoPlan } from '../core/undo/planUndo.ts';
import { LEFT_BECAUSE, type UndoReport, type UndoResult } from '../core/undo/undoer.ts';
import { undoText } from '../core/undo/undoText.ts';
import { printable } from './output.ts';

export interface UndoRequest {
  /** absolute; absent: the last run's, or with `only` those of the runs that moved it */
  readonly manifest?: string;
  /** absolute paths of images or folders; absent: the whole run */
  readonly only?: readonly string[];
  /** say what would be done, and touch nothing */
  readonly dryRun: boolean;
}

export interface UndoOutput {
  readonly write: (line: string) => void;
  readonly json: boolean;
  /** only what was not put back, and the last line */
  readonly quiet: boolean;
}

/** `all`: everything asked for is as it was before the run; `some`: some of it was left as it is, and told. */
export type UndoExtent = 'all' | 'some';

export const UNDO_EXIT: Readonly<Record<UndoExtent, 0 | 1>> = { all: 0, some: 1 };

/**
 * Puts back what a run moved, and tells of each image.
 * @throws ManifestInvalid, ImageError, LockHeld, FatalError; the signal's reason
 */
export async function undoCommand(
  undo: RunUndo,
  { manifest: named, only, dryRun }: UndoRequest,
  output: UndoOutput,
  signal: AbortSignal,
): Promise<UndoExtent> {
  const manifests = await manifestsFor(undo, named, only);
  if (manifests.length === 0) {
    const text = only ? 'No run has moved what is named.' : 'There is no run to undo.';
    output.write(output.json ? JSON.stringify({ event: 'run-ended', outcome: 'nothing-to-do', exitCode: 0 }) : text);
    return 'all';
  }
  const extents: UndoExtent[] = [];
  for (const manifest of manifests) extents.push(await undoOne(undo, { manifest, dryRun, ...(only && { only }) }, output, signal)); // prettier-ignore
  return extents.every((extent) => extent === 'all') ? 'all' : 'some';
}

async function manifestsFor(
  undo: RunUndo,
  named: string | undefined,
  only: readonly string[] | undefined,
): Promise<readonly string[]> {
  if (named !== undefined) return [named];
  if (only) return undo.manifestsOf(only);
  const last = await undo.lastManifest();
  return last === undefined ? [] : [last];
}

async function undoOne(
  undo: RunUndo,
  { manifest, only, dryRun }: UndoRequest & { readonly manifest: string },
  output: UndoOutput,
  signal: AbortSignal,
): Promise<UndoExtent> {
  const plan = await undo.plan(manifest, only);
  if (dryRun) return preview(undo, manifest, plan, output, signal);
  const report = await undo.undo(plan, signal, (source, result) => {
    for (const line of resultLines(source, result, output)) output.write(line);
  });
  const tally = tallyOf(report);
  const extent: UndoExtent = tally.left + tally.failed + tally.refused === 0 ? 'all' : 'some';
  if (output.json) {
    const { foldersRemoved, onNas } = report;
    for (const message of notDone(report)) output.write(JSON.stringify({ event: 'warning', message }));
    output.write(JSON.stringify({ event: 'run-ended', outcome: 'undone', manifest, statistics: tally, foldersRemoved, onNas, exitCode: UNDO_EXIT[extent] })); // prettier-ignore
  } else {
    for (const line of summaryLines(plan, report, tally)) output.write(line);
  }
  return extent;
}

async function preview(
  undo: RunUndo,
  manifest: string,
  plan: UndoPlan,
  { write, json }: UndoOutput,
  signal: AbortSignal,
): Promise<UndoExtent> {
  const findings: { source: string; finding: Finding }[] = [];
  for await (const found of undo.preview(plan, signal)) findings.push(found);
  const count = (kind: Finding['kind']): number => findings.filter(({ finding }) => finding.kind === kind).length;
  const refused = plan.refused.length;
  const extent: UndoExtent = count('left') + refused === 0 ? 'all' : 'some';
  if (json) {
    for (const { source, finding } of findings) write(JSON.stringify({ event: 'image', source, status: finding.kind, ...(finding.kind === 'left' && { why: finding.reason }) })); // prettier-ignore
    for (const message of plan.refused.map(refusedText)) write(JSON.stringify({ event: 'warning', message }));
    const statistics = { possible: count('possible'), asBefore: count('as-before'), left: count('left'), refused };
    write(JSON.stringify({ event: 'run-ended', outcome: 'dry-run', manifest, statistics, exitCode: UNDO_EXIT[extent] })); // prettier-ignore
  } else {
    for (const line of undoText(plan, findings).split('\n')) write(printable(line));
    write('Nothing was touched.');
  }
  return extent;
}

interface Tally {
  readonly undone: number;
  readonly asBefore: number;
  readonly left: number;
  readonly failed: number;
  readonly refused: number;
}

function tallyOf({ images, refused }: UndoReport): Tally {
  const count = (kind: UndoResult['kind']): number => images.filter(({ result }) => result.kind === kind).length;
  return {
    undone: count('undone'),
    asBefore: count('as-before'),
    left: count('left'),
    failed: count('failed'),
    refused: refused.length,
  };
}

function resultLines(source: string, result: UndoResult, { json, quiet }: UndoOutput): readonly string[] {
  if (json) {
    const why = result.kind === 'left' || result.kind === 'failed' ? { why: result.reason } : {};
    return [JSON.stringify({ event: 'image', source, status: result.kind, ...why })];
  }
  const name = printable(source);
  switch (result.kind) {
    case 'undone':
      return quiet ? [] : [`back   ${name}`, ...result.notes.map((note) => `         ${printable(note)}`)];
    case 'as-before':
      return [];
    case 'left':
      return [`left   ${printable(result.path)} ${LEFT_BECAUSE[result.reason]}`];
    case 'failed':
      return [`failed ${name}: ${printable(result.message)}`];
  }
}

function summaryLines(plan: UndoPlan, report: UndoReport, tally: Tally): readonly string[] {
  const { undone, asBefore, left, failed, refused } = tally;
  const parts = [
    `${undone} of ${report.images.length} images are as before the run of ${plan.startedAt}`,
    ...(asBefore > 0 ? [`${asBefore} were already`] : []),
    ...(left > 0 ? [`${left} left alone`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(refused > 0 ? [`${refused} refused`] : []),
  ];
  return [
    ...notDone(report).map(printable),
    ...(report.onNas.length > 0 ? [`${report.onNas.length} copies on the NAS stay there.`] : []),
    `${parts.join(', ')}.`,
  ];
}

/** Beside the images that were left or have failed. */
const notDone = ({ unfinished, refused }: UndoReport): readonly string[] => [
  ...unfinished.map((why) => `an undo that was cut off could not be finished: ${why}`),
  ...refused.map(refusedText),
];

const refusedText = ({ source, why }: UndoPlan['refused'][number]): string => `refused ${source}: ${why}`;
