import type { RunStatus } from '../core/pipeline/status.ts';
import { STAGE_IDS } from '../core/model/stageId.ts';
import { printable } from './output.ts';

/** `status` for people. */
export function statusLines(status: RunStatus | undefined): readonly string[] {
  if (!status) return ['No run yet.'];
  const { statistics: s } = status;
  const lines = [
    `Run ${status.runId}, started ${status.startedAt}: ${status.outcome ?? (status.plan.command === 'review' ? 'a review, open or left' : 'not ended (running, or cut off: image-inbox resume)')}`,
    `  ${s.total} images: ${s.processed} processed, ${s.skipped} skipped, ${s.failed} failed, ${s.awaitingReview} await review, ${s.awaitingQuota} await quota`,
  ];
  for (const image of status.images) {
    const stages = STAGE_IDS.map((id) => `${id} ${image.stages[id]}`).join(', ');
    lines.push('', `${image.fate}: ${printable(image.source)}`, `  ${stages}`);
    if (image.detail !== undefined)
      lines.push(`  ${printable(image.detail)}${image.until === undefined ? '' : ` (from ${image.until})`}`);
  }
  return lines;
}
