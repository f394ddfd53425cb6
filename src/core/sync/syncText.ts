import { sizeText } from '../doctor/sizeText.ts';
import { clockText } from '../pipeline/progress.ts';
import type { DeletionPlan } from './planDeletion.ts';
import type { SyncProgress } from './syncMeter.ts';
import type { SyncSummary } from './syncOrder.ts';

/** `120 of 500 files, 1.2 GB of 3.4 GB, 85 MB/s, 0:25 left`. */
export function progressText(progress: SyncProgress): string {
  const { files, totalFiles, bytes, totalBytes, bytesPerSecond, secondsLeft } = progress;
  const parts = [`${files} of ${totalFiles} files`, `${sizeText(bytes)} of ${sizeText(totalBytes)}`];
  if (bytesPerSecond > 0) parts.push(`${sizeText(bytesPerSecond)}/s`);
  if (secondsLeft !== undefined) parts.push(`${clockText(secondsLeft)} left`);
  return parts.join(', ');
}

/** `3 files (12 MB), gone here`. */
export function deletionText({ places, bytes }: DeletionPlan): string {
  return `${places.length} ${places.length === 1 ? 'file' : 'files'} (${sizeText(bytes)}), gone here`;
}

/** `12 copied, 3 updated, 400 unchanged, 1 failed; 34 MB`. In a dry run the same, of what would be. */
export function summaryText(summary: SyncSummary): string {
  const { copied, updated, unchanged, deleted, conflict, failed, bytes } = summary;
  const parts = [
    `${copied} copied`,
    `${updated} updated`,
    `${unchanged} unchanged`,
    ...(deleted > 0 ? [`${deleted} removed`] : []),
    ...(conflict > 0 ? [`${conflict} left alone`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
  ];
  return `${parts.join(', ')}${bytes > 0 ? `; ${sizeText(bytes)}` : ''}`;
}

/** How much of what was asked for came to be. */
export type SyncExtent =
  /** both sides are equal, or what differs was meant to */
  | 'all'
  /** some files were left behind, for reasons that were told */
  | 'some'
  /** the NAS was not there */
  | 'none';

/** @param troubles refusals and problems that were told on the way */
export function extentOf(summary: SyncSummary, troubles: number): SyncExtent {
  const { copied, updated, unchanged, deleted, conflict, failed, unreachable } = summary;
  if (unreachable !== undefined && copied + updated + unchanged + deleted + conflict + failed === 0) return 'none';
  return unreachable !== undefined || conflict + failed + troubles > 0 ? 'some' : 'all';
}
