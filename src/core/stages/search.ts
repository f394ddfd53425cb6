import { DecoderLacks, ImageError } from '../model/failure.ts';
import type { ContentHash } from '../model/ids.ts';
import type { Fingerprint } from '../model/image.ts';
import { resultOf, type ImageState } from '../model/imageState.ts';
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
import { ServiceAnswers, type KnownAnswer } from '../search/serviceAnswers.ts';
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
  /** general and meta tags that are left out, with `*` for any letters */
  readonly ignoredTags: readonly string[];
  /** images of this run that an earlier one has begun */
  readonly underWay: Iterable<ImageState>;
  /** why nobody is to be asked; undefined when services are */
  readonly offline: string | undefined;
  /** nobody is asked, but it is found out which images somebody would have to be asked about */
  readonly foresees: boolean;
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
  private readonly tally = { images: 0, byMd5: 0, byTrace: 0, byCache: 0, copies: 0 };
  /** when those that wait for quota can go on, one after the other */
  private quotaTimes: readonly number[] = [];
  private inLine = 0;
  /** when those in line can go on, milliseconds since 1970 */
  private readonly waitsUntil = new Map<ContentHash, number>();
  private leftToSearch = 0;

  constructor(parts: SearchParts) {
    this.parts = parts;
    const { providers, beside, pageOf, offline } = parts;
    const posts = offline === undefined ? parts.posts : parts.posts.map(unasked);
    this.byBytes = providers.filter(({ by }) => by === 'bytes');
    this.byLook = providers.filter(({ by }) => by === 'look');
    const waiting = [...parts.underWay].filter(({ stages }) => stages.search?.outcome.kind === 'waiting');
    const parked = new Set(waiting.flatMap((state) => resultOf(state, 'scan')?.sha256 ?? []));
    this.answers = new ServiceAnswers({ ...parts, parked });
    const { answers } = this;
    const byBytes = offline === undefined ? this.byBytes : [];
    const danbooru = byBytes.find(({ id }) => id === 'danbooru-md5');
    this.matches = new MatchMaker({ posts, danbooru, answers, filter: new TagFilter(parts.ignoredTags) });
    this.traces = new Traces({ beside, byBytes, posts, answers, pageOf });
  }

  async run(state: ImageState, context: StageContext): Promise<StageOutcome<SearchResult> | PutOff> {
    const scan = state.stages.scan?.outcome.result;
    if (!scan) throw new Error(`search needs the fingerprint of ${state.image.path}`);
    const query = this.query(state.image.path, scan);
    if (this.parts.offline !== undefined) return this.recall(query, this.parts.offline, context);
    try {
      return await this.find(query, context);
    } catch (error) {
      if (!(error instanceof ImageError) || error.transient) throw error;
      const { reason, message } = error;
      return { kind: 'failed', error: { reason, message, attempts: 1 }, result: { verdict: 'error', reason: message } };
    }
  }

  /** What is ahead: how many searches the images that were put off need, and what the limits make of that. */
  async plan(putOff: readonly ImageState[]): Promise<SearchPlan> {
    const ahead = new Set<ContentHash>();
    let undecoded = 0;
    for (const [n, state] of putOff.entries()) {
      // each compares the picture with all others: the run must stay stoppable meanwhile
      if (n % 100 === 99) await this.parts.clock.sleep(0);
      const sha256 = resultOf(state, 'scan')?.sha256;
      if (sha256 === undefined) continue;
      const look = this.nearCopies().lookOf(sha256);
      if (!look) {
        undecoded++;
        continue;
      }
      const copies = this.nearCopies().of(sha256, look);
      if (copies.some((copy) => ahead.has(copy.sha256) || this.foundBefore(copy.sha256))) continue;
      if (this.needsSearch(sha256, copies)) ahead.add(sha256);
    }
    this.leftToSearch = ahead.size;
    const copies = this.tally.copies + putOff.length - undecoded - ahead.size;
    const counts = { ...this.tally, copies, undecoded, toSearch: ahead.size };
    if (ahead.size === 0) return counts;
    let slowest: { readonly service: string; readonly times: readonly number[] } | undefined;
    let askable = false;
    for (const provider of this.byLook) {
      const times = await provider.forecast?.(ahead.size);
      if (times === 'unavailable' || times === undefined) continue;
      askable = true;
      if (times === 'unknown') return { ...counts, service: provider.id };
      if ((times.at(-1) ?? 0) > (slowest?.times.at(-1) ?? 0)) slowest = { service: provider.id, times };
    }
    return askable ? { ...counts, ...slowest } : { ...counts, unavailable: true };
  }

  /** What is known without asking anybody: earlier answers, and what lies beside the image. */
  private async recall(
    query: ImageQuery,
    why: string,
    context: StageContext,
  ): Promise<StageOutcome<SearchResult> | PutOff> {
    if (this.parts.foresees && !context.lastCall) this.tally.images++;
    for (const provider of [...this.byBytes, ...this.byLook]) {
      const known = this.known(provider, query.sha256)?.answer;
      if (known?.kind !== 'found') continue;
      const match = await this.matches.match(provider.id, known.candidates, query, context);
      if (match) return this.found({ match, cached: true }, 'byCache', context);
    }
    const { found, work, problems } = await this.traces.follow(query, () => this.look(query, context), context);
    for (const problem of problems) context.warn(problem);
    const trace = found ?? work;
    const match = trace && (await this.matches.match(trace.finder, [trace.lead], query, context));
    if (match) return this.found({ match, cached: false }, 'byTrace', context);
    return this.parts.foresees ? this.foresee(query, why, context) : { kind: 'skipped', why };
  }

  /** Whether somebody would have to be asked; what is known of a near copy would be shared. */
  private async foresee(
    query: ImageQuery,
    why: string,
    context: StageContext,
  ): Promise<StageOutcome<SearchResult> | PutOff> {
    if (!context.lastCall) {
      if (!this.needsSearch(query.sha256)) {
        this.tally.byCache++;
        const isLookedUp = this.byBytes.every((provider) => this.known(provider, query.sha256));
        return { kind: 'skipped', why: isLookedUp ? 'no service knows it' : why };
      }
      await this.look(query, context);
      return { kind: 'put-off', detail: why };
    }
    const copies = this.nearCopies().of(query.sha256, this.nearCopies().lookOf(query.sha256));
    return (await this.shared(copies, query, [], context)) ?? { kind: 'skipped', why };
  }

  private async find(query: ImageQuery, context: StageContext): Promise<StageOutcome<SearchResult> | PutOff> {
    const said = new Said();
    const before = this.putOff.get(query.sha256);
    if (!context.lastCall) this.tally.images++;

    // before the look-ups: what they find is shared with near copies too
    const look = before
      ? this.nearCopies().lookOf(query.sha256)
      : this.byLook.length > 0
        ? await this.look(query, context)
        : undefined;
    for (const provider of this.byBytes) {
      const found = await this.hear(provider, query, said, context);
      if (found) return this.found(found, found.cached ? 'byCache' : 'byMd5', context);
    }
    const traced =
      before?.traced ??
      (await this.traces.follow(query, async () => look ?? (await this.look(query, context)), context));
    said.notes(traced.said);
    if (traced.error) said.failed(traced.error);
    for (const problem of traced.problems) context.warn(problem);
    const { found: trace, work } = traced;
    const sources = [...(work ? [work.lead.url, ...work.lead.sources] : []), ...traced.sources];
    const match = trace && (await this.matches.match(trace.finder, [trace.lead], query, context));
    if (match) {
      this.traced.set(query.sha256, match);
      return this.found({ match, cached: false }, 'byTrace', context);
    }
    const lookUpFailed = said.hasFailed;
    if (!context.lastCall && this.needsSearch(query.sha256)) {
      // what could not be asked is asked once more
      this.putOff.set(query.sha256, traced.error ? {} : { traced });
      const detail = 'waits for its search, which comes after the free look-ups of all images';
      return { kind: 'put-off', detail };
    }
    this.putOff.delete(query.sha256);
    const copies = this.nearCopies().of(query.sha256, look);
    return this.nearCopies().inTurn(query.sha256, copies, async () => {
      const shared = await this.shared(copies, query, sources, context);
      if (shared) {
        if (!context.lastCall) this.tally.copies++;
        return shared;
      }
      let copyOf: string | undefined;
      let asked = 0;
      for (const provider of this.byLook) {
        if (provider.costly && lookUpFailed && !this.known(provider, query.sha256)) {
          said.notes([`${provider.id}: not asked while a free look-up fails`]);
          continue;
        }
        const copied = this.saidOfCopy(provider, query.sha256, copies);
        if (copied) copyOf ??= this.pathOf(copied.sha256);
        const found = await this.hear(provider, query, said, context, copied?.answer);
        if (found) return this.found(withSources(found, sources), 'byCache', context);
        // not of a service that can't be asked: it has said nothing of the copy either
        if (!copied && this.known(provider, query.sha256)) asked++;
      }
      const result = said.conclude(asked === 0 ? copyOf : undefined);
      // nobody knows the picture, but its name says where it is from
      const told = result.kind === 'done' || result.kind === 'skipped' ? work : undefined;
      const workMatch = told && (await this.matches.match(told.finder, [told.lead], query, context));
      if (workMatch) return this.found({ match: workMatch, cached: false }, 'byTrace', context);
      if (result.kind === 'done' && !context.lastCall) this.tally.byCache++;
      return result.kind === 'waiting' ? this.queued(result, query.sha256, copies) : result;
    });
  }

  /** Those that wait can't all go on at once: each gets the time of its own search, and a near copy that of the other's. */
  private async queued(
    waiting: StageOutcome<SearchResult> & { readonly kind: 'waiting' },
    sha256: ContentHash,
    copies: readonly NearCopy[],
  ): Promise<StageOutcome<SearchResult>> {
    if (this.quotaTimes.length === 0) {
      const costly = this.byLook.find((provider) => provider.costly);
      const times = await costly?.forecast?.(Math.max(1, this.leftToSearch));
      if (typeof times === 'object') this.quotaTimes = times;
    }
    const [shared] = copies.flatMap((copy) => this.waitsUntil.get(copy.sha256) ?? []);
    const at = shared ?? this.quotaTimes[this.inLine++] ?? this.quotaTimes.at(-1);
    if (at === undefined) return waiting;
    this.waitsUntil.set(sha256, at);
    return { ...waiting, until: new Date(at).toISOString() };
  }

  /** Whether somebody has to be asked who may know the picture by its look. @param copies of which it would be known */
  private needsSearch(sha256: ContentHash, copies: readonly NearCopy[] = []): boolean {
    for (const provider of this.byLook) {
      const known = this.known(provider, sha256) ?? this.saidOfCopy(provider, sha256, copies);
      if (known?.answer.kind !== 'no-match') return known === undefined;
    }
    return false;
  }

  /** What one service says, by what is known or by asking it; the match where it knows the picture. */
  private async hear(
    provider: ReverseImageSearch,
    query: ImageQuery,
    said: Said,
    context: StageContext,
    copied?: SearchAnswer,
  ): Promise<FoundMatch | undefined> {
    const known = this.known(provider, query.sha256);
    const answer = known?.answer ?? copied ?? (await this.answers.ask(provider, query, context));
    if (answer.kind === 'unavailable') {
      const { why, about } = answer;
      context.warn(
        about === 'picture'
          ? `${why}: such pictures are looked up by their bytes, but not searched by their look`
          : `${provider.id} is passed over: ${why}`,
      );
    }
    if (answer.kind !== 'quota' && answer.kind !== 'unavailable' && provider.costly && !known && !copied)
      this.leftToSearch--;
    said.add(provider.id, answer, known?.cached ?? false);
    if (answer.kind !== 'found') return undefined;
    const match = await this.matches.match(provider.id, answer.candidates, query, context);
    if (!match) said.gone(provider.id, answer.candidates);
    return match && { match, cached: known?.cached ?? false };
  }

  private known(provider: ReverseImageSearch, sha256: ContentHash): KnownAnswer | undefined {
    return this.answers.known(provider.id, provider.variant, sha256);
  }

  /** A service that does not know a near copy does not know this one either. */
  private saidOfCopy(
    provider: ReverseImageSearch,
    sha256: ContentHash,
    copies: readonly NearCopy[],
  ): { readonly sha256: ContentHash; readonly answer: SearchAnswer } | undefined {
    if (this.known(provider, sha256)) return undefined;
    for (const copy of copies) {
      const answer = this.known(provider, copy.sha256)?.answer;
      if (answer?.kind === 'no-match') return { sha256: copy.sha256, answer };
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
      return { kind: 'done', result: { verdict: 'found', match: found.match, copyOf: this.pathOf(copy.sha256) } };
    }
    return undefined;
  }

  private foundBefore(
    sha256: ContentHash,
  ): { readonly match: Match } | { readonly finder: Finder; readonly leads: readonly Lead[] } | undefined {
    const match = this.traced.get(sha256);
    if (match) return { match };
    for (const provider of this.parts.providers) {
      const answer = this.known(provider, sha256)?.answer;
      if (answer?.kind === 'found') return { finder: provider.id, leads: answer.candidates };
    }
    return undefined;
  }

  private pathOf(sha256: ContentHash): string {
    return this.nearCopies().pathOf(sha256) ?? sha256;
  }

  private found(
    { match, cached }: FoundMatch,
    way: keyof Omit<SearchStage['tally'], 'images' | 'copies'>,
    context: StageContext,
  ): StageOutcome<SearchResult> {
    if (!context.lastCall) this.tally[way]++;
    return { kind: 'done', result: { verdict: 'found', match, ...(cached && { cached }) } };
  }

  /** How the picture looks; undefined where it can't be decoded (who needs the pixels says so). */
  private async look(query: ImageQuery, { signal }: StageContext): Promise<Look | undefined> {
    const known = this.nearCopies().lookOf(query.sha256);
    try {
      const look = known ?? (await this.parts.looks.look(query.path, signal));
      this.nearCopies().add(query.sha256, query.path, look, this.parts.clock.now());
      return look;
    } catch (error) {
      if (error instanceof ImageError || error instanceof DecoderLacks) return undefined;
      throw error;
    }
  }

  private nearCopies(): NearCopies {
    return (this.copies ??= new NearCopies(this.parts.store, this.answers.notBefore, this.parts.underWay));
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
  readonly traced?: Traced;
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

/** A site of which only what is known already is taken. */
const unasked = ({ site }: PostSource): PostSource => ({ site, post: () => Promise.resolve({ kind: 'gone' }) });
