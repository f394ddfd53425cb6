import type { Analysis } from '../model/analysis.ts';
import type { Match } from '../model/match.ts';
import { cleanText } from './cleanText.ts';

/**
 * Where a tag is from, in words that people read in any program and that we read again:
 *
 *   danbooru:123456 via saucenao 93.4 %      a search found it; the figure is the similarity
 *   model wd-tagger 87.1 %                   a model says so; the figure is its score
 *   user                                     a person typed it
 *   found in the image                       it stood there before us
 *
 * Several are joined with ` and `. Never a `|`, which separates the parts of an entry (tagSources.ts).
 */
const AND = ' and ';

/** A person typed it. */
export const TYPED = 'user';
/** It stood in the metadata of the image itself. */
export const IN_IMAGE = 'found in the image';
/** It stood in the sidecar, by another hand. */
export const IN_SIDECAR = 'found in the sidecar';
/** It stood in the sidecar of the other naming style, `a.xmp`. */
export const IN_OTHER_SIDECAR = 'found in the other sidecar';

/** Whose word could be had this time. */
export interface Asked {
  readonly search: boolean;
  readonly analysis: boolean;
}

/** `danbooru:123456 via saucenao 93.4 %` */
export function originOfMatch({ post, url, provider, similarity }: Match): string {
  const page = post ? `${post.site}:${post.id}` : URL.canParse(url) ? new URL(url).hostname : 'a page';
  return plain(`${page} via ${provider}${percent(similarity)}`);
}

/** `model wd-tagger 87.1 %`; `score` is 0 to 1 */
export function originOfModel({ model }: Pick<Analysis, 'model'>, score: number | undefined): string {
  return plain(`model ${model}${percent(score === undefined ? undefined : score * 100)}`);
}

/** Several origins as one, each once. */
export const joinOrigins = (...origins: readonly string[]): string =>
  [...new Set(origins.flatMap(partsOf))].filter(Boolean).join(AND);

/** What of an origin holds whatever is said this time: people's, what stood there, and those who were not asked. */
export const lastingOrigin = (origin: string, asked: Asked): string =>
  partsOf(origin)
    .filter((part) => !isWithdrawable(part, asked))
    .join(AND);

function isWithdrawable(part: string, asked: Asked): boolean {
  if (part === TYPED || part.startsWith('found ')) return false;
  return part.startsWith('model ') ? asked.analysis : asked.search;
}

const partsOf = (origin: string): readonly string[] => origin.split(AND);

const percent = (value: number | undefined): string => (value === undefined ? '' : ` ${Number(value.toFixed(1))} %`);

const plain = (text: string): string => cleanText(text).replaceAll('|', ' ').replaceAll(AND, ' + ');
