import { DecoderLacks, ImageError } from '../model/failure.ts';
import type { ContentHash } from '../model/ids.ts';
import type { Fingerprint } from '../model/image.ts';
import type { ImageState } from '../model/imageState.ts';
import type { Look } from '../model/look.ts';
import type { Finder, Match, PostRef } from '../model/match.ts';
import type { StageOutcome } from '../model/outcome.ts';
import type { SearchResult } from '../model/stageResults.ts';
import type { PutOff, Stage, StageContext } from '../pipeline/stage.ts';
import type { BesideFiles } from '../ports/besideFiles.ts';
import type { Clock } from '../ports/clock.ts';
import type { LookMaker } from '../ports/lookMaker.ts';
import type {
  ImageQuery,
  PostSource,
  ReverseImageSearch,
  SearchAnswer,
  UploadMaker,
} from '../ports/reverseImageSearch.ts';
import type { Store } from '../ports/store.ts';
import type { Lead } from '../search/lead.ts';
import { MatchMaker } from '../search/matchMaker.ts';
import { NearCopies, type NearCopy } from '../search/nearCopies.ts';
import { Said } from '../search/said.ts';
import type { SearchPlan } from '../search/searchPlan.ts';
import { ServiceAnswers } from '../search/serviceAnswers.ts';
import { TagFilter } from '../search/tagFilter.ts';
import { Traces, type Traced } from '../search/traces.ts';

export interface SearchParts {
  /** in the order in which they are asked; those by the bytes go before those by the look */
  readonly providers: readonly ReverseImageSearch[];
  /** where tags can be had by a post's id, the best kept first */
  readonly posts: readonly PostSource[];
  readonly uploads: UploadMaker;
  readonly looks: LookMaker;
  readonly beside: BesideFiles;
  readonly pageOf: (post: PostRef) => string | undefined;
  readonly store: Store;
  readonly clock: Clock;
  /** how long an answer counts, milliseconds */
  readonly cacheFor: number;
  /** globs of general and meta tags that are left out */
  readonly ignoredTags: readonly string[];
  readonly offline: boolean;
}

