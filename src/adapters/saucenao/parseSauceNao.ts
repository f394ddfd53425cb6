import * as v from 'valibot';
import { isCloudflarePage } from '../http/cloudflare.ts';
import { parseJson } from '../http/parseJson.ts';
import { shownMessage } from './shownMessage.ts';

/** The account's two windows as an answer states them; what it does not state is absent. */
export interface StatedLimits {
  readonly shortLimit?: number;
  readonly shortRemaining?: number;
  readonly longLimit?: number;
  readonly longRemaining?: number;
}

/** One result, checked only as far as every index has it. */
export interface SauceNaoHit {
  /** per cent; weak ones go below 0 */
  readonly similarity: number;
  /** what the index knows; the fields differ from index to index */
  readonly data: Readonly<Record<string, unknown>>;
}

/** What SauceNAO says. `limits` comes with every answer to a known account. */
export type SauceNaoReply =
  | {
      readonly kind: 'results';
      /** in no order */
      readonly hits: readonly SauceNaoHit[];
      /** below it SauceNAO itself takes a result for chance */
      readonly minimumSimilarity?: number;
      /** some indexes could not be searched: what is missing proves nothing */
      readonly partial: boolean;
      readonly limits: StatedLimits;
    }
  /** missing and unknown keys look the same */
  | { readonly kind: 'key-refused' }
  | { readonly kind: 'short-limit'; readonly limit?: number }
  | { readonly kind: 'daily-limit'; readonly limit?: number }
  /** too many failed searches, for a while */
  | { readonly kind: 'cooling-down' }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'blocked' }
  | { readonly kind: 'failure'; readonly message: string; readonly limits: StatedLimits }
  /** nothing that SauceNAO is known to say */
  | { readonly kind: 'bad-answer'; readonly message: string };

// Types drift: numbers come as strings, strings as numbers, and `similarity` is always a string.
const Figure = v.pipe(
  v.union([v.number(), v.pipe(v.string(), v.regex(/^\s*-?\d+(?:\.\d+)?\s*$/), v.transform(Number))]),
  v.finite(),
);
const figure = v.fallback(v.optional(Figure), undefined);
const Header = v.object({
  status: Figure,
  message: v.fallback(v.optional(v.string()), undefined),
  minimum_similarity: figure,
  short_limit: figure,
  short_remaining: figure,
  long_limit: figure,
  long_remaining: figure,
});
type Header = v.InferOutput<typeof Header>;

// `index`, which is an object, a list or absent, tells nothing that is needed.
const Body = v.object({ header: Header, results: v.optional(v.unknown()) });
const Result = v.object({
  header: v.object({ similarity: Figure }),
  data: v.record(v.string(), v.unknown()),
});

/**
 * Reads an answer of `search.php?output_type=2`: by HTTP status first, then by `header.status`, then by what the message
 * says, since one status stands for several things. Never throws.
 */
export function parseSauceNao(status: number, text: string): SauceNaoReply {
  if (isCloudflarePage(status, text)) return { kind: 'blocked' };
  if (status === 413) return { kind: 'too-large' };
  const body = v.safeParse(Body, parseJson(text));
  const header = body.success ? body.output.header : undefined;
  const message = header?.message ?? '';
  if (status === 429) return limitReached(header ? message : text);
  if (status === 401 || (status === 403 && header)) return { kind: 'key-refused' };
  if (status === 403) return { kind: 'blocked' };
  if (status < 200 || status >= 300) {
    return { kind: 'failure', message: `SauceNAO answers with status ${status}`, limits: {} };
  }
  if (!body.success) return notJson(text);
  return header ? byHeader(header, message, body.output.results) : notJson(text);
}

function byHeader(header: Header, message: string, sent: unknown): SauceNaoReply {
  const limits = statedLimits(header);
  if (header.status === -1) return { kind: 'key-refused' };
  if (header.status === -2) return limitReached(message);
  if (header.status === -5) return { kind: 'too-large' };
  if (header.status < 0) {
    const shown = shownMessage(message) || `status ${header.status}`;
    return { kind: 'failure', message: `SauceNAO could not search: ${shown}`, limits };
  }
  const results = readResults(sent);
  if (!results) return { kind: 'bad-answer', message: 'SauceNAO sends results that can’t be read' };
  return {
    kind: 'results',
    hits: results,
    partial: header.status > 0,
    limits,
    ...(header.minimum_similarity !== undefined && { minimumSimilarity: header.minimum_similarity }),
  };
}

/** `results` is null or absent when there are none. One odd result does not spoil the others; nothing but odd ones does. */
function readResults(sent: unknown): readonly SauceNaoHit[] | undefined {
  if (sent === undefined || sent === null) return [];
  if (!Array.isArray(sent)) return undefined;
  const hits = sent.flatMap((one): readonly SauceNaoHit[] => {
    const result = v.safeParse(Result, one);
    return result.success ? [{ similarity: result.output.header.similarity, data: result.output.data }] : [];
  });
  return hits.length === 0 && sent.length > 0 ? undefined : hits;
}

/** Status -2 and HTTP 429 (which was a web page at least once) mean one of three limits. */
function limitReached(message: string): SauceNaoReply {
  const daily = /daily limit of (\d+) searches/i.exec(message);
  if (daily || /daily search limit/i.test(message)) {
    return { kind: 'daily-limit', ...(daily && { limit: Number(daily[1]) }) };
  }
  if (/too many failed search/i.test(message)) return { kind: 'cooling-down' };
  const short = /(\d+) searches every \d+ seconds/i.exec(message);
  return { kind: 'short-limit', ...(short && { limit: Number(short[1]) }) };
}

function notJson(text: string): SauceNaoReply {
  if (/<title>\s*SauceNAO Error/i.test(text) || /You need an Image!/i.test(text)) {
    return { kind: 'failure', message: `SauceNAO could not search: ${shownMessage(text)}`, limits: {} };
  }
  return { kind: 'bad-answer', message: 'SauceNAO answers with something that is not its JSON' };
}

function statedLimits(header: Header): StatedLimits {
  return {
    ...(header.short_limit !== undefined && { shortLimit: header.short_limit }),
    ...(header.short_remaining !== undefined && { shortRemaining: header.short_remaining }),
    ...(header.long_limit !== undefined && { longLimit: header.long_limit }),
    ...(header.long_remaining !== undefined && { longRemaining: header.long_remaining }),
  };
}
