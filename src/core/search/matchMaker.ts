import { ImageError } from '../model/failure.ts';
import type { Finder, Match, Post, PostSite } from '../model/match.ts';
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

/** Per cent by which a picture may be less like than the best: further down are other pictures. */
export const SAME_PICTURE = 10;

/** From what a service found to the picture's tags. */
export class MatchMaker {
  private readonly parts: MatchMakerParts;
  /** what Danbooru has under the MD5 of another booru's file */
  private readonly twins = new Map<string, { readonly post: Post | undefined }>();

  constructor(parts: MatchMakerParts) {
    this.parts = parts;
  }

  /**
   * The match with its tags: of the candidates, which are all good enough, the first whose post can be had from a site that
   * keeps tags, Danbooru before the others. Only when there is none the best of those without, which still tells where the
   * picture is from. Undefined when all posts of the picture are gone.
   * @throws ImageError when the site that has the tags can't be asked now: they are worth another try
   */
  async match(
    finder: Finder,
    candidates: readonly Lead[],
    query: ImageQuery,
    asking: Asking,
  ): Promise<Match | undefined> {
    const best = candidates[0]?.similarity ?? 0;
    let tagless: Lead | undefined;
    for (const candidate of candidates) {
      // the same artist's other work is often somewhat like, also when the right post has no tags or is gone
      if (best - (candidate.similarity ?? 0) > SAME_PICTURE) break;
      const post = candidate.post ?? (await this.onDanbooru(candidate, query, asking));
      if (post) return this.toMatch(finder, candidate, post);
      const fetched = await this.fetchAny(candidate, asking);
      if (fetched === 'gone') continue;
      if (fetched !== 'elsewhere') return this.toMatch(finder, candidate, fetched);
      tagless ??= candidate;
    }
    return tagless && this.toMatch(finder, tagless, undefined);
  }

  /** The candidate's file on Danbooru, where the search told its MD5 but not that. */
  private async onDanbooru(candidate: Lead, query: ImageQuery, asking: Asking): Promise<Post | undefined> {
    const { danbooru } = this.parts;
    const { md5 } = candidate;
    if (!danbooru || md5 === undefined || md5 === query.md5) return undefined;
    if (candidate.posts.some(({ site }) => site === 'danbooru')) return undefined;
    const known = this.twins.get(md5);
    if (known) return known.post;
    const answer = await danbooru.search({ ...query, md5 }, asking.signal);
    if (answer.kind === 'error') throw new ImageError(answer.reason, answer.message);
    const post = answer.kind === 'found' ? answer.candidates[0]?.post : undefined;
    this.twins.set(md5, { post });
    return post;
  }

  /**
   * The candidate's first post that can be had; `gone` when all are, `elsewhere` when sites have it from which none can be.
   * Danbooru is waited for; of the others one stands in for the other, and the answer's own tags for all.
   */
  private async fetchAny(candidate: Lead, asking: Asking): Promise<Post | 'gone' | 'elsewhere'> {
    let trouble: ImageError | undefined;
    for (const source of this.parts.posts) {
      for (const ref of candidate.posts.filter(({ site }) => site === source.site)) {
        const answer = await this.parts.answers.post(source, ref, asking.signal);
        if (answer.kind === 'post') return answer.post;
        if (answer.kind === 'gone') continue;
        const message = `the tags of ${ref.site} ${ref.id} can’t be fetched: ${answer.message}`;
        trouble ??= new ImageError(answer.reason, message);
        if (ref.site === 'danbooru') throw trouble;
      }
    }
    if (trouble && !candidate.tags) throw trouble;
    const known = (site: PostSite): boolean => this.parts.posts.some((source) => source.site === site);
    const allGone = candidate.posts.length > 0 && candidate.posts.every(({ site }) => known(site));
    return allGone && !trouble ? 'gone' : 'elsewhere';
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
