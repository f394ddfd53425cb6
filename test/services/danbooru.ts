import { candidatesFor } from './candidates.ts';
import { challenge } from './cloudflare.ts';
import { danbooruError } from './danbooruError.ts';
import { danbooruPost } from './danbooruPost.ts';
import { allTags, type Post } from './posts.ts';
import { RateWindow, type RateLimit } from './rateWindow.ts';
import { Service, type Answer, type ReceivedRequest, type ServiceOptions } from './service.ts';

export interface DanbooruAccount {
  readonly login: string;
  readonly apiKey: string;
  readonly level: 'member' | 'gold';
}

/** An account that the stand-in knows unless told others. */
export const sampleDanbooruAccount: DanbooruAccount = {
  login: 'sample_user',
  apiKey: 'sampleDanbooruApiKey0000',
  level: 'member',
};

export interface DanbooruOptions extends ServiceOptions {
  readonly accounts?: readonly DanbooruAccount[];
  /** Default: none; the application has no limit for reading, what the site puts before it was never recorded. */
  readonly rate?: RateLimit;
}

// What people were told to stop sending: browsers' names, the default names of libraries, nothing at all.
const blockedAgents =
  /^$|^Mozilla\/|^(node|undici|node-fetch|axios|got|curl|wget|python|okhttp|Go-http-client|Java|libwww)\b/i;

type Level = 'anonymous' | DanbooruAccount['level'];

/** Danbooru: posts by number and by search (`md5:`, `id:`, tags), and its search by picture. */
export class Danbooru extends Service {
  protected readonly maxBody = 100 * 1024 * 1024;
  protected readonly tooLarge: Answer = { status: 413, kind: 'too-large', type: 'text/html', body: '413' };
  readonly #posts: readonly Post[];
  readonly #accounts: readonly DanbooruAccount[];
  readonly #byMd5: ReadonlyMap<string, Post>;
  readonly #byId: ReadonlyMap<number, Post>;
  #rate: RateWindow | undefined;

  constructor(posts: readonly Post[], options: DanbooruOptions = {}) {
    super(options);
    this.#posts = posts.filter(({ sites }) => sites.danbooru !== undefined);
    this.#byMd5 = new Map(this.#posts.map((post) => [post.md5, post]));
    this.#byId = new Map(this.#posts.map((post) => [idOf(post), post]));
    this.#accounts = options.accounts ?? [sampleDanbooruAccount];
    this.setRate(options.rate);
  }

  /** A new, empty window; none without an argument. */
  setRate(rate?: RateLimit): void {
    this.#rate = rate === undefined ? undefined : new RateWindow(rate);
  }

  protected answer(request: ReceivedRequest): Answer | Promise<Answer> {
    if (blockedAgents.test(request.headers['user-agent'] ?? '')) return challenge;
    if (this.#rate !== undefined) {
      const limit = JSON.stringify({ limits: { all: this.#rate.rate } });
      if (this.#rate.remaining(this.now()) <= 0) {
        return danbooruError(
          'RateLimiter::RateLimitError',
          "You're doing that too fast. Wait a minute and try again.",
          {
            'x-rate-limit': limit,
          },
        );
      }
      this.#rate.add(this.now());
    }
    const level = this.#levelOf(request);
    if (typeof level !== 'string') return level;
    const show = /^\/posts\/(\d+)\.json$/.exec(request.path);
    if (show !== null) return this.#show(Number(show[1]), request, level);
    if (request.path === '/posts.json') return this.#index(request, level);
    if (request.path === '/iqdb_queries.json') return this.#similar(request, level);
    return danbooruError('ActiveRecord::RecordNotFound', 'That record was not found.');
  }

  /** Whose request it is, by `login` and `api_key` in the query or by HTTP Basic. */
  #levelOf({ query, headers }: ReceivedRequest): Level | Answer {
    const basic = /^Basic (.+)$/i.exec(headers.authorization ?? '')?.[1];
    const [basicLogin = null, basicKey = null] =
      basic === undefined ? [] : Buffer.from(basic, 'base64').toString().split(/:(.*)/s, 2);
    const login = basicLogin ?? query.get('login');
    const apiKey = basicKey ?? query.get('api_key');
    if (login === null && apiKey === null) return 'anonymous';
    if (login === null || apiKey === null) {
      return danbooruError('SessionLoader::AuthenticationFailure', 'Missing `login` or `api_key`');
    }
    const account = this.#accounts.find((known) => known.login === login && known.apiKey === apiKey);
    return account?.level ?? danbooruError('SessionLoader::AuthenticationFailure', 'Invalid API key');
  }

  #show(id: number, { query }: ReceivedRequest, level: Level): Answer {
    const post = this.#byId.get(id);
    if (post === undefined) return danbooruError('ActiveRecord::RecordNotFound', 'That record was not found.');
    return json('found', only(told(post, level), query));
  }

  #index({ query }: ReceivedRequest, level: Level): Answer {
    const md5 = query.get('md5');
    if (md5 !== null) {
      const post = this.#byMd5.get(md5.toLowerCase());
      if (post === undefined) return danbooruError('ActiveRecord::RecordNotFound', 'That record was not found.');
      return json('found', only(told(post, level), query));
    }
    const page = Number(query.get('page') ?? 1);
    if (page > 1000) return danbooruError('PaginationExtension::PaginationError', 'You cannot go beyond page 1000.');
    const terms = (query.get('tags') ?? '').split(/\s+/).filter((term) => term !== '');
    const tagLimit = level === 'gold' ? 6 : 2;
    if (terms.length > tagLimit) {
      return danbooruError(
        'PostQuery::TagLimitError',
        `You cannot search for more than ${tagLimit} tags at a time. Upgrade your account to search for more tags at once.`,
      );
    }
    const limit = Math.min(200, Number(query.get('limit') ?? 20));
    const found = this.#matching(terms).slice((page - 1) * limit, page * limit);
    return json(
      found.length > 0 ? 'found' : 'no-match',
      found.map((post) => only(told(post, level), query)),
    );
  }

