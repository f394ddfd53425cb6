import { readEvents } from '../../journal/journal.ts';
import { digestOf } from '../../journal/replay.ts';
import { FatalError } from '../../model/failure.ts';
import type { RunOutcome } from '../../journal/events.ts';
import type { Files } from '../../ports/files.ts';
import type { JournalFolder, JournalReader } from '../../ports/journalFile.ts';
import type { LockProbe } from '../../ports/lockProbe.ts';
import type { Statistics } from '../../report/statistics.ts';
import type { Check } from '../check.ts';
import type { Finding } from '../finding.ts';
import { sizeText } from '../sizeText.ts';

export interface JournalCheckParts {
  readonly journals: Pick<JournalFolder, 'readLatest'>;
  readonly files: Pick<Files, 'stat'>;
  readonly lock: LockProbe;
}

/** What a journal says. */
export interface JournalContent {
  /** behind the last whole line */
  readonly end: number;
  readonly startedAt?: string;
  /** absent: the run is on, or was killed */
  readonly outcome?: RunOutcome;
  readonly errorReport?: string;
  /** of a person who decides, and gives back the lock meanwhile */
  readonly isReview: boolean;
  readonly counts: Pick<Statistics, 'failed' | 'awaitingReview' | 'awaitingQuota'>;
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

/** Checks every byte: those before the digest against its checksum, and each line behind. */
async function readContent(reader: JournalReader): Promise<JournalContent> {
  const saved = await reader.saved();
  let end = saved?.offset ?? 0;
  const watched: JournalReader = {
    number: reader.number,
    path: reader.path,
    saved: () => Promise.resolve(saved),
    async *lines(from) {
      for await (const line of reader.lines(from)) {
        ({ end } = line);
        yield line;
      }
    },
  };
  const digest = await digestOf(readEvents(watched));
  const { run, ended } = digest;
  return {
    end,
    isReview: run?.plan.command === 'review',
    counts: digest.statistics(),
    ...(run && { startedAt: run.startedAt }),
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

function journalFinding(path: string, { end }: JournalContent, torn: number): Finding {
  const title = 'Journal';
  if (torn <= 0) return { status: 'ok', title, detail: `${path} is whole (${sizeText(end)}).` };
  return {
    status: 'warning',
    title,
    detail: `${path} ends with a line that was cut off (${torn} bytes); all before it is whole.`,
    whatToDo: 'Nothing: the next run drops it, and does again what it was about.',
  };
}

/** What is to be gone on with. */
export function runFindings(
  { startedAt, outcome, errorReport, isReview, counts }: JournalContent,
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
  const { failed, awaitingReview: review, awaitingQuota: quota } = counts;
  // a run that was cut off counts as failed whatever it had in hand
  if (outcome !== undefined && failed > 0) {
    findings.push({
      status: 'warning',
      title: 'Failed images',
      detail: `${failed === 1 ? '1 image' : `${failed} images`} failed.`,
      whatToDo: errorReport === undefined ? 'See image-inbox status.' : `See ${errorReport}.`,
    });
  }
  if (review > 0) {
    findings.push({
      status: 'ok',
      title: 'Waiting for review',
      detail: review === 1 ? '1 image' : `${review} images`,
      whatToDo:
        'Decide with image-inbox review or “Image Inbox: Review Tags” in VS Code, or take the tags as they are: image-inbox resume --approve all.',
    });
  }
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
