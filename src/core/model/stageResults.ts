import type { Analysis } from './analysis.ts';
import type { Fingerprint } from './image.ts';
import type { Match } from './match.ts';
import type { Decision } from './review.ts';

/** Why an image has the tags that it has, or none: five different things. */
export type SearchVerdict = 'found' | 'no-match' | 'filtered' | 'quota' | 'error';

export interface SearchResult {
  readonly verdict: SearchVerdict;
  readonly match?: Match;
  /** the best similarity seen (0 to 100) where nothing was good enough */
  readonly bestSimilarity?: number;
  /** in words: what each provider said */
  readonly reason?: string;
  /** answered in an earlier run, without a request in this one */
  readonly cached?: boolean;
  /** found for a near copy, and shared: absolute path of that image */
  readonly copyOf?: string;
}

export interface SidecarResult {
  /** absolute path of the sidecar */
  readonly sidecar: string;
  /** false: it said the same already, no byte was changed */
  readonly written: boolean;
  readonly tags: number;
  /** fields that both we and somebody else have changed since we wrote them: theirs stays. In words */
  readonly conflicts?: readonly string[];
  /** what was found beside the image and in it, and what became of that. In words */
  readonly notes?: readonly string[];
}

export interface CategorizeResult {
  readonly suggested: string;
  /** a learned preference chose, not a rule */
  readonly learned: boolean;
  /** 0 to 1: how sure the learned preferences are of their category, whether it was taken or not */
  readonly confidence?: number;
  readonly final: string;
  readonly because: string;
  /** a person chose it, which is learned from */
  readonly chosen?: true;
  /** what was done otherwise than asked for, in words */
  readonly note?: string;
  /** absolute path of the image where it is now */
  readonly destination: string;
  readonly sidecar?: string;
}

export interface SyncResult {
  /** absolute path (or remote name) on the NAS */
  readonly destination: string;
  readonly copied: number;
  readonly unchanged: number;
  readonly bytes: number;
}

/** What each stage leaves behind for the stages after it, the journal and the manifest. */
export interface StageResults {
  readonly scan: Fingerprint;
  readonly search: SearchResult;
  readonly review: Decision;
  readonly xmp: SidecarResult;
  readonly analyze: Analysis;
  readonly categorize: CategorizeResult;
  readonly sync: SyncResult;
}
