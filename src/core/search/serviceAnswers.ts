import type { ContentHash } from '../model/ids.ts';
import type { Post, PostRef, ProviderId } from '../model/match.ts';
import type { Clock } from '../ports/clock.ts';
import type {
  ImageQuery,
  PostAnswer,
  PostSource,
  ReverseImageSearch,
  SearchAnswer,
} from '../ports/reverseImageSearch.ts';
import type { RememberedAnswer, Store } from '../ports/store.ts';

export interface ServiceAnswersParts {
  readonly store: Store;
  readonly clock: Clock;
  /** how long an answer counts, milliseconds */
  readonly cacheFor: number;
  /** pictures that are being searched since an earlier run: what was said of them counts however long they wait */
  readonly parked: ReadonlySet<ContentHash>;
}

/** What is known without asking. */
export interface KnownAnswer {
  readonly answer: SearchAnswer;
  /** from an earlier run */
  readonly cached: boolean;
}

/** What is lent by the runner. */
export interface Asking {
  readonly signal: AbortSignal;
  remember(answer: RememberedAnswer): Promise<void>;
  /** Tells the user something about the run as a whole; the same text is told once. */
  warn(text: string): void;
}

/**
 * Asks services, and asks none twice: what a service has said of a picture counts for `cacheFor`, and in the same run
 * however long that takes. Only facts about the picture are kept, never an error or a spent quota.
 */
export class ServiceAnswers {
  private readonly parts: ServiceAnswersParts;
  private readonly began: number;
  /** asked in this run: provider, variant and picture */
  private readonly asked = new Set<string>();

  constructor(parts: ServiceAnswersParts) {
    this.parts = parts;
    this.began = parts.clock.now();
  }

  /** Answers from before count as unknown. Milliseconds since 1970. */
  get notBefore(): number {
    return Math.min(this.parts.clock.now() - this.parts.cacheFor, this.began);
  }

  /** What is known already; undefined when somebody would have to be asked. */
  known(provider: ProviderId, variant: string, sha256: ContentHash): KnownAnswer | undefined {
    const notBefore = this.parts.parked.has(sha256) ? 0 : this.notBefore;
    const answer = this.parts.store.answer(provider, variant, sha256, notBefore);
    return answer && { answer, cached: !this.asked.has(`${provider} ${variant} ${sha256}`) };
  }

  async ask(provider: ReverseImageSearch, query: ImageQuery, asking: Asking): Promise<SearchAnswer> {
    const answer = await provider.search(query, asking.signal);
    await this.keep(provider.id, provider.variant, query.sha256, answer, asking);
    return answer;
  }

  async keep(
    provider: ProviderId,
    variant: string,
    sha256: ContentHash,
    answer: SearchAnswer,
    asking: Asking,
  ): Promise<void> {
    if (answer.kind !== 'found' && answer.kind !== 'no-match') return;
    this.asked.add(`${provider} ${variant} ${sha256}`);
    await asking.remember({ provider, variant, sha256, at: this.parts.clock.now(), answer });
  }

  async post(source: PostSource, ref: PostRef, signal: AbortSignal): Promise<PostAnswer> {
    const { store, clock } = this.parts;
    const known: Post | undefined = store.post(ref, this.notBefore);
    if (known) return { kind: 'post', post: known };
    const answer = await source.post(ref, signal);
    if (answer.kind === 'post') store.rememberPost(answer.post, clock.now());
    return answer;
  }
}