  #matching(terms: readonly string[]): readonly Post[] {
    // With a thousand posts a search by MD5 is asked a thousand times.
    const md5 = terms
      .find((term) => term.startsWith('md5:'))
      ?.slice(4)
      .toLowerCase();
    const start = md5 === undefined ? this.#posts : [this.#byMd5.get(md5)].filter((post) => post !== undefined);
    return start.filter((post) =>
      terms.every((term) => {
        if (term.startsWith('md5:')) return true;
        if (term.startsWith('id:'))
          return term
            .slice(3)
            .split(',')
            .includes(String(idOf(post)));
        if (term.startsWith('rating:')) return term.slice(7, 8) === post.rating;
        return allTags(post).includes(term);
      }),
    );
  }

  async #similar({ method, query, fields, files }: ReceivedRequest, level: Level): Promise<Answer> {
    // An upload without API authentication fails the check against forged forms.
    if (method === 'POST' && level === 'anonymous') {
      return danbooruError('ActionController::InvalidAuthenticityToken', "Can't verify CSRF token authenticity.");
    }
    const upload = files.find(({ field }) => field === 'search[file]')?.data;
    // Any other field name is ignored, and a picture that cannot be read is no error here: both give an empty list.
    const candidates =
      upload === undefined ? [] : await candidatesFor(upload, this.#posts, 'danbooru-iqdb').catch(() => []);
    const asked = (name: string): string | null =>
      query.get(`search[${name}]`) ?? query.get(name) ?? fields.get(`search[${name}]`) ?? fields.get(name);
    const limit = Math.min(1000, Math.max(1, Number(asked('limit') ?? 20)));
    const matches = candidates.slice(0, limit).map(({ post, similarity }) => ({
      post_id: idOf(post),
      // The raw likeness, squared, so that weak ones fall off.
      score: 100 * (similarity / 100) ** 2,
      hash: `iqdb_${post.hash}`,
      signature: { avglf: [0, 0, 0], sig: [[], [], []] },
      post: told(post, level),
    }));
    return json((matches[0]?.score ?? 0) > 50 ? 'found' : 'no-match', matches, method === 'POST' ? 201 : 200);
  }
}

function idOf({ sites }: Post): number {
  return sites.danbooru!;
}

function told(post: Post, level: Level): Readonly<Record<string, unknown>> {
  const visible = post.status !== 'banned' && (post.status !== 'restricted' || level === 'gold');
  return danbooruPost(post, idOf(post), visible);
}

/** `only=id,rating` cuts an object down to those keys. */
function only(object: Readonly<Record<string, unknown>>, query: URLSearchParams): Readonly<Record<string, unknown>> {
  const keys = query.get('only')?.split(',');
  return keys === undefined ? object : Object.fromEntries(Object.entries(object).filter(([key]) => keys.includes(key)));
}

function json(kind: string, body: unknown, status = 200): Answer {
  return { status, kind, type: 'application/json; charset=utf-8', body: JSON.stringify(body) };
}
