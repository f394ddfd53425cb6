import { ImageError, type FailureReason } from '../model/failure.ts';
import type { Finder, Match, Post, PostRef } from '../model/match.ts';
import { NO_TAGS } from '../model/tag.ts';
import type { ImageQuery, PostSource, ReverseImageSearch } from '../ports/reverseImageSearch.ts';
import type { Lead } from './lead.ts';
import type { Asking, ServiceAnswers } from './serviceAnswers.ts';
import type { TagFilter } from './tagFilter.ts';

export interface MatchMakerParts {
  /** where tags can be had by a post's id, the best kept first */
  readonly posts: readonly PostSource[];
  /** Danbooru by MD5: the file of another booru is often there as well, with better kept tags */
  readonly danbooru: ReverseImageSearch | undefined;
  readonly answers: ServiceAnswers;
  readonly filter: TagFilter;
}

/** What is worth waiting for: another try may give the tags. Anything else will be the same tomorrow. */
const PASSING: ReadonlySet<FailureReason> = new Set(['network', 'service-error', 'rate-limited']);

/** From what a service found to the picture's tags. */
export class MatchMaker {
  private readonly parts: MatchMakerParts;

  constructor(parts: MatchMakerParts) {
    this.parts = parts;
  }

  /**
   * The match with its tags: of the candidates, which are all good enough, the first whose post can be had from a site that
   * keeps tags, Danbooru before the others. Only when there is none the best of those without, which still tells where the
   * picture is from. Undefined when all posts are gone.
   * @throws ImageError when Danbooru can't be asked now: its tags are worth another try
   */
  async match(
    finder: Finder,
    candidates: readonly Lead[],
    query: ImageQuery,
    asking: Asking,
  ): Promise<Match | undefined> {
    let tagless: Lead | undefined;
    for (const candidate of candidates) {
      if (candidate.post) return this.toMatch(finder, candidate, candidate.post);
      const twin = await this.onDanbooru(candidate, query, asking);
      if (twin) return this.toMatch(finder, candidate, twin);
      let gone = candidate.posts.length > 0;
      for (const source of this.parts.posts) {
        for (const ref of candidate.posts.filter(({ site }) => site === source.site)) {
          const post = await this.fetch(source, ref, asking);
          if (post === 'gone') continue;
          gone = false;
          if (post !== 'out-of-reach') return this.toMatch(finder, candidate, post);
        }
      }
      // a site that we can't fetch from has it, or one that is out of reach for now
      const elsewhere = candidate.posts.some(({ site }) => !this.parts.posts.some((source) => source.site === site));
      if (!gone || elsewhere) tagless ??= candidate;
    }
    return tagless && this.toMatch(finder, tagless, undefined);
  }

  /** The candidate's file on Danbooru, where the search told its MD5 but not that. */
  private async onDanbooru(candidate: Lead, query: ImageQuery, asking: Asking): Promise<Post | undefined> {
    const { danbooru } = this.parts;
    const { md5 } = candidate;
    if (!danbooru || md5 === undefined || md5 === query.md5) return undefined;
    if (candidate.posts.some(({ site }) => site === 'danbooru')) return undefined;
    const answer = await danbooru.search({ ...query, md5 }, asking.signal);
    return answer.kind === 'found' ? answer.candidates[0]?.post : undefined;
  }

  private async fetch(source: PostSource, ref: PostRef, asking: Asking): Promise<Post | 'gone' | 'out-of-reach'> {
    const answer = await this.parts.answers.post(source, ref, asking.signal);
    if (answer.kind === 'post') return answer.post;
    if (answer.kind === 'gone') return 'gone';
    if (ref.site === 'danbooru' && PASSING.has(answer.reason)) throw new ImageError(answer.reason, answer.message);
    asking.warn(`The tags of matches on ${ref.site} can’t be fetched: ${answer.message}`);
    return 'out-of-reach';
  }

  private toMatch(finder: Finder, candidate: Lead, post: Post | undefined): Match {
    const sources = [...new Set([...(post?.sources ?? []), ...candidate.sources])];
    const createdAt = post?.createdAt ?? candidate.createdAt;
    const rating = post?.rating ?? candidate.rating;
    return {
      provider: finder,
      url: post?.url ?? candidate.url,
      tags: this.parts.filter.apply(post?.tags ?? candidate.tags ?? NO_TAGS),
      sources,
      ...(candidate.similarity !== undefined && { similarity: candidate.similarity }),
      ...(post && { post: post.ref }),
      ...(rating && { rating }),
      ...(createdAt !== undefined && { createdAt }),
      ...(candidate.artist !== undefined && { artist: candidate.artist }),
      ...(candidate.title !== undefined && { title: candidate.title }),
    };
  }
}
