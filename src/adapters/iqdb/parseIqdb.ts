import { DomHandler, DomUtils, ElementType, Parser } from 'htmlparser2';
import type { PostRef } from '../../core/model/match.ts';
import type { ContentRating } from '../../core/model/rating.ts';
import { postOfAddress, shownAddress, webAddress } from '../http/postAddress.ts';
import { rowTags } from './rowTags.ts';

/** One picture that IQDB knows, as a row of its page shows it. */
export interface IqdbRow {
  /** whole per cent */
  readonly similarity: number;
  /** of the picture's page */
  readonly url: string;
  readonly post?: PostRef;
  /**
   * MD5 of the booru's file, from the path of the thumbnail (`/danbooru/1/f/8/<md5>.jpg`): the same in 33 of 33 recorded rows
   * of Danbooru that link Gelbooru by MD5. Rows that share it show one picture.
   */
  readonly md5?: string;
  /** in a booru's spelling; absent where the row tells none */
  readonly tags?: readonly string[];
  readonly rating?: ContentRating;
}

/** What a page of IQDB says. It says it with status 200 whatever it is. */
export type IqdbReply =
  /** `weaker` are the rows under "Other results" */
  | { readonly kind: 'matches'; readonly rows: readonly IqdbRow[]; readonly weaker: readonly IqdbRow[] }
  /** "No relevant matches"; the rows are only the least unlike */
  | { readonly kind: 'no-match'; readonly rows: readonly IqdbRow[] }
  | { readonly kind: 'refused'; readonly tooLarge: boolean; readonly message: string }
  /** it ends before the results, in the queue or in the midst of them */
  | { readonly kind: 'unfinished' }
  /** not a page of IQDB */
  | { readonly kind: 'foreign' };

type Element = ReturnType<typeof DomUtils.getElementsByTagName>[number];
type ParentNode = DomHandler['root'];
type ChildNode = ParentNode['children'][number];

const DEEPEST = 100;

/**
 * Reads a page of IQDB, one with its queue included: that streams before the results and means nothing once they are there.
 * (The words "Place in queue" are in the script of every page.) Layouts of 2017, 2022 and 2026. Never throws.
 */
export function parseIqdb(html: string): IqdbReply {
  const document = parseShallow(html);
  if (!document) return { kind: 'foreign' };
  const elements = (name: string): readonly Element[] => DomUtils.getElementsByTagName(name, document);
  const ours = [...elements('title'), ...elements('h1')].some((one) => /image search/i.test(textOf(one)));
  if (!ours) return { kind: 'foreign' };

  const failure = elements('div').find((div) => /(?:^|\s)err(?:\s|$)/.test(div.attribs['class'] ?? ''));
  if (failure) {
    const message = textOf(failure).slice(0, 300);
    return { kind: 'refused', tooLarge: /\btoo large \(/i.test(message), message };
  }

  const tables = elements('table').map((table) => ({ heading: headingOf(table), row: rowOf(table) }));
  const rowsUnder = (heading: RegExp): readonly IqdbRow[] =>
    tables.flatMap((table) => (table.row && heading.test(table.heading) ? [table.row] : []));
  if (tables.some(({ heading }) => /^No relevant matches$/i.test(heading))) {
    return { kind: 'no-match', rows: rowsUnder(/^(?:Possible match)?$/i) };
  }
  const best = rowsUnder(/^Best match$/i);
  if (best.length === 0) return { kind: 'unfinished' };
  return { kind: 'matches', rows: [...best, ...rowsUnder(/^Additional match$/i)], weaker: rowsUnder(/^$/) };
}

const headingOf = (table: Element): string => {
  const [heading] = DomUtils.getElementsByTagName('th', table);
  return heading ? textOf(heading) : '';
};

/** Of the time before `sensitive` came between: `[Unrated]` says nothing. */
const RATINGS: ReadonlyMap<string, ContentRating> = new Map([
  ['Safe', 'general'],
  ['Ero', 'questionable'],
  ['Explicit', 'explicit'],
]);

/** The size may be missing, and single-service pages have no row for the service: only link and similarity count. */
function rowOf(table: Element): IqdbRow | undefined {
  const cells = DomUtils.getElementsByTagName('td', table);
  const picture = cells.find((cell) => /(?:^|\s)image(?:\s|$)/.test(cell.attribs['class'] ?? ''));
  const stated = cells.flatMap((cell) => /^(\d{1,3}(?:\.\d+)?)% similarity$/.exec(textOf(cell))?.[1] ?? [])[0];
  if (!picture || stated === undefined) return undefined;
  const [link] = DomUtils.getElementsByTagName('a', picture);
  const [thumbnail] = DomUtils.getElementsByTagName('img', picture);
  const address = webAddress(link?.attribs['href'] ?? '');
  const similarity = Number(stated);
  if (!address || similarity > 100) return undefined;
  const post = postOfAddress(address);
  const md5 = /^(?:https?:)?\/(?:.*\/)?[0-9a-f]\/[0-9a-f]\/[0-9a-f]\/([0-9a-f]{32})\.\w+$/.exec(
    thumbnail?.attribs['src'] ?? '',
  )?.[1];
  const rating = cells.flatMap((cell) => RATINGS.get(/\[(\w+)\]$/.exec(textOf(cell))?.[1] ?? '') ?? [])[0];
  const tags = rowTags(thumbnail?.attribs['alt'] ?? '', post?.site);
  return {
    similarity,
    url: shownAddress(address),
    ...(post && { post }),
    ...(md5 !== undefined && { md5 }),
    ...(tags.length > 0 && { tags }),
    ...(rating && { rating }),
  };
}

const textOf = (element: Element): string =>
  DomUtils.find(() => true, [element], true, Infinity)
    .map((node) => (node.type === ElementType.Text ? node.data : isBreak(node) ? ' ' : ''))
    .join('')
    .replace(/\s+/g, ' ')
    .trim();

const isBreak = (node: ParentNode | ChildNode): boolean => 'name' in node && node.name === 'br';

/**
 * Real pages nest a dozen levels. Parsing and searching take time with the square of the depth (minutes for a hostile page of
 * 1 MB), so both end at the first tag that is too deep: undefined.
 */
function parseShallow(html: string): ParentNode | undefined {
  const handler = new ShallowHandler();
  try {
    new Parser(handler).end(html);
  } catch (error) {
    if (error instanceof TooDeep) return undefined;
    throw error;
  }
  return handler.root;
}

class TooDeep extends Error {}

class ShallowHandler extends DomHandler {
  override onopentag(...tag: Parameters<DomHandler['onopentag']>): void {
    if (this.tagStack.length > DEEPEST) throw new TooDeep();
    super.onopentag(...tag);
  }
}