/**
 * Stage 2. What costs nothing comes first, for every image of the run: the look-ups by MD5, the traces that the file carries,
 * what was answered before. Only then, when it is known which images nobody knows by their bytes, are those searched by
 * their look; near copies of one another, and of images that were found, share one search.
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
  private readonly byBytes: readonly ReverseImageSearch[];
  private readonly byLook: readonly ReverseImageSearch[];
  private readonly answers: ServiceAnswers;
  private readonly matches: MatchMaker;
  private readonly traces: Traces;
  private copies: NearCopies | undefined;
  /** what is known of the images that are put off */
  private readonly putOff = new Map<ContentHash, FirstPass>();
  /** found in this run by other ways than a service's answer */
  private readonly traced = new Map<ContentHash, Match>();
  private readonly tally = { images: 0, byMd5: 0, byTrace: 0, byCache: 0 };

  constructor(parts: SearchParts) {
    const { providers, posts, beside, pageOf } = parts;
    this.parts = parts;
    this.byBytes = providers.filter(({ by }) => by === 'bytes');
    this.byLook = providers.filter(({ by }) => by === 'look');
    this.answers = new ServiceAnswers(parts);
    const { answers, byBytes } = this;
    const danbooru = byBytes.find(({ id }) => id === 'danbooru-md5');
    this.matches = new MatchMaker({ posts, danbooru, answers, filter: new TagFilter(parts.ignoredTags) });
    this.traces = new Traces({ beside, byBytes, posts, answers, pageOf });
  }

  async run(state: ImageState, context: StageContext): Promise<StageOutcome<SearchResult> | PutOff> {
    const scan = state.stages.scan?.outcome.result;
    if (!scan) throw new Error(`search needs the fingerprint of ${state.image.path}`);
    if (this.parts.offline) return { kind: 'skipped', why: 'offline' };
    try {
      return await this.find(this.query(state.image.path, scan), context);
    } catch (error) {
      if (!(error instanceof ImageError) || error.transient) throw error;
      const { reason, message } = error;
      return { kind: 'failed', error: { reason, message, attempts: 1 }, result: { verdict: 'error', reason: message } };
    }
  }

  /** What is ahead: how many searches the images that were put off need, and what the limits make of that. */
  async plan(putOff: readonly ImageState[]): Promise<SearchPlan> {
    const ahead = new Set<ContentHash>();
    for (const { stages } of putOff) {
      const sha256 = stages.scan?.outcome.result?.sha256;
      if (sha256 === undefined) continue;
      const copies = this.nearCopies().of(sha256, this.putOff.get(sha256)?.look);
      if (!copies.some((copy) => ahead.has(copy.sha256) || this.foundBefore(copy.sha256))) ahead.add(sha256);
    }
    const toSearch = ahead.size;
    const counts = { ...this.tally, copies: putOff.length - toSearch, toSearch };
    let slowest: { readonly service: string; readonly times: readonly number[] } | undefined;
    for (const provider of toSearch > 0 ? this.byLook : []) {
      const times = await provider.forecast?.(toSearch);
      if (times === 'unavailable' || times === undefined) continue;
      if (times === 'unknown') return { ...counts, service: provider.id };
      if ((times.at(-1) ?? 0) > (slowest?.times.at(-1) ?? 0)) slowest = { service: provider.id, times };
    }
    return { ...counts, ...slowest };
  }

  private async find(query: ImageQuery, context: StageContext): Promise<StageOutcome<SearchResult> | PutOff> {
    const said = new Said();
    const before = this.putOff.get(query.sha256);
    const look = before ? before.look : await this.look(query);
    if (!context.lastCall) this.tally.images++;

    for (const provider of this.byBytes) {
      const found = await this.hear(provider, query, said, context);
      if (found) return this.found(found, found.cached ? 'byCache' : 'byMd5', context);
    }
    const traced = before?.traced ?? (await this.traces.follow(query, look, context));
    said.notes(traced.said);
    traced.problems.forEach((problem) => context.warn(problem));
    const sources = traced.work ? [traced.work.lead.url, ...traced.work.lead.sources] : [];
    if (traced.found) {
      const { finder, lead } = traced.found;
      const match = await this.matches.match(finder, [lead], query, context);
      if (match) {
        this.traced.set(query.sha256, match);
        return this.found({ match, cached: false }, 'byTrace', context);
      }
    }
    const concluded = async (result: ReturnType<Said['conclude']>): Promise<StageOutcome<SearchResult>> => {
      // nobody knows the picture, but its name says where it is from
      const known = result.kind === 'done' && traced.work;
      const match = known && (await this.matches.match(known.finder, [known.lead], query, context));
      return match ? this.found({ match, cached: false }, 'byTrace', context) : result;
    };

    if (!context.lastCall && this.needsSearch(query.sha256)) {
      this.putOff.set(query.sha256, { look, traced });
      return { kind: 'put-off', detail: 'waits for its search, which comes after the free look-ups of all images' };
    }
    const search = async (): Promise<StageOutcome<SearchResult>> => {
      const copies = this.nearCopies().of(query.sha256, look);
      const shared = await this.shared(copies, query, sources, context);
      if (shared) return shared;
      for (const provider of this.byLook) {
        const found = await this.hear(provider, query, said, context, copies);
        if (found) return this.found(withSources(found, sources), 'byCache', context);
      }
      return concluded(said.conclude());
    };
    this.putOff.delete(query.sha256);
    const copies = this.nearCopies().of(query.sha256, look);
    return this.nearCopies().inTurn(query.sha256, copies, search);
  }

  /** Whether somebody has to be asked who may know the picture by its look. */
  private needsSearch(sha256: ContentHash): boolean {
    for (const provider of this.byLook) {
      const answer = this.known(provider, sha256);
      if (answer?.kind !== 'no-match') return answer === undefined;
    }
    return false;
  }

  /** What one service says, by what is known or by asking it; the match where it knows the picture. */
  private async hear(
    provider: ReverseImageSearch,
    query: ImageQuery,
    said: Said,
    context: StageContext,
    copies: readonly NearCopy[] = [],
  ): Promise<FoundMatch | undefined> {
    const known = this.known(provider, query.sha256);
    const copied = known ? undefined : this.saidOfCopy(provider, copies);
    const answer = known ?? copied ?? (await this.answers.ask(provider, query, context));
    if (answer.kind === 'unavailable') context.warn(`${provider.id} is passed over: ${answer.why}`);
    said.add(provider.id, answer, known !== undefined || copied !== undefined);
    if (answer.kind !== 'found') return undefined;
    const match = await this.matches.match(provider.id, answer.candidates, query, context);
    if (!match) said.gone(provider.id, answer.candidates);
    return match && { match, cached: known !== undefined };
  }

  private known(provider: ReverseImageSearch, sha256: ContentHash): SearchAnswer | undefined {
    return this.answers.known(provider.id, provider.variant, sha256);
  }

  /** A service that does not know a near copy does not know this one either. */
  private saidOfCopy(provider: ReverseImageSearch, copies: readonly NearCopy[]): SearchAnswer | undefined {
    for (const { sha256 } of copies) {
      const answer = this.known(provider, sha256);
      if (answer?.kind === 'no-match') return answer;
    }
    return undefined;
  }

  /** What was found for a near copy is found for this image. */
  private async shared(
    copies: readonly NearCopy[],
    query: ImageQuery,
    sources: readonly string[],
    context: StageContext,
  ): Promise<StageOutcome<SearchResult> | undefined> {
    for (const copy of copies) {
      const before = this.foundBefore(copy.sha256);
      if (!before) continue;
      const match =
        'match' in before ? before.match : await this.matches.match(before.finder, before.leads, query, context);
      if (!match) continue;
      const { similarity, ...rest } = match;
      // the copy is as like as both steps to it
      const like = similarity === undefined ? {} : { similarity: Math.round(similarity * copy.likeness * 100) / 100 };
      const found = withSources({ match: { ...rest, ...like }, cached: false }, sources);
      const copyOf = this.nearCopies().pathOf(copy.sha256) ?? copy.sha256;
      return { kind: 'done', result: { verdict: 'found', match: found.match, copyOf } };
    }
    return undefined;
  }

  private foundBefore(
    sha256: ContentHash,
  ): { readonly match: Match } | { readonly finder: Finder; readonly leads: readonly Lead[] } | undefined {
    const match = this.traced.get(sha256);
    if (match) return { match };
    for (const provider of this.parts.providers) {
      const answer = this.known(provider, sha256);
      if (answer?.kind === 'found') return { finder: provider.id, leads: answer.candidates };
    }
    return undefined;
  }

  private found(
    { match, cached }: FoundMatch,
    way: keyof Omit<SearchStage['tally'], 'images'>,
    context: StageContext,
  ): StageOutcome<SearchResult> {
    if (!context.lastCall) this.tally[way]++;
    return { kind: 'done', result: { verdict: 'found', match, ...(cached && { cached }) } };
  }

  /** How the picture looks; undefined where nothing is searched by it, or it can't be decoded (who needs the pixels says so). */
  private async look(query: ImageQuery): Promise<Look | undefined> {
    if (this.byLook.length === 0) return undefined;
    try {
      const look = await this.parts.looks.look(query.path);
      this.nearCopies().add(query.sha256, query.path, look, this.parts.clock.now());
      return look;
    } catch (error) {
      if (error instanceof ImageError || error instanceof DecoderLacks) return undefined;
      throw error;
    }
  }

  private nearCopies(): NearCopies {
    return (this.copies ??= new NearCopies(this.parts.store, this.answers.notBefore));
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
}

/** What the free look-ups of an image have told. */
interface FirstPass {
  readonly look: Look | undefined;
  readonly traced: Traced;
}

interface FoundMatch {
  readonly match: Match;
  /** answered in an earlier run */
  readonly cached: boolean;
}

function withSources({ match, cached }: FoundMatch, sources: readonly string[]): FoundMatch {
  const all = [...new Set([...match.sources, ...sources])].filter((source) => source !== '' && source !== match.url);
  return { match: { ...match, sources: all }, cached };
}
