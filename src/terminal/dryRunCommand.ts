import { basename } from 'node:path';
import type { Composition } from '../compose.ts';
import type { RunRequest } from '../core/pipeline/planRun.ts';
import type { RunEvent } from '../core/pipeline/observer.ts';
import { Progress } from '../core/pipeline/progress.ts';
import type { Clock } from '../core/ports/clock.ts';
import { byFolder } from '../core/preview/byFolder.ts';
import type { DryRunReport } from '../core/preview/dryRun.ts';
import { dryRunSummary, goingImages, openText, sortedSummary } from '../core/preview/previewText.ts';
import type { SortedPreview } from '../core/preview/sortedPreview.ts';
import { categoryFolder } from '../core/rules/categoryFolder.ts';
import { planText } from '../core/search/searchPlan.ts';
import { printable } from './output.ts';

export interface DryRunOutput {
  readonly write: (line: string) => void;
  /** progress and warnings */
  readonly log: (line: string) => void;
  readonly clock: Clock;
  readonly json: boolean;
  /** only the numbers */
  readonly quiet: boolean;
  /** every image by name */
  readonly verbose: boolean;
}

/** `some`: images could not be read; `stopped`: what is told is what was found out until then. */
export type DryRunExtent = 'all' | 'some' | 'stopped';

export const DRY_RUN_EXIT: Readonly<Record<DryRunExtent, 0 | 1 | 3>> = { all: 0, some: 1, stopped: 3 };

/** A line now and then, milliseconds. */
const LINE_EVERY = 5_000;
/** Images of a category that are named. */
const NAMED = 10;

/**
 * Tells what a run would do, and where the sorted images would go today. Nothing is touched.
 * @throws SettingsError, ImageError, FatalError
 */
export async function dryRunCommand(
  { dryRun, previewSorted }: Pick<Composition, 'dryRun' | 'previewSorted'>,
  request: RunRequest,
  output: DryRunOutput,
  signal: AbortSignal,
): Promise<DryRunExtent> {
  const { json, write } = output;
  if (json) write(JSON.stringify({ event: 'run-started', dryRun: true }));
  const report = await dryRun.run(request, { on: listener(output) }, signal);
  const sorted = await previewSorted(signal);
  const extent = extentOf(report, sorted);
  for (const line of json ? jsonLines(report, sorted, extent) : textLines(report, sorted, output)) write(line);
  return extent;
}

function extentOf({ complete, images }: DryRunReport, sorted: SortedPreview): DryRunExtent {
  if (!complete || !sorted.complete) return 'stopped';
  return images.some(({ kind }) => kind === 'failed') ? 'some' : 'all';
}

function listener({ json, quiet, clock, write, log }: DryRunOutput): (event: RunEvent) => void {
  const progress = new Progress(clock);
  let last = clock.now();
  return (event) => {
    progress.on(event);
    if (event.kind === 'warning') {
      if (json) write(JSON.stringify({ event: 'warning', message: event.text }));
      else log(`warning: ${printable(event.text)}`);
    }
    if (quiet || clock.now() - last < LINE_EVERY) return;
    last = clock.now();
    const { done, total, perMinute, etaSeconds } = progress.overall();
    if (json)
      write(JSON.stringify({ event: 'stage-progress', stage: 'scan', done, total, perMinute, etaSeconds: etaSeconds ?? null })); // prettier-ignore
    else log(`${done} of ${total} images looked at`);
  };
}

function* jsonLines(report: DryRunReport, sorted: SortedPreview, extent: DryRunExtent): Generator<string> {
  for (const { kind: status, ...facts } of report.images) yield JSON.stringify({ event: 'image', status, ...facts });
  for (const { path, ...facts } of sorted.elsewhere) {
    yield JSON.stringify({ event: 'image', status: 'elsewhere', source: path, ...facts });
  }
  const count = (status: string): number => report.images.filter(({ kind }) => kind === status).length;
  const statistics = {
    total: report.images.length,
    goes: count('goes'),
    stays: count('stays'),
    skipped: count('skipped'),
    failed: count('failed'),
    sorted: { elsewhere: sorted.elsewhere.length, staying: sorted.staying, unknown: sorted.unknown },
  };
  const { times: _, ...search } = report.search ?? {};
  const outcome = extent === 'stopped' ? 'interrupted' : 'dry-run';
  yield JSON.stringify({ event: 'run-ended', outcome, statistics, search, exitCode: DRY_RUN_EXIT[extent] });
}

function* textLines(report: DryRunReport, sorted: SortedPreview, output: DryRunOutput): Generator<string> {
  const { quiet, verbose, clock } = output;
  const named = verbose ? Infinity : NAMED;
  if (!quiet) {
    for (const { folder, items } of byFolder(goingImages(report), ({ category }) => categoryFolder(category))) {
      yield `${printable(folder)}: ${items.length}`;
      yield* listed(items, named, (image) => {
        const open = openText(image);
        const name = basename(image.destination);
        const renamed = name === basename(image.source) ? '' : ` as ${name}`;
        return `${image.source}${renamed} (${image.because}${open === '' ? '' : `; ${open}`})`;
      });
    }
    for (const kind of ['skipped', 'failed'] as const) {
      const items = report.images.filter((image) => image.kind === kind);
      if (items.length > 0) yield `${kind}: ${items.length}`;
      yield* listed(items, named, ({ source, ...image }) => `${source}: ${'why' in image ? image.why : ''}`);
    }
  }
  if (report.search) {
    yield `Search: ${planText(report.search, clock.now())}. What is found by its MD5, at no cost, needs none.`;
  }
  yield* dryRunSummary(report);
  if (!quiet && sorted.elsewhere.length > 0) {
    yield '';
    yield 'Sorted already, and by today’s rules and what was learned elsewhere:';
    yield* listed(sorted.elsewhere, named, ({ path, category, because }) => `${path} -> ${category} (${because})`);
  }
  yield* sortedSummary(sorted);
  yield 'Nothing was written, moved or sent.';
}

function* listed<T>(items: readonly T[], named: number, text: (item: T) => string): Generator<string> {
  for (const item of items.slice(0, named)) yield `  ${printable(text(item))}`;
  if (items.length > named) yield `  and ${items.length - named} more (--verbose names all)`;
}
