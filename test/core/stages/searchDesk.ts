import { createRequire } from 'node:module';
import { SqljsStore } from '../../../src/adapters/sqljs/sqljsStore.ts';
import { fold, reopened } from '../../../src/core/journal/fold.ts';
import type { BesideEvidence } from '../../../src/core/model/evidence.ts';
import { ImageError } from '../../../src/core/model/failure.ts';
import type { ImageState } from '../../../src/core/model/imageState.ts';
import { CHROMA_CELLS, LUMA_CELLS, type Look } from '../../../src/core/model/look.ts';
import type { Post, PostSite, ProviderId } from '../../../src/core/model/match.ts';
import type { StageOutcome } from '../../../src/core/model/outcome.ts';
import type { SearchResult } from '../../../src/core/model/stageResults.ts';
import { NO_TAGS } from '../../../src/core/model/tag.ts';
import type { PutOff, StageContext } from '../../../src/core/pipeline/stage.ts';
import type {
  Candidate,
  ImageQuery,
  PostAnswer,
  PostSource,
  ReverseImageSearch,
  SearchAnswer,
} from '../../../src/core/ports/reverseImageSearch.ts';
import type { SearchPlan } from '../../../src/core/search/searchPlan.ts';
import { SearchStage, type SearchParts } from '../../../src/core/stages/search.ts';
import { CollectedLog } from '../../adapters/support/collectedLog.ts';
import { seeded } from '../../adapters/support/mutate.ts';
import { SimulatedClock } from '../../adapters/support/simulatedClock.ts';
import { storyOf } from '../journal/story.ts';

export const NO_MATCH: SearchAnswer = { kind: 'no-match', threshold: 80 };
export const SPENT_UNTIL = Date.parse('2026-03-02T00:00:00Z');
export const SPENT: SearchAnswer = { kind: 'quota', until: SPENT_UNTIL, why: 'the day’s searches are spent' };
export const DOWN: Extract<SearchAnswer, { kind: 'error' }> = {
  kind: 'error',
  reason: 'network',
  message: 'it can’t be reached',
};

export function postOf(site: PostSite, id: string, ...general: readonly string[]): Post {
  return { ref: { site, id }, url: `https://${site}/${id}`, tags: { ...NO_TAGS, general }, sources: [] };
}

/** A service's answer that holds the post. */
export function found(id: string, similarity = 90, more: Partial<Candidate> = {}): SearchAnswer {
  const post = postOf('danbooru', id, `tag ${id}`);
  return { kind: 'found', candidates: [{ similarity, url: post.url, posts: [post.ref], post, sources: [], ...more }] };
}

/** A picture of rough noise of its own; the same number gives the same one. */
export function lookOfNumber(number: number): Look {
  const random = seeded(number);
  const hash = Array.from({ length: 16 }, () => Math.floor(random() * 16).toString(16)).join('');
  const pixels = Uint8Array.from({ length: LUMA_CELLS + 2 * CHROMA_CELLS }, () => 20 + random() * 200);
  return { width: 1000, height: 700, hash, pixels };
}

/** A near copy of it, with every cell a bit darker. */
export const worn = (look: Look): Look => ({ ...look, pixels: look.pixels.map((value) => value - 5) });

type Says = SearchAnswer | Error;

/** A service that says what it is told to, by the image's name, and counts who asks it. */
export class ScriptedService implements ReverseImageSearch {
  readonly id: ProviderId;
  readonly by: 'bytes' | 'look';
  readonly costly?: true;
  readonly variant = '1';
  /** names of the images, with the MD5 where another one's is asked for */
  readonly asked: string[] = [];
  readonly says = new Map<string, Says>();
  /** of every image that nothing is said of */
  otherwise: Says = NO_MATCH;
  times: Awaited<ReturnType<NonNullable<ReverseImageSearch['forecast']>>> | undefined;
  /** how many searches the times were asked for */
  readonly forecasts: number[] = [];

  /** what all services are asked, in order */
  private readonly log: string[];

  constructor(log: string[], id: ProviderId, by: 'bytes' | 'look', costly = false) {
    this.log = log;
    this.id = id;
    this.by = by;
    if (costly) this.costly = true;
  }

  async search(query: ImageQuery): Promise<SearchAnswer> {
    const { path, md5 } = query;
    if (this.by === 'look') await query.upload();
    const key = md5 === '0'.repeat(32) ? nameOf(path) : `${nameOf(path)} ${md5}`;
    this.asked.push(key);
    this.log.push(`${this.id} ${key}`);
    const said = this.says.get(key) ?? this.otherwise;
    if (said instanceof Error) throw said;
    return said;
  }

  async forecast(count: number): Promise<readonly number[] | 'unknown' | 'unavailable'> {
    this.forecasts.push(count);
    return typeof this.times === 'object' ? this.times.slice(0, count) : (this.times ?? 'unavailable');
  }
}

/** What came of a run of the search alone. */
export interface Searched {
  /** by the image's name: what the free look-ups have given */
  readonly first: ReadonlyMap<string, StageOutcome<SearchResult> | PutOff>;
  /** undefined where nothing was put off */
  readonly plan: SearchPlan | undefined;
  /** what it ended with */
  readonly last: ReadonlyMap<string, StageOutcome<SearchResult> | PutOff>;
}

