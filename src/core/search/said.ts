import type { FailureReason } from '../model/failure.ts';
import type { ProviderId } from '../model/match.ts';
import type { StageOutcome } from '../model/outcome.ts';
import type { SearchResult } from '../model/stageResults.ts';
import type { Candidate, SearchAnswer } from '../ports/reverseImageSearch.ts';

/** Gathers what the services say of one image, and concludes the truth from it when none of them has given a match. */
export class Said {
  private readonly texts: string[] = [];
  private quota: { readonly until: number; readonly why: string } | undefined;
  private error: { readonly reason: FailureReason; readonly message: string } | undefined;
  private best: number | undefined;
  private filtered = false;
  private answered = 0;
  private cached = 0;

  notes(texts: readonly string[]): void {
    this.texts.push(...texts);
  }

  /** Somebody could not be asked. */
  failed(error: { readonly reason: FailureReason; readonly message: string }): void {
    this.error ??= error;
    this.texts.push(error.message);
  }

  /** A free look-up failed: what it would have told is not worth a search of the day's. */
  get hasFailed(): boolean {
    return this.error !== undefined;
  }

  add(provider: ProviderId, answer: SearchAnswer, cached: boolean): void {
    if (answer.kind === 'no-match' || answer.kind === 'found') {
      this.answered++;
      if (cached) this.cached++;
    }
    switch (answer.kind) {
      case 'found':
        break;
      case 'unavailable':
        this.texts.push(`${provider}: not asked (${answer.why})`);
        break;
      case 'no-match': {
        const { best, threshold } = answer;
        if (best !== undefined) this.best = Math.max(this.best ?? 0, best);
        this.texts.push(`${provider}: no match${best === undefined ? '' : ` (best ${best} %, needs ${threshold} %)`}`);
        break;
      }
      case 'quota':
        if (!this.quota || answer.until < this.quota.until) this.quota = answer;
        this.texts.push(`${provider}: ${answer.why}`);
        break;
      case 'error':
        this.failed({ reason: answer.reason, message: `${provider}: ${answer.message}` });
        break;
    }
  }

  /** The service knows the picture, but of what it names nothing is left. */
  gone(provider: ProviderId, candidates: readonly Candidate[]): void {
    this.filtered = true;
    const [best] = candidates;
    const what = best?.posts[0] ? `${best.posts[0].site} ${best.posts[0].id}` : 'what it names';
    this.texts.push(`${provider}: ${what} is gone`);
  }

  /**
   * The outcome for an image without a match.
   * @param copyOf absolute path of the near copy of which all that was searched has been said
   */
  conclude(copyOf?: string): StageOutcome<SearchResult> {
    const reason = this.texts.join('; ');
    if (this.quota) {
      const { why: detail, until } = this.quota;
      const result: SearchResult = { verdict: 'quota', reason };
      return { kind: 'waiting', why: 'quota', detail, until: new Date(until).toISOString(), result };
    }
    if (this.error) {
      return { kind: 'failed', error: { ...this.error, attempts: 1 }, result: { verdict: 'error', reason } };
    }
    if (this.answered === 0) return { kind: 'skipped', why: 'no search service can be asked' };
    const result: SearchResult = {
      verdict: this.filtered ? 'filtered' : 'no-match',
      reason,
      ...(this.best !== undefined && { bestSimilarity: this.best }),
      ...(this.cached === this.answered && { cached: true }),
      ...(copyOf !== undefined && { copyOf }),
    };
    return { kind: 'done', result };
  }
}
