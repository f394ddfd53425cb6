import type { RunReport } from '../core/pipeline/finishRun.ts';
import { clockText } from '../core/pipeline/progress.ts';
import { searchedText } from '../core/search/searchPlan.ts';
import { printable } from './output.ts';

/** The end of a run in a few lines. */
export function summaryLines({ outcome, statistics: s, manifest, errorReport }: RunReport): readonly string[] {
  const requests = Object.entries(s.requests).map(([provider, n]) => `${provider} ${n}`);
  const row = (name: string, text: string | number): string => `  ${name.padEnd(16)}${text}`;
  return [
    outcome === 'completed' ? 'Done.' : 'Interrupted. Go on with: image-inbox resume',
    row('images', s.total),
    row('processed', s.processed),
    row('skipped', s.skipped),
    row('failed', s.failed),
    row('await review', s.awaitingReview),
    row('await quota', s.awaitingQuota),
    row('found', searchedText(s.search, s.awaitingQuota, Date.now())),
    row('tags', `${s.tagsFound} found, ${s.tagsApproved} approved`),
    row('analyzed', s.contentAnalyzed),
    row('synced', s.synced),
    row(
      'requests',
      requests.length > 0 ? `${requests.join(', ')}; ${s.cacheHits} cache hits, ${s.retries} retries` : 'none',
    ),
    row('time', `${clockText(s.seconds)}, ${s.imagesPerMinute} images a minute, ${s.megabytesPerSecond} MB/s`),
    row('manifest', printable(manifest)),
    ...(errorReport === undefined ? [] : [row('errors', printable(errorReport))]),
    ...(s.awaitingReview > 0
      ? [
          '',
          `${s.awaitingReview} wait for a person: image-inbox review asks, image-inbox resume --approve all takes their tags as they are.`,
        ]
      : []),
  ];
}
