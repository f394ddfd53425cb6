import { resultOf, type ImageState } from '../model/imageState.ts';
import { countTags, NO_TAGS } from '../model/tag.ts';
import type { ImageFate } from '../model/outcome.ts';
import type { SearchResult } from '../model/stageResults.ts';
import type { JournalEvent } from '../journal/events.ts';

/** The manifest's numbers. `total` is the sum of processed, skipped, failed and the two that wait. */
export interface Statistics {
  readonly total: number;
  readonly processed: number;
  readonly skipped: number;
  readonly failed: number;
  readonly awaitingReview: number;
  readonly awaitingQuota: number;
  readonly tagsFound: number;
  readonly tagsApproved: number;
  readonly contentAnalyzed: number;
  readonly synced: number;
  /** of the images processed */
  readonly bytes: number;
  readonly seconds: number;
  readonly imagesPerMinute: number;
  readonly megabytesPerSecond: number;
  readonly requests: Readonly<Record<string, number>>;
  readonly cacheHits: number;
  readonly retries: number;
  readonly search: SearchStatistics;
}

/** How the pictures were found, or why not. */
export interface SearchStatistics {
  /** by their bytes */
  readonly byMd5: number;
  /** by their names, or by files beside them */
  readonly byTrace: number;
  /** by their look */
  readonly bySearch: number;
  /** answered in an earlier run */
  readonly byCache: number;
  /** shared with a near copy */
  readonly copies: number;
  readonly noMatch: number;
  readonly filtered: number;
  /** a service failed, or the picture can't be read */
  readonly errors: number;
  /** ISO 8601: when the first of those that wait for quota can go on */
  readonly quotaUntil?: string;
  /** ISO 8601: when the last of them can, by the limits that the service states */
  readonly quotaDone?: string;
}

const FATE_FIELDS = {
  processed: 'processed',
  skipped: 'skipped',
  failed: 'failed',
  'awaiting-review': 'awaitingReview',
  'awaiting-quota': 'awaitingQuota',
} as const satisfies Record<ImageFate, keyof Statistics>;

/** What has come together so far. */
export interface SummedUp {
  readonly sum: Omit<Statistics, 'seconds' | 'imagesPerMinute' | 'megabytesPerSecond' | 'requests' | 'search'>;
  readonly search: Omit<SearchStatistics, 'quotaUntil' | 'quotaDone'>;
  readonly quotaUntil?: string;
  readonly quotaDone?: string;
  readonly requests: Readonly<Record<string, number>>;
  readonly activeMs: number;
  readonly lastTick: number;
}

const NOTHING: SummedUp = {
  sum: {
    total: 0,
    processed: 0,
    skipped: 0,
    failed: 0,
    awaitingReview: 0,
    awaitingQuota: 0,
    tagsFound: 0,
    tagsApproved: 0,
    contentAnalyzed: 0,
    synced: 0,
    bytes: 0,
    cacheHits: 0,
    retries: 0,
  },
  search: { byMd5: 0, byTrace: 0, bySearch: 0, byCache: 0, copies: 0, noMatch: 0, filtered: 0, errors: 0 },
  requests: {},
  activeMs: 0,
  lastTick: 0,
};

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Adds up a run: its images as they ended, and its events. */
export class StatisticsSum {
  private readonly sum: Writable<SummedUp['sum']>;
  private readonly search: Writable<SummedUp['search']>;
  private quotaUntil: string | undefined;
  private quotaDone: string | undefined;
  private readonly requests: Record<string, number>;
  private activeMs: number;
  private lastTick: number;

  /** @param before what is added to */
  constructor(before = NOTHING) {
    this.sum = { ...before.sum };
    this.search = { ...before.search };
    this.quotaUntil = before.quotaUntil;
    this.quotaDone = before.quotaDone;
    this.requests = { ...before.requests };
    this.activeMs = before.activeMs;
    this.lastTick = before.lastTick;
  }

  get summedUp(): SummedUp {
    const { sum, search, quotaUntil, quotaDone, requests, activeMs, lastTick } = this;
    return {
      sum: { ...sum },
      search: { ...search },
      requests: { ...requests },
      activeMs,
      lastTick,
      ...(quotaUntil !== undefined && { quotaUntil }),
      ...(quotaDone !== undefined && { quotaDone }),
    };
  }

  /** @param fate how the image stands at the end of the run */
  addImage(state: ImageState, fate: ImageFate): void {
    const { sum } = this;
    sum.total++;
    sum[FATE_FIELDS[fate]]++;
    const search = resultOf(state, 'search');
    const analysis = resultOf(state, 'analyze');
    const decision = resultOf(state, 'review');
    if (search?.cached) sum.cacheHits++;
    if (search) this.addSearch(search);
    const held = state.stages.search?.outcome;
    if (held?.kind === 'waiting' && held.until !== undefined) {
      this.quotaUntil = this.quotaUntil === undefined || held.until < this.quotaUntil ? held.until : this.quotaUntil;
      this.quotaDone = this.quotaDone === undefined || held.until > this.quotaDone ? held.until : this.quotaDone;
    }
    sum.tagsFound += countTags(search?.match?.tags ?? NO_TAGS) + countTags(analysis?.tags ?? NO_TAGS);
    sum.tagsApproved += countTags(decision?.tags ?? NO_TAGS);
    if (analysis) sum.contentAnalyzed++;
    if (state.stages.sync?.outcome.kind === 'done') sum.synced++;
    if (fate === 'processed') sum.bytes += state.image.size;
  }

  private addSearch({ verdict, match, copyOf, cached }: SearchResult): void {
    if (verdict === 'no-match') this.search.noMatch++;
    if (verdict === 'filtered') this.search.filtered++;
    if (verdict === 'error') this.search.errors++;
    if (!match) return;
    if (copyOf !== undefined) this.search.copies++;
    else if (cached) this.search.byCache++;
    else if (match.provider.startsWith('file-')) this.search.byTrace++;
    else if (match.provider.endsWith('-md5')) this.search.byMd5++;
    else this.search.bySearch++;
  }

  addEvent(event: JournalEvent): void {
    if ('at' in event && typeof event.at === 'string') this.tick(Date.parse(event.at), event.kind);
    if (event.kind !== 'stage-ended') return;
    for (const [provider, n] of Object.entries(event.requests ?? {})) {
      this.requests[provider] = (this.requests[provider] ?? 0) + n;
    }
    this.sum.retries += event.retries ?? 0;
  }

  /** Time counts while the run was on: what lies between a kill or a stop and the resumption does not. */
  private tick(at: number, kind: JournalEvent['kind']): void {
    if (kind !== 'run-started' && kind !== 'run-resumed') this.activeMs += Math.max(0, at - this.lastTick);
    this.lastTick = at;
  }

  result(): Statistics {
    const { sum } = this;
    const seconds = this.activeMs / 1000;
    const per = (n: number): number => (seconds > 0 ? Math.round((n / seconds) * 100) / 100 : 0);
    return {
      ...sum,
      seconds: Math.round(seconds * 1000) / 1000,
      imagesPerMinute: per(sum.processed * 60),
      megabytesPerSecond: per(sum.bytes / 1e6),
      requests: this.requests,
      search: {
        ...this.search,
        ...(this.quotaUntil !== undefined && { quotaUntil: this.quotaUntil }),
        ...(this.quotaDone !== undefined && { quotaDone: this.quotaDone }),
      },
    };
  }
}
