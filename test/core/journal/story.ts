import type { JournalEvent, RunPlan } from '../../../src/core/journal/events.ts';
import type { ContentHash, ImageId, RunId } from '../../../src/core/model/ids.ts';
import type { FoundImage } from '../../../src/core/model/image.ts';
import type { FileOperation } from '../../../src/core/model/operation.ts';
import type { StageOutcome } from '../../../src/core/model/outcome.ts';
import type { StageId } from '../../../src/core/model/stageId.ts';
import { sha256Of } from '../../adapters/support/contentOf.ts';

/** What happens to an image, as a journal tells it. */
export interface Story {
  readonly id: ImageId;
  readonly sha256: ContentHash;
  readonly image: FoundImage;
  readonly found: JournalEvent;
  readonly scanned: JournalEvent;
  ended(stage: StageId, outcome: StageOutcome): JournalEvent;
  waits(stage: StageId): JournalEvent;
  intended(...operations: readonly FileOperation[]): JournalEvent;
  operated(...operations: readonly FileOperation[]): JournalEvent;
  settled(fate: Extract<JournalEvent, { kind: 'image-settled' }>['fate']): JournalEvent;
}

export const AT = '2026-01-01T00:00:00.000Z';

/** @param changes of the image, which is `/in/NAME` */
export function storyOf(name: string, changes: Partial<FoundImage> = {}): Story {
  const sha256 = sha256Of(name);
  const image: FoundImage = {
    id: sha256.slice(0, 16) as ImageId,
    path: `/in/${name}`,
    size: 5,
    mtimeMs: 1,
    ...changes,
  };
  const { id } = image;
  const ended = (stage: StageId, outcome: StageOutcome): JournalEvent => ({
    kind: 'stage-ended',
    image: id,
    stage,
    record: { outcome, ms: 2 },
  });
  return {
    id,
    sha256,
    image,
    found: { kind: 'image-found', image },
    scanned: ended('scan', { kind: 'done', result: { sha256, md5: '0'.repeat(32), format: 'jpeg' } }),
    ended,
    waits: (stage) => ended(stage, { kind: 'waiting', why: 'review', detail: 'a person decides' }),
    intended: (...operations) => ({ kind: 'intended', image: id, stage: 'categorize', operations }),
    operated: (...operations) => ({ kind: 'operated', image: id, operations }),
    settled: (fate) => ({ kind: 'image-settled', at: AT, image: id, fate }),
  };
}

export const moved = (from: string, to: string): FileOperation => ({ at: AT, op: 'move', from, to });

export const PLAN: RunPlan = {
  command: 'process',
  inbox: '/in',
  sorted: '/out',
  skip: [],
  reprocess: false,
  offline: true,
  overrides: {},
};

export const started: JournalEvent = { kind: 'run-started', at: AT, runId: 'a run' as RunId, version: '1', plan: PLAN };
export const resumed: JournalEvent = {
  kind: 'run-resumed',
  at: '2026-01-02T00:00:00.000Z',
  version: '1',
  plan: { ...PLAN, command: 'resume', offline: false },
};
export const runEnded: JournalEvent = { kind: 'run-ended', at: AT, outcome: 'completed', manifest: '/out/m.json' };
