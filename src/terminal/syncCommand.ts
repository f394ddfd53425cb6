import { createInterface } from 'node:readline/promises';
import { sizeText } from '../core/doctor/sizeText.ts';
import type { LibrarySync } from '../core/sync/librarySync.ts';
import type { DeletionPlan } from '../core/sync/planDeletion.ts';
import type { FileFate, SyncEvent, SyncSummary } from '../core/sync/syncOrder.ts';
import { announcementText, isTrouble } from '../core/photoServer/announcementText.ts';
import { deletionText, extentOf, progressText, summaryText, type SyncExtent } from '../core/sync/syncText.ts';
import type { Clock } from '../core/ports/clock.ts';
import { Interrupted } from './interrupt.ts';
import { printable } from './output.ts';

export interface SyncCommandRequest {
  readonly dryRun: boolean;
}

export interface SyncOutput {
  readonly out: NodeJS.WriteStream;
  readonly err: NodeJS.WriteStream;
  readonly in: NodeJS.ReadStream;
  readonly clock: Clock;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
}

/** How it ended, for the exit code. */
export const EXIT_OF: Readonly<Record<SyncExtent, 0 | 1 | 5>> = { all: 0, some: 1, none: 5 };

/** A line now and then where nothing can be written over, milliseconds. */
const LINE_EVERY = 5_000;
/** Names of a preview; the rest is counted. A dry run names all. */
const NAMES_SHOWN = 20;

const DONE: Readonly<Record<FileFate, string>> = {
  copied: 'copied', updated: 'updated', unchanged: 'same', conflict: 'left', failed: 'failed', deleted: 'removed',
}; // prettier-ignore

/**
 * Syncs everything, and tells of it. Before anything is removed from the NAS a person is asked; where nobody can be, nothing is.
 * @throws SettingsError, LockHeld, FatalError; the signal's reason
 */
export async function syncCommand(
  sync: LibrarySync,
  { dryRun }: SyncCommandRequest,
  output: SyncOutput,
  signal: AbortSignal,
): Promise<SyncExtent> {
  const teller = output.json ? new JsonTeller(output) : new TextTeller(output, dryRun);
  let troubles = 0;
  const summary = await sync.run(
    {
      dryRun,
      confirm: (plan) => teller.confirm(plan, signal),
      on: (event) => {
        if (event.kind === 'deletion-refused' || event.kind === 'problem') troubles++;
        teller.on(event);
      },
    },
    signal,
  );
  const extent = extentOf(summary, troubles);
  teller.end(summary, extent);
  return extent;
}

interface Teller {
  on(event: SyncEvent): void;
  confirm(plan: DeletionPlan, signal: AbortSignal): Promise<boolean>;
  end(summary: SyncSummary, extent: SyncExtent): void;
}

/** One object a line on stdout. What is as it should be is only counted. */
class JsonTeller implements Teller {
  private readonly output: SyncOutput;

  constructor(output: SyncOutput) {
    this.output = output;
    this.event('run-started', {});
  }

  on(event: SyncEvent): void {
    switch (event.kind) {
      case 'planned':
        this.event('sync-planned', { files: event.files, bytes: event.bytes, freeBytes: event.freeBytes });
        break;
      case 'file':
        if (event.fate === 'unchanged') break;
        this.event('file', { place: event.place, status: event.fate, why: event.why });
        break;
      case 'progress': {
        const { files, totalFiles, bytes, totalBytes, bytesPerSecond, secondsLeft } = event.progress;
        const facts = { bytes, totalBytes, bytesPerSecond: Math.round(bytesPerSecond) };
        const etaSeconds = secondsLeft === undefined ? null : Math.round(secondsLeft);
        this.event('stage-progress', { stage: 'sync', done: files, total: totalFiles, ...facts, etaSeconds });
        break;
      }
      case 'deletion-planned':
        this.event('deletion-planned', { ...event.plan });
        break;
      case 'deletion-refused':
        this.event('warning', { message: refusedText(event.why) });
        break;
      case 'announced': {
        const { announcement } = event;
        this.event('photo-server', { ...announcement, message: announcementText(announcement) });
        break;
      }
      case 'problem':
        this.event('warning', { message: event.why, path: event.path });
        break;
    }
  }

  confirm(plan: DeletionPlan): Promise<boolean> {
    this.event('warning', { message: nobodyText(plan) });
    return Promise.resolve(false);
  }

  end(summary: SyncSummary, extent: SyncExtent): void {
    const { unreachable, ...statistics } = summary;
    const outcome = unreachable === undefined ? 'completed' : 'unreachable';
    this.event('run-ended', { outcome, message: unreachable, statistics, exitCode: EXIT_OF[extent] });
  }

