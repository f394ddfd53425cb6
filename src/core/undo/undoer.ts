import { FatalError, ImageError, type FailureReason } from '../model/failure.ts';
import type { Clock } from '../ports/clock.ts';
import type { UndoFiles } from '../ports/files.ts';
import type { JournalFile, JournalFolder } from '../ports/journalFile.ts';
import { carryOut } from './carryOut.ts';
import { examine, type Finding, type LeftReason, type UndoStep } from './examine.ts';
import type { UndoPlan, UndoUnit } from './planUndo.ts';

/** One line of the journal of undos. An undo without its end was cut off; so was an intent without its own. */
type UndoEvent =
  | { readonly kind: 'undo-started'; readonly at: string; readonly runId: string }
  /** whose files they are was not written down by older versions */
  | ({ readonly kind: 'intended'; readonly unit: string; readonly steps: readonly UndoStep[] } & Partial<
      Pick<UndoUnit, 'source' | 'files'>
    >)
  /** `back`: all of its steps were taken, which is still to be told of */
  | { readonly kind: 'ended'; readonly unit: string; readonly back?: boolean }
  /** and all that is back was told of */
  | { readonly kind: 'undo-ended'; readonly at: string };

/** What became of one image. */
export type UndoResult =
  | { readonly kind: 'undone'; readonly steps: readonly UndoStep[]; readonly notes: readonly string[] }
  | Exclude<Finding, { kind: 'possible' }>
  | { readonly kind: 'failed'; readonly reason: FailureReason; readonly message: string };

export interface UndoReport {
  /** in the order in which they were undone */
  readonly images: readonly { readonly source: string; readonly result: UndoResult }[];
  /** made by the run, empty, and gone */
  readonly foldersRemoved: readonly string[];
  readonly refused: UndoPlan['refused'];
  readonly onNas: readonly string[];
  /** images of an undo that was cut off, which were taken up first */
  readonly finished: number;
  /** why some of them could not be finished, a sentence each */
  readonly unfinished: readonly string[];
}

export interface UndoerParts {
  readonly files: UndoFiles;
  readonly clock: Clock;
  /** of the undos' own journal */
  readonly journals: JournalFolder;
}

/**
 * Puts back what a run did. Each image's steps are in the journal, on the disk, before the first of them is taken; what an
 * undo that was cut off had begun is finished by the next one, whichever run that is for. For the holder of the lock alone.
 */
export class Undoer {
  private readonly parts: UndoerParts;

  constructor(parts: UndoerParts) {
    this.parts = parts;
  }

  /**
   * What would be done, by what is there now. Nothing is touched.
   * @throws FatalError; the signal's reason
   */
  async *preview(plan: UndoPlan, signal: AbortSignal): AsyncGenerator<{ source: string; finding: Finding }> {
    for (const unit of plan.units) {
      signal.throwIfAborted();
      yield { source: unit.source, finding: await examine(unit, this.parts.files, signal) };
    }
  }

  /**
   * @param onResult called for each image when it is done
   * @param onBack told at the end, also at an early one, of all that is back, with what an undo before this one, which was cut
   *   off, could not tell any more; absent: a later undo tells of that
   * @throws FatalError `no-space`, `journal-broken`; the signal's reason, what is done until then stays done
   */
  async undo(
    plan: UndoPlan,
    signal: AbortSignal,
    onResult?: (source: string, result: UndoResult) => void,
    onBack?: (units: readonly UndoUnit[]) => Promise<void>,
  ): Promise<UndoReport> {
    const { finished, unfinished, untold } = await this.finishOpen(signal);
    // what is untold stays where it is until it can be told: it may be long
    const goesOn = !onBack && untold.length > 0 ? await this.parts.journals.openLatest() : undefined;
    const journal =
      goesOn ??
      (await this.parts.journals.create([
        line({ kind: 'undo-started', at: this.now(), runId: plan.runId }),
        ...untold.flatMap((unit) => [intention(unit, []), line({ kind: 'ended', unit: unit.key, back: true })]),
      ]));
    const back = [...untold];
    const tell = async (): Promise<void> => {
      if (back.length > 0) await onBack?.(back);
    };
    try {
      const images: { source: string; result: UndoResult }[] = [];
      const foldersRemoved: string[] = [];
      try {
        for (const unit of plan.units) {
          const finding = await examine(unit, this.parts.files, signal);
          const result =
            finding.kind === 'possible'
              ? await this.apply(journal, unit, finding, signal, onBack !== undefined)
              : finding;
          if (result.kind === 'undone' || result.kind === 'as-before') back.push(unit);
          images.push({ source: unit.source, result });
          onResult?.(unit.source, result);
        }
        for (const folder of plan.folders) {
          signal.throwIfAborted();
          if (await this.removeFolder(folder)) foldersRemoved.push(folder);
        }
      } catch (error) {
        // that this fails, too, is no news beside what has failed first; the next undo tells of it
        await tell().catch(() => undefined);
        throw error;
      }
      await tell();
      if (!goesOn) await journal.append(line({ kind: 'undo-ended', at: this.now() }), true);
      return { images, foldersRemoved, refused: plan.refused, onNas: plan.onNas, finished, unfinished };
    } finally {
      await journal.close();
    }
  }

