import type { Announcement } from '../photoServer/announcer.ts';
import type { DeletionPlan } from './planDeletion.ts';
import type { SyncProgress } from './syncMeter.ts';

/** What is asked of a sync of the whole sorted folder. */
export interface SyncOrder {
  /** absolute path of the sorted folder */
  readonly root: string;
  /** only tells what it would do */
  readonly dryRun: boolean;
  /** whether what is gone here is removed there */
  readonly delete: boolean;
  /** Is shown what would be removed; false: nothing is. Not asked in a dry run. */
  confirm(plan: DeletionPlan): Promise<boolean>;
  on(event: SyncEvent): void;
}

export type FileFate = 'copied' | 'updated' | 'unchanged' | 'conflict' | 'failed' | 'deleted';

export type SyncEvent =
  | { readonly kind: 'planned'; readonly files: number; readonly bytes: number; readonly freeBytes?: number }
  /** what became of a file; in a dry run, what would */
  | { readonly kind: 'file'; readonly place: string; readonly fate: FileFate; readonly why?: string }
  | { readonly kind: 'progress'; readonly progress: SyncProgress }
  | { readonly kind: 'deletion-planned'; readonly plan: DeletionPlan }
  | { readonly kind: 'deletion-refused'; readonly why: string }
  /** what came of telling the photo server, after the sync */
  | { readonly kind: 'announced'; readonly announcement: Announcement }
  /** something here could not be looked at */
  | { readonly kind: 'problem'; readonly path: string; readonly why: string };

export interface SyncSummary extends Readonly<Record<FileFate, number>> {
  /** of what was copied and updated */
  readonly bytes: number;
  /** why the NAS was away, at the start or from some point on; what was not reached is left for the next time */
  readonly unreachable?: string;
}
