import { readEvents } from '../../journal/journal.ts';
import { FatalError } from '../../model/failure.ts';
import type { ImageFate } from '../../model/outcome.ts';
import type { RunOutcome } from '../../journal/events.ts';
import type { Files } from '../../ports/files.ts';
import type { JournalFolder, JournalReader } from '../../ports/journalFile.ts';
import type { LockProbe } from '../../ports/lockProbe.ts';
import { imagesOf } from '../../report/manifest.ts';
import type { Check } from '../check.ts';
import type { Finding } from '../finding.ts';

export interface JournalCheckParts {
  readonly journals: Pick<JournalFolder, 'readLatest'>;
  readonly files: Pick<Files, 'stat'>;
  readonly lock: LockProbe;
}

/** What a journal holds, read from start to end. */
export interface JournalContent {
  readonly lines: number;
  /** behind the last whole line */
  readonly end: number;
  readonly startedAt?: string;
  /** absent: the run is on, or was killed */
  readonly outcome?: RunOutcome;
  readonly errorReport?: string;
  /** of a person who decides, and gives back the lock meanwhile */
  readonly isReview?: boolean;
  readonly fates: ReadonlyMap<ImageFate, number>;
}

/** The live journal, whether it can be read, and what is unfinished in it. */
export class JournalCheck implements Check {
  readonly id = 'journal';
  readonly title = 'Journal and runs';
  private readonly parts: JournalCheckParts;

  constructor(parts: JournalCheckParts) {
    this.parts = parts;
  }

  async look(): Promise<readonly Finding[]> {
    const { journals, files, lock } = this.parts;
    try {
      const isOn = (await lock.look()).kind.startsWith('held');
      const reader = await journals.readLatest();
      if (!reader) return [{ status: 'ok', title: 'Journal', detail: 'There is none: there was no run yet.' }];
      const content = await readContent(reader);
      if (content.startedAt === undefined && !isOn) return [withoutStart(reader.path)];
      const size = (await files.stat(reader.path))?.size ?? content.end;
      // a run that is on is writing that line right now
      const torn = isOn ? 0 : size - content.end;
      return [journalFinding(reader.path, content, torn), ...runFindings(content, isOn)];
    } catch (error) {
      if (!(error instanceof FatalError)) throw error;
      const whatToDo = 'See the message. Until then no run can begin with this working folder.';
      const isRepairable = error.reason === 'journal-broken';
      return [
        { status: 'problem', title: 'Journal', detail: error.message, whatToDo, ...(isRepairable && { isRepairable }) },
      ];
    }
  }
}

async function readContent(reader: JournalReader): Promise<JournalContent> {
  let lines = 0;
  let end = 0;
  const counted: JournalReader = {
    number: reader.number,
    path: reader.path,
    saved: () => reader.saved(),
    async *lines(from) {
      for await (const line of reader.lines(from)) {
        lines++;
        end = line.end;
        yield line;
      }
    },
  };
  let startedAt: string | undefined;
  let isReview = false;
  let ended: { readonly outcome: RunOutcome; readonly errorReport?: string } | undefined;
  const fates = new Map<ImageFate, number>();
  const images = imagesOf(readEvents(counted), (event) => {
    if (event.kind === 'run-started') startedAt = event.at;
    if (event.kind === 'run-started' || event.kind === 'run-resumed') {
      ended = undefined;
      isReview = event.plan.command === 'review';
    }
    if (event.kind === 'run-ended') ended = event;
  });
  for await (const { fate } of images) fates.set(fate, (fates.get(fate) ?? 0) + 1);
  return {
    lines,
    end,
    fates,
    isReview,
    ...(startedAt !== undefined && { startedAt }),
    ...(ended && { outcome: ended.outcome }),
    ...(ended?.errorReport !== undefined && { errorReport: ended.errorReport }),
  };
}

/** A run begins its journal with its own beginning, as a whole: what has none was damaged. */
const withoutStart = (path: string): Finding => ({
  status: 'problem',
  title: 'Journal',
  detail: `${path} does not tell how its run began: its beginning is lost.`,
  whatToDo: 'Put it right: image-inbox doctor --repair, or “Image Inbox: Repair Journal and Database” in VS Code.',
  isRepairable: true,
});

function journalFinding(path: string, { lines }: JournalContent, torn: number): Finding {
  const title = 'Journal';
  if (torn <= 0) return { status: 'ok', title, detail: `${path} is whole: ${lines} lines.` };
  return {
    status: 'warning',
    title,
    detail: `${path} ends with a line that was cut off (${torn} bytes), behind ${lines} whole ones.`,
    whatToDo: 'Nothing: the next run drops it, and does again what it was about.',
  };
}

/** What is to be gone on with. */
export function runFindings(
  { startedAt, outcome, errorReport, fates, isReview }: JournalContent,
  isOn: boolean,
): readonly Finding[] {
  if (startedAt === undefined) return [];
  const title = 'Last run';
  if (isOn) return [{ status: 'ok', title, detail: `Begun ${startedAt}, and still at work.` }];
  const findings: Finding[] = [];
  if (isReview && outcome === undefined) {
    const detail = `Begun ${startedAt}: a review that is open, or was left. The next run or review goes on with it.`;
    findings.push({ status: 'ok', title, detail });
  } else if (outcome !== 'completed') {
    findings.push({
      status: 'warning',
      title,
      detail: `Begun ${startedAt}, and ${outcome === 'interrupted' ? 'interrupted' : 'cut off'} before its end.`,
      whatToDo: 'Go on with it: image-inbox resume, or “Image Inbox: Resume” in VS Code.',
    });
  } else {
    findings.push({ status: 'ok', title, detail: `Begun ${startedAt}, and completed.` });
  }
  const failed = fates.get('failed') ?? 0;
  // a run that was cut off counts as failed whatever it had in hand
  if (outcome !== undefined && failed > 0) {
    findings.push({
      status: 'warning',
      title: 'Failed images',
      detail: `${failed === 1 ? '1 image' : `${failed} images`} failed.`,
      whatToDo: errorReport === undefined ? 'See image-inbox status.' : `See ${errorReport}.`,
    });
  }
  const review = fates.get('awaiting-review') ?? 0;
  if (review > 0) {
    findings.push({
      status: 'ok',
      title: 'Waiting for review',
      detail: review === 1 ? '1 image' : `${review} images`,
      whatToDo:
        'Decide with image-inbox review or “Image Inbox: Review Tags” in VS Code, or take the tags as they are: image-inbox resume --approve all.',
    });
  }
  const quota = fates.get('awaiting-quota') ?? 0;
  if (quota > 0) {
    findings.push({
      status: 'ok',
      title: 'Waiting for searches',
      detail: quota === 1 ? '1 image' : `${quota} images`,
      whatToDo: 'image-inbox resume takes them up as soon as the services allow more searches.',
    });
  }
  return findings;
}