  private async apply(
    journal: JournalFile,
    unit: UndoUnit,
    { steps, notes }: Extract<Finding, { kind: 'possible' }>,
    signal: AbortSignal,
    isToBeTold: boolean,
  ): Promise<UndoResult> {
    await journal.append(intention(unit, steps), true);
    let result: UndoResult;
    try {
      await carryOut(steps, this.parts.files, signal);
      result = { kind: 'undone', steps, notes };
    } catch (error) {
      if (!(error instanceof ImageError)) throw error;
      result = { kind: 'failed', reason: error.reason, message: error.message };
    }
    const back = isToBeTold && result.kind === 'undone';
    await journal.append(line({ kind: 'ended', unit: unit.key, back }), false);
    return result;
  }

  private async finishOpen(
    signal: AbortSignal,
  ): Promise<Pick<UndoReport, 'finished' | 'unfinished'> & { readonly untold: readonly UndoUnit[] }> {
    const journal = await this.parts.journals.openLatest();
    if (!journal) return { finished: 0, unfinished: [], untold: [] };
    try {
      const open = new Map<string, Extract<UndoEvent, { kind: 'intended' }>>();
      const back = new Map<string, UndoUnit>();
      const end = (event: Extract<UndoEvent, { kind: 'ended' }>): void => {
        const { source, files } = open.get(event.unit) ?? {};
        if (event.back && source !== undefined && files) back.set(event.unit, { key: event.unit, source, files });
        open.delete(event.unit);
      };
      for await (const { text } of journal.lines()) {
        const event = read(text, journal.path);
        if (event.kind === 'intended') open.set(event.unit, event);
        if (event.kind === 'ended') end(event);
        if (event.kind === 'undo-ended') back.clear();
      }
      const unfinished: string[] = [];
      const finished = open.size;
      for (const { unit, steps } of [...open.values()]) {
        const ended = { kind: 'ended', unit, back: true } as const;
        try {
          await carryOut(steps, this.parts.files, signal);
          end(ended);
          await journal.append(line(ended), false);
        } catch (error) {
          // somebody was at the files in the meantime: what can be done is found out afresh
          if (!(error instanceof ImageError)) throw error;
          unfinished.push(error.message);
          await journal.append(line({ ...ended, back: false }), false);
        }
      }
      const untold: UndoUnit[] = [];
      for (const unit of back.values()) if (await this.isStillBack(unit, signal)) untold.push(unit);
      return { finished, unfinished, untold };
    } finally {
      await journal.close();
    }
  }

  /** A run can have sorted it once more since. */
  private async isStillBack({ files }: UndoUnit, signal: AbortSignal): Promise<boolean> {
    try {
      for (const { at, sha256, isImage } of files) {
        if (isImage && (await this.parts.files.hash(at, signal)) === sha256) return false;
      }
      return true;
    } catch (error) {
      if (error instanceof ImageError) return false;
      throw error;
    }
  }

  /** A folder that can't be removed is no reason to fail: it is empty, or it is not ours alone any more. */
  private async removeFolder(folder: string): Promise<boolean> {
    try {
      return await this.parts.files.removeFolder(folder);
    } catch (error) {
      if (error instanceof ImageError) return false;
      throw error;
    }
  }

  private now(): string {
    return new Date(this.parts.clock.now()).toISOString();
  }
}

const intention = ({ key, source, files }: UndoUnit, steps: readonly UndoStep[]): string =>
  line({ kind: 'intended', unit: key, steps, source, files });

const line = (event: UndoEvent): string => JSON.stringify(event);

/** Our own lines, with a checksum; an unknown kind is a newer version's. */
function read(text: string, path: string): UndoEvent {
  const event = JSON.parse(text) as UndoEvent;
  if (Object.hasOwn(KINDS, event.kind)) return event;
  throw new FatalError('newer-version', `${path} was written by a newer version of Image Inbox. Use that one.`);
}

const KINDS = { 'undo-started': true, intended: true, ended: true, 'undo-ended': true } satisfies Record<
  UndoEvent['kind'],
  true
>;

/** Why an image was left, for people; the path that it is about stands before it. */
export const LEFT_BECAUSE: Readonly<Record<LeftReason, string>> = {
  changed: 'was changed since',
  missing: 'is no longer where the run put it',
  twin: 'is there already, with the same bytes',
  'last-copy': 'is the only one left: what it is a copy of is gone or was changed',
  'sidecar-added': 'was written since, beside a copy',
  occupied: 'is another file now',
  unreadable: 'can’t be read',
};
