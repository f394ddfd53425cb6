import type { Fingerprint } from '../model/image.ts';
import type { ImageState } from '../model/imageState.ts';
import type { Match, Post, PostRef } from '../model/match.ts';
import type { StageOutcome } from '../model/outcome.ts';
import type { SearchResult } from '../model/stageResults.ts';
import { NO_TAGS } from '../model/tag.ts';
import { ImageError, type FailureReason } from '../model/failure.ts';
import type { Stage, StageContext } from '../pipeline/stage.ts';
import type { Clock } from '../ports/clock.ts';
import type {
  Candidate,
  ImageQuery,
  PostSource,
  ReverseImageSearch,
  SearchAnswer,
  UploadMaker,
} from '../ports/reverseImageSearch.ts';
import type { Store } from '../ports/store.ts';

export interface SearchParts {
  /** in the order in which they are asked */
  readonly providers: readonly ReverseImageSearch[];
  /** where tags can be had by a post's id, the best kept first */
  readonly posts: readonly PostSource[];
  readonly uploads: UploadMaker;
  readonly store: Store;
  readonly clock: Clock;
  /** how long an answer counts, milliseconds */
  readonly cacheFor: number;
  readonly offline: boolean;
}

/**
 * Stage 2. Asks one service after the other until one knows the picture, then fetches the post with the best kept tags.
 *
 * The verdict tells the truth about the image: `no-match` only when every service that could be asked has said so. A service
 * that failed leaves the image failed here, in the inbox, to be taken up by the next run; so nothing is sorted as unknown
 * because the network was down.
 */
export class SearchStage implements Stage<'search'> {
  readonly id = 'search';
  readonly needs = ['scan'] as const;
  /** each service keeps its own pace; while one waits, another image's turn at another service goes on */
  readonly concurrency = 8;
  private readonly parts: SearchParts;

  constructor(parts: SearchParts) {
    this.parts = parts;
  }

  async run(state: ImageState, context: StageContext): Promise<StageOutcome<SearchResult>> {
    const scan = state.stages.scan?.outcome.result;
    if (!scan) throw new Error(`search needs the fingerprint of ${state.image.path}`);
    if (this.parts.offline) return { kind: 'skipped', why: 'offline' };
    const query = this.query(state.image.path, scan);
    const said: string[] = [];
    let quota: { readonly until: number; readonly why: string } | undefined;
    let error: { readonly reason: FailureReason; readonly message: string } | undefined;
    let best: number | undefined;
    let asked = 0;

    for (const provider of this.parts.providers) {
      const { answer, cached } = await this.ask(provider, query, context);
      switch (answer.kind) {
        case 'found': {
          const match = await this.matchOf(provider, answer.candidates, context);
          if (match) return { kind: 'done', result: { verdict: 'found', match, ...(cached && { cached }) } };
          said.push(`${provider.id}: the post is gone`);
          break;
        }
        case 'no-match':
          asked++;
          best = Math.max(best ?? 0, answer.best ?? 0);
          said.push(
            `${provider.id}: no match${answer.best === undefined ? '' : ` (best ${answer.best} %, needs ${answer.threshold} %)`}`,
          );
          break;
        case 'unavailable':
          context.warn(`${provider.id} is passed over: ${answer.why}`);
          break;
        case 'quota':
          quota = !quota || answer.until < quota.until ? answer : quota;
          said.push(`${provider.id}: ${answer.why}`);
          break;
        case 'error':
          error ??= { reason: answer.reason, message: `${provider.id}: ${answer.message}` };
          said.push(`${provider.id}: ${answer.message}`);
          break;
      }
    }

    const reason = said.join('; ');
    if (quota) {
      const result: SearchResult = { verdict: 'quota', reason };
      return { kind: 'waiting', why: 'quota', detail: quota.why, until: new Date(quota.until).toISOString(), result };
    }
    if (error) {
      return { kind: 'failed', error: { ...error, attempts: 1 }, result: { verdict: 'error', reason } };
    }
    if (asked === 0) return { kind: 'skipped', why: 'no search service can be asked' };
    return {
      kind: 'done',
      result: { verdict: 'no-match', reason, ...(best !== undefined && { bestSimilarity: best }) },
    };
  }

  private query(path: string, scan: Fingerprint): ImageQuery {
    let upload: Promise<Uint8Array> | undefined;
    return {
      path,
      sha256: scan.sha256,
      md5: scan.md5,
      upload: () => (upload ??= this.parts.uploads.makeUpload(path)),
    };
  }

  private async ask(
    provider: ReverseImageSearch,
    query: ImageQuery,
    context: StageContext,
  ): Promise<{ readonly answer: SearchAnswer; readonly cached: boolean }> {
    const { store, clock, cacheFor } = this.parts;
    const known = store.answer(provider.id, provider.variant, query.sha256, clock.now() - cacheFor);
    if (known) return { answer: known, cached: true };
    const answer = await provider.search(query, context.signal);
    // only what is a fact about the picture is kept: never errors, never quota
    if (answer.kind === 'found' || answer.kind === 'no-match') {
      await context.remember({
        provider: provider.id,
        variant: provider.variant,
        sha256: query.sha256,
        at: clock.now(),
        answer,
      });
    }
    return { answer, cached: false };
  }

  /**
   * The match with its tags: of the candidates, which all are good enough, the first whose post can be had from a site that
   * keeps tags. Only when there is none the best of those without tags, which still tells where the picture is from.
   * Undefined when all posts are gone.
   */
  private async matchOf(
    provider: ReverseImageSearch,
    candidates: readonly Candidate[],
    context: StageContext,
  ): Promise<Match | undefined> {
    let tagless: Candidate | undefined;
    for (const candidate of candidates) {
      if (candidate.post) return toMatch(provider, candidate, candidate.post);
      const refs = this.parts.posts.flatMap((source) =>
        candidate.posts.filter((ref) => ref.site === source.site).map((ref) => ({ source, ref })),
      );
      if (refs.length === 0) tagless ??= candidate;
      for (const { source, ref } of refs) {
        const post = await this.fetch(source, ref, context);
        if (post) return toMatch(provider, candidate, post);
      }
    }
    return tagless && toMatch(provider, tagless, undefined);
  }

  private async fetch(source: PostSource, ref: PostRef, context: StageContext): Promise<Post | undefined> {
    const { store, clock, cacheFor } = this.parts;
    const known = store.post(ref, clock.now() - cacheFor);
    if (known) return known;
    const answer = await source.post(ref, context.signal);
    if (answer.kind === 'error') throw new ImageError(answer.reason, answer.message);
    if (answer.kind === 'gone') return undefined;
    store.rememberPost(answer.post, clock.now());
    return answer.post;
  }
}

function toMatch(provider: ReverseImageSearch, candidate: Candidate, post: Post | undefined): Match {
  const sources = [...new Set([...(post?.sources ?? []), ...candidate.sources])];
  return {
    provider: provider.id,
    similarity: candidate.similarity,
    url: post?.url ?? candidate.url,
    tags: post?.tags ?? NO_TAGS,
    sources,
    ...(post && { post: post.ref }),
    ...(post?.rating && { rating: post.rating }),
    ...(post?.createdAt !== undefined && { createdAt: post.createdAt }),
    ...(candidate.artist !== undefined && { artist: candidate.artist }),
    ...(candidate.title !== undefined && { title: candidate.title }),
  };
}
