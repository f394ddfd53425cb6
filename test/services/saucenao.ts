import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { candidatesFor } from './candidates.ts';
import { phpJson } from './phpJson.ts';
import type { Post } from './posts.ts';
import { RateWindow, type RateLimit } from './rateWindow.ts';
import { askedIndexes, indexHeader } from './saucenaoIndexes.ts';
import { resultsOf, strangersFor, type SaucenaoResult } from './saucenaoResults.ts';
import { Service, type Answer, type ReceivedRequest, type ServiceOptions } from './service.ts';

/** A key that the stand-in takes unless told others: 40 characters, like the real ones. */
export const sampleSaucenaoKey = 'sample0000000000000000000000000000000key';

export interface SaucenaoLimits {
  readonly short: RateLimit;
  readonly long: RateLimit;
}

/** The windows of a free account, as every recording since 2023 states them. */
export const freeAccount: SaucenaoLimits = { short: { limit: 4, seconds: 30 }, long: { limit: 100, seconds: 86_400 } };

/** No client reaches these. */
export const unlimited: SaucenaoLimits = {
  short: { limit: 1_000_000, seconds: 30 },
  long: { limit: 1_000_000, seconds: 86_400 },
};

export interface SaucenaoOptions extends ServiceOptions {
  readonly keys?: readonly string[];
  /** Default: those of a free account. */
  readonly limits?: SaucenaoLimits;
}

const megabyte = 1024 * 1024;

// The accepted ones that sharp can tell apart; BMP, which the real one takes too, sharp cannot read.
const acceptedFormats = ['gif', 'jpeg', 'png', 'svg', 'webp'];

const minimumMatch = 50;

/** SauceNAO: `POST /search.php` with a picture, or GET with its address; JSON (`output_type=2`). */
export class Saucenao extends Service {
  // The limit is told for the picture; the form around it needs room too.
  protected readonly maxBody = 15 * megabyte + 16_384;
  protected readonly tooLarge: Answer = {
    status: 413,
    kind: 'too-large',
    type: 'text/html',
    body: '<html><head><title>413 Request Entity Too Large</title></head><body><center><h1>413 Request Entity Too Large</h1></center><hr><center>nginx</center></body></html>',
  };
  readonly #posts: readonly Post[];
  readonly #keys: readonly string[];
  #short: RateWindow;
  #long: RateWindow;

  constructor(posts: readonly Post[], options: SaucenaoOptions = {}) {
    super(options);
    const { keys = [sampleSaucenaoKey], limits = freeAccount } = options;
    this.#posts = posts;
    this.#keys = keys;
    this.#short = new RateWindow(limits.short);
    this.#long = new RateWindow(limits.long);
  }

  /** New windows with nothing in them. */
  setLimits(limits: SaucenaoLimits): void {
    this.#short = new RateWindow(limits.short);
    this.#long = new RateWindow(limits.long);
  }

  protected async answer(request: ReceivedRequest): Promise<Answer> {
    const told = (name: string): string | null => request.query.get(name) ?? request.fields.get(name);
    if (request.path !== '/search.php') return page(404, 'not-found', 'Not here.');
    if (told('output_type') === '1') return page(200, 'xml', 'XML not yet implemented.');
    if (told('output_type') !== '2') return needAnImage;
    if (!this.#keys.includes(told('api_key') ?? '')) {
      return json(403, 'unknown-key', {
        header: { status: -1, message: 'The anonymous account type does not permit API usage.' },
      });
    }
    const refusal = this.#refusal();
    if (refusal !== undefined) return refusal;
    // no picture, no search: nothing is counted
    if (request.files.length === 0 && request.query.get('url') === null) return needAnImage;
    this.#short.add(this.now());
    this.#long.add(this.now());
    return this.#search(request);
  }