  private event(event: string, facts: object): void {
    this.output.out.write(`${JSON.stringify({ event, ...facts })}\n`);
  }
}

/** For people: progress and trouble on stderr, the list of a dry run and the summary on stdout. */
class TextTeller implements Teller {
  private readonly output: SyncOutput;
  private readonly dryRun: boolean;
  private lastLine: number;
  /** a line of progress stands on the terminal, and is written over */
  private drawn = false;

  constructor(output: SyncOutput, dryRun: boolean) {
    this.output = output;
    this.dryRun = dryRun;
    this.lastLine = output.clock.now();
  }

  on(event: SyncEvent): void {
    switch (event.kind) {
      case 'planned':
        this.planned(event);
        break;
      case 'file':
        this.file(event);
        break;
      case 'progress':
        this.draw(progressText(event.progress));
        break;
      case 'deletion-planned':
        if (event.plan.kept.length > 0) {
          const { length } = event.plan.kept;
          this.say(`${length} that are gone here were changed on the NAS since, and stay there.`);
        }
        break;
      case 'deletion-refused':
        this.say(`warning: ${refusedText(event.why)}`);
        break;
      case 'announced': {
        const text = printable(announcementText(event.announcement));
        if (isTrouble(event.announcement)) this.say(`warning: ${text}`);
        else if (!this.output.quiet) this.say(text);
        break;
      }
      case 'problem':
        this.say(`warning: ${printable(event.path)}: ${printable(event.why)}`);
        break;
    }
  }

  async confirm(plan: DeletionPlan, signal: AbortSignal): Promise<boolean> {
    this.clear();
    const { in: input, err } = this.output;
    if (!input.isTTY || !err.isTTY) {
      this.say(`warning: ${nobodyText(plan)}`);
      return false;
    }
    for (const place of plan.places.slice(0, NAMES_SHOWN)) err.write(`  ${printable(place)}\n`);
    if (plan.places.length > NAMES_SHOWN) err.write(`  and ${plan.places.length - NAMES_SHOWN} more\n`);
    const question = createInterface({ input, output: err });
    // while it asks, Ctrl-C is a key
    const stop = new AbortController();
    question.once('SIGINT', () => stop.abort(new Interrupted('Interrupted.')));
    const stopped = AbortSignal.any([signal, stop.signal]);
    try {
      const asked = `Move ${deletionText(plan)}, to the trash of the NAS? [y/N] `;
      return /^y(es)?$/i.test((await question.question(asked, { signal: stopped })).trim());
    } catch {
      stopped.throwIfAborted();
      // Ctrl-D: there is no answer
      return false;
    } finally {
      question.close();
    }
  }

  end(summary: SyncSummary): void {
    this.clear();
    const { out, err } = this.output;
    if (summary.unreachable !== undefined) {
      err.write(`error: the NAS can't be reached: ${printable(summary.unreachable)}\nSync again when it is there.\n`);
    }
    out.write(`${this.dryRun ? 'Nothing was touched; it would be: ' : 'Synced: '}${summaryText(summary)}.\n`);
  }

  private planned({ files, bytes, freeBytes }: Extract<SyncEvent, { kind: 'planned' }>): void {
    if (this.output.quiet || files === 0) return;
    const room = freeBytes === undefined ? '' : `, ${sizeText(freeBytes)} are free`;
    this.say(`${files} ${files === 1 ? 'file' : 'files'} to copy, ${sizeText(bytes)}${room}.`);
  }

  private file({ place, fate, why }: Extract<SyncEvent, { kind: 'file' }>): void {
    const line = `${DONE[fate].padEnd(8)}${printable(place)}${why === undefined ? '' : `: ${printable(why)}`}`;
    if (fate === 'failed' || fate === 'conflict') this.say(line);
    else if (fate !== 'unchanged' && (this.dryRun || fate === 'deleted')) this.output.out.write(`${line}\n`);
    else if (this.output.verbose) this.say(line);
  }

  private say(text: string): void {
    this.clear();
    this.output.err.write(`${text}\n`);
  }

  private draw(text: string): void {
    const { err, clock, quiet } = this.output;
    if (quiet) return;
    if (err.isTTY) {
      this.clear();
      err.write(text.slice(0, err.columns - 1));
      this.drawn = true;
      return;
    }
    if (clock.now() - this.lastLine < LINE_EVERY) return;
    this.lastLine = clock.now();
    err.write(`${text}\n`);
  }

  private clear(): void {
    if (this.drawn) this.output.err.write('\r\u001b[K');
    this.drawn = false;
  }
}

const refusedText = (why: string): string => `Nothing was removed from the NAS: ${why}.`;

const nobodyText = (plan: DeletionPlan): string =>
  `Left on the NAS, since there is nobody to ask: ${deletionText(plan)}. In a terminal image-inbox sync asks.`;