/** All that the stage search has around it: run after run, with what each remembers. */
export class SearchDesk implements Disposable {
  readonly clock = new SimulatedClock();
  readonly asked: string[] = [];
  readonly danbooru = new ScriptedService(this.asked, 'danbooru-md5', 'bytes');
  readonly iqdb = new ScriptedService(this.asked, 'iqdb', 'look');
  readonly saucenao = new ScriptedService(this.asked, 'saucenao', 'look', true);
  /** not among those that are asked unless a test says so */
  readonly yandere = new ScriptedService(this.asked, 'yandere-md5', 'bytes');
  services: readonly ScriptedService[] = [this.danbooru, this.iqdb, this.saucenao];
  readonly posts = new Map<string, PostAnswer>();
  readonly fetched: string[] = [];
  /** names of the images of which a reduced copy was made */
  readonly uploads: string[] = [];
  readonly looks = new Map<string, Look | Error>();
  readonly looked: string[] = [];
  readonly beside = new Map<string, BesideEvidence>();
  problems: readonly string[] = [];
  readonly warnings: string[] = [];
  offline: string | undefined;
  foresees = false;
  ignoredTags: readonly string[] = [];
  /** the images as the last run has left them */
  readonly states = new Map<string, ImageState>();
  private readonly store: SqljsStore;

  private constructor(store: SqljsStore) {
    this.store = store;
  }

  static async open(): Promise<SearchDesk> {
    const wasm = createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm');
    const file = '/nowhere/image-inbox.db';
    return new SearchDesk(await SqljsStore.open({ file, wasm, log: new CollectedLog(), scratch: true }));
  }

  stage(): SearchStage {
    const parts: SearchParts = {
      providers: this.services,
      posts: (['danbooru', 'yandere'] as const).map((site): PostSource => ({ site, post: (ref) => this.fetch(ref) })),
      uploads: {
        makeUpload: (path) => {
          this.uploads.push(nameOf(path));
          return Promise.resolve(new Uint8Array([1]));
        },
      },
      looks: { look: (path) => this.look(path) },
      beside: {
        read: (path) => {
          const evidence = this.beside.get(nameOf(path));
          return Promise.resolve({ evidence: evidence ? [evidence] : [], problems: this.problems });
        },
      },
      pageOf: ({ site, id }) => `https://${site}/${id}`,
      store: this.store,
      clock: this.clock,
      cacheFor: 30 * 86_400_000,
      ignoredTags: this.ignoredTags,
      underWay: [...this.states.values()],
      offline: this.offline,
      foresees: this.foresees,
    };
    return new SearchStage(parts);
  }

  /** As the runner does it: all images at once, then the plan, then those that were put off. */
  async run(...names: readonly string[]): Promise<Searched> {
    const stage = this.stage();
    const begun = new Map(names.map((name) => [name, this.begin(name)]));
    const ask = async (name: string, lastCall: boolean) =>
      [name, await stage.run(begun.get(name) ?? this.begin(name), this.context(lastCall))] as const;
    const first = new Map(await Promise.all(names.map((name) => ask(name, false))));
    const putOff = names.filter((name) => first.get(name)?.kind === 'put-off');
    const plan = putOff.length > 0 ? await stage.plan(putOff.map((name) => this.begin(name))) : undefined;
    const last = new Map([...first, ...(await Promise.all(putOff.map((name) => ask(name, true))))]);
    for (const [name, state] of begun) {
      const outcome = last.get(name);
      if (!outcome || outcome.kind === 'put-off') continue;
      const event = storyOf(name).ended('search', outcome);
      this.states.set(name, fold(state, event) ?? state);
    }
    return { first, plan, last };
  }

  /** The image as a run finds it. */
  begin(name: string): ImageState {
    const known = this.states.get(name);
    if (known) return reopened(known);
    const story = storyOf(name);
    const state = fold(fold(undefined, story.found), story.scanned);
    if (!state) throw new Error(`${name} has no story`);
    return state;
  }

  context(lastCall: boolean): StageContext {
    return {
      signal: new AbortController().signal,
      lastCall,
      intend: () => Promise.reject(new Error('the search changes no file')),
      operated: () => Promise.reject(new Error('the search changes no file')),
      remember: (answer) => {
        this.store.rememberAnswer(answer);
        return Promise.resolve();
      },
      warn: (text) => void this.warnings.push(text),
    };
  }

  private fetch({ site, id }: Post['ref']): Promise<PostAnswer> {
    this.fetched.push(`${site} ${id}`);
    return Promise.resolve(this.posts.get(`${site} ${id}`) ?? { kind: 'gone' });
  }

  private look(path: string): Promise<Look> {
    const name = nameOf(path);
    this.looked.push(name);
    let look = this.looks.get(name);
    if (!look) this.looks.set(name, (look = lookOfNumber(1000 + this.looks.size)));
    return look instanceof Error ? Promise.reject(look) : Promise.resolve(look);
  }

  [Symbol.dispose](): void {
    this.store.close();
  }
}

export const undecodable = new ImageError('corrupt', 'it can’t be decoded');

const nameOf = (path: string): string => path.slice('/in/'.length);

/** The result of an image that was done. */
export function resultFrom({ last }: Searched, name: string): SearchResult {
  const outcome = last.get(name);
  if (outcome?.kind !== 'done') throw new Error(`${name}: ${JSON.stringify(outcome)}`);
  return outcome.result;
}