  #refusal(): Answer | undefined {
    const pool =
      "sample_user, basic accounts share an IP based usage pool. Your IP (203.0.113.7) has exceeded the basic account type's";
    const refuse = (kind: string, title: string, limit: string): Answer =>
      json(429, kind, {
        header: {
          status: -2,
          message: `<strong>${title}</strong><br /><br />${pool} ${limit}.<br />Account upgrades provide a per-user usage pool.<br /><br />See the <a href='user.php?page=account-upgrades'>upgrades page</a>.`,
        },
      });
    if (this.#long.remaining(this.now()) <= 0) {
      const { limit } = this.#long.rate;
      return refuse('daily-limit', 'Daily Search Limit Exceeded.', `daily limit of ${limit} searches`);
    }
    if (this.#short.remaining(this.now()) <= 0) {
      const { limit, seconds } = this.#short.rate;
      return refuse('short-limit', 'Search Rate Too High.', `rate limit of ${limit} searches every ${seconds} seconds`);
    }
    return undefined;
  }

  async #search({ query, files }: ReceivedRequest): Promise<Answer> {
    const url = query.get('url');
    const upload = files.find(({ field }) => field === 'file')?.data;
    // Their banner is what clients search for to test a key. The stand-in fetches nothing else.
    const banner = url !== null && URL.parse(url)?.pathname === '/images/static/banner.gif';
    const picture = upload ?? (banner ? await bannerPicture() : undefined);
    if (picture === undefined) {
      if (url === null) return needAnImage;
      return this.#failure(
        'remote-error',
        `Specified file no longer exists on the remote server! (404 - ${url})`,
        query,
      );
    }
    if (!(await isAccepted(picture))) {
      return this.#failure('not-an-image', 'Supplied file is not an image, or not in an acceptable format...', query);
    }
    return this.#results(picture, query);
  }

  async #results(picture: Buffer, query: URLSearchParams): Promise<Answer> {
    const asked = askedIndexes(query);
    const wanted = Math.min(40, Number(query.get('numres') ?? 16));
    const matches = (await candidatesFor(picture, this.#posts, 'saucenao'))
      .filter(({ similarity }) => similarity >= minimumMatch)
      .flatMap((candidate) => resultsOf(candidate, asked, this.now()));
    const all = [...matches, ...strangersFor(picture, wanted, asked, this.now())];
    const results = (query.get('testmode') === '1' ? onePerIndex(all) : all).slice(0, wanted);
    const index = indexHeader(asked, results);
    const file = `${createHash('sha1').update(picture).digest('base64url').slice(0, 9)}.jpg`;
    return json(200, matches.length > 0 ? 'found' : 'no-match', {
      header: {
        ...this.#account(query, 0),
        ...(index === undefined ? {} : { index }),
        search_depth: '128',
        minimum_similarity: index === undefined ? 55 : minimumSimilarity(picture),
        query_image_display: `/userdata/${file}.png`,
        query_image: file,
        results_returned: results.length,
      },
      results: results.length === 0 ? null : results,
    });
  }

  #failure(kind: string, message: string, query: URLSearchParams): Answer {
    return json(200, kind, { header: { ...this.#account(query, -3), message } });
  }

  #account(query: URLSearchParams, status: number): Readonly<Record<string, unknown>> {
    const numres = query.get('numres');
    return {
      user_id: '990042',
      account_type: '1',
      short_limit: String(this.#short.rate.limit),
      long_limit: String(this.#long.rate.limit),
      long_remaining: this.#long.remaining(this.now()),
      short_remaining: this.#short.remaining(this.now()),
      status,
      // A number when the client named one, a string when it is the account's default.
      results_requested: numres === null ? '16' : Number(numres),
    };
  }
}

function json(status: number, kind: string, body: Readonly<Record<string, unknown>>): Answer {
  return { status, kind, type: 'application/json', body: phpJson(body) };
}

function page(status: number, kind: string, text: string): Answer {
  const head =
    '<head><meta http-equiv="Content-Type" content="text/html; charset=utf-8" /><title>SauceNAO Error</title></head>';
  return {
    status,
    kind,
    type: 'text/html; charset=utf-8',
    body: `<!DOCTYPE html>\n<html xmlns="http://www.w3.org/1999/xhtml">${head}<body><br />\n${text}</body></html>`,
  };
}

const needAnImage = page(
  200,
  'need-an-image',
  'You need an Image! <a href="/index.php">...GO BACK TO START...</a><br /><br />The image must be: gif, jpg, png, bmp, svg, or webp...',
);

function bannerPicture(): Promise<Buffer> {
  return sharp({ create: { width: 260, height: 64, channels: 3, background: '#222' } })
    .gif()
    .toBuffer();
}

async function isAccepted(picture: Buffer): Promise<boolean> {
  try {
    const image = sharp(picture, { failOn: 'error', pages: 1 });
    const { format } = await image.metadata();
    // Only decoding shows that a file is whole.
    await image.stats();
    return acceptedFormats.includes(format);
  } catch {
    return false;
  }
}

function onePerIndex(results: readonly SaucenaoResult[]): readonly SaucenaoResult[] {
  return [...new Map(results.toReversed().map((result) => [result.header.index_id, result])).values()].toReversed();
}

/** Between the weak results and the matches; a whole number or one with all the decimals of a float. */
function minimumSimilarity(picture: Buffer): number {
  const noise = createHash('sha256').update(picture).digest()[31] ?? 0;
  return noise % 2 === 0 ? 32 + (noise % 12) : 32 + noise * 0.0499999999;
}
