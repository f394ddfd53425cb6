import { basename, dirname } from 'node:path';
import stringWidth from 'string-width';
import { resultOf } from '../../core/model/imageState.ts';
import { TAG_CATEGORIES } from '../../core/model/tag.ts';
import type { Colors } from '../colors.ts';
import type { Cells } from '../graphics/graphics.ts';
import { printable } from '../output.ts';
import { shownTags, type Item, type ShownTag } from './desk.ts';
import type { Prompt } from './prompt.ts';
import { fit, fitEnd, flow } from './screenText.ts';

/** The least that the review can be shown in. */
export const LEAST: Cells = { columns: 40, rows: 12 };

/** Columns of what is typed that are seen, however long the question is. */
const LEAST_TYPED = 14;

/** What the screen is made of. */
export interface Shown {
  readonly item: Item | undefined;
  readonly position: { readonly at: number; readonly of: number; readonly left: number };
  /** where the image would go as it stands */
  readonly suggestedCategory: string | undefined;
  readonly prompt: Prompt | undefined;
  /** what has just happened, or is to be known */
  readonly message: string;
  /** lines of the details that are scrolled past */
  readonly scroll: number;
  readonly hasPicture: boolean;
}

/** Where the picture goes, in cells; the text is right of it. */
export interface Layout {
  readonly box: Cells;
  /** first row of box and details, 1-based */
  readonly top: number;
  /** first column of the details, 1-based */
  readonly left: number;
}

/** Head of two lines, foot of four. */
const HEAD = 3;
const FOOT = 4;

export function layoutOf({ columns, rows }: Cells, hasPicture: boolean): Layout {
  const height = rows - HEAD - FOOT;
  const width = hasPicture ? Math.min(Math.floor(columns * 0.42), height * 2 + 8) : 0;
  return { box: { columns: width, rows: height }, top: HEAD + 1, left: hasPicture ? width + 3 : 1 };
}

/** Row by row what stands from which column on; the picture's box is not among it. */
export interface Frame {
  readonly lines: readonly { readonly column: number; readonly text: string }[];
  /** the furthest that it makes sense to scroll */
  readonly maxScroll: number;
}

export function frameOf(shown: Shown, size: Cells, color: Colors): Frame {
  const { columns, rows } = size;
  const { left } = layoutOf(size, shown.hasPicture);
  const { item, position } = shown;
  const full = (text: string, style: (text: string) => string = (plain) => plain) => ({
    column: 1,
    text: style(fit(text, columns)),
  });
  const path = item?.state.image.path;
  const place = `${position.at} of ${position.of}, ${position.left} left`;
  const head = [
    full(path === undefined ? 'Review' : `${printable(basename(path))}   ${place}`, color.bold),
    full(path === undefined ? '' : printable(dirname(path)), color.dim),
    full(''),
  ];
  const room = rows - HEAD - FOOT;
  const details = item ? detailLines(shown, item, columns - left + 1, color) : ['Nothing waits for a decision.'];
  const maxScroll = Math.max(0, details.length - room);
  const scroll = Math.min(shown.scroll, maxScroll);
  const middle = Array.from({ length: room }, (_, i) => ({ column: left, text: details[scroll + i] ?? '' }));
  const below = details.length - room - scroll;
  return { lines: [...head, ...middle, ...footLines(shown, below, size, color)], maxScroll };
}

function detailLines(shown: Shown, item: Item, width: number, color: Colors): readonly string[] {
  const { state, suggestion, category } = item;
  const search = resultOf(state, 'search');
  const analysis = resultOf(state, 'analyze');
  const match = search?.match;
  const row = (name: string, text: string): string => `${color.dim(name.padEnd(10))}${fit(text, width - 10)}`;
  const chosen = category === undefined ? undefined : `${category} (you chose it)`;
  const lines: string[] = [];
  if (match) {
    const similarity = match.similarity === undefined ? '' : `, ${Math.round(match.similarity)} % alike`;
    lines.push(row('match', `${match.provider}${similarity}`));
    lines.push(`  ${color.dim(fit(printable(match.url), width - 2))}`);
  } else lines.push(row('match', search?.verdict === 'quota' ? 'not searched yet: the quota is used up' : 'none'));
  if (suggestion.rating) lines.push(row('rating', suggestion.rating));
  if (analysis) {
    const persons = analysis.persons.length;
    const who = persons === 0 ? '' : persons === 1 ? ', 1 person' : `, ${persons} persons`;
    lines.push(row('style', `${analysis.style}${who}`));
  }
  lines.push(row('category', printable(chosen ?? shown.suggestedCategory ?? '…')));
  const tags = shownTags(item);
  const origins = [
    ['match', match?.provider ?? 'search'],
    ['both', `${match?.provider ?? 'search'} and tagger`],
    ['tagger', 'tagger'],
    ['you', 'you'],
  ] as const;
  for (const kind of TAG_CATEGORIES) {
    for (const [origin, name] of origins) {
      const some = tags.filter((tag) => tag.category === kind && tag.origin === origin);
      if (some.length === 0) continue;
      lines.push(color.dim(fit(`${kind} (${name})`, width)));
      const pieces = some.map((tag) => ({ text: tagText(tag), style: styleOf(tag, color) }));
      lines.push(...flow(pieces, width - 2).map((line) => `  ${line}`));
    }
  }
  return lines;
}

const tagText = ({ name, score, removed, origin }: ShownTag): string =>
  `${removed ? '-' : origin === 'you' ? '+' : ''}${printable(name)}${score === undefined ? '' : ` ${Math.round(score * 100)} %`}`;

function styleOf({ removed, origin, category }: ShownTag, color: Colors): (text: string) => string {
  if (removed) return (text) => color.dim(color.strikethrough(text));
  if (origin === 'you') return color.green;
  return category === 'character' ? color.green : category === 'copyright' ? color.magenta : category === 'artist' ? color.yellow : (text) => text; // prettier-ignore
}

const KEYS = [
  ['1 a', 'approve'], ['2 e', 'edit'], ['3 r', 'reject'], ['4 s', 'skip'], ['5 c', 'category'],
  ['6 A', 'all the rest'], ['7 t', 'above %'], ['8 u', 'undo'], ['9 q', 'quit'], ['← →', 'browse'], ['↑ ↓', 'scroll'],
] as const; // prettier-ignore

function footLines(shown: Shown, below: number, { columns }: Cells, color: Colors): Frame['lines'] {
  const { prompt, message } = shown;
  const line = (text: string) => ({ column: 1, text });
  const more = below > 0 ? `↓ ${below} more ${below === 1 ? 'line' : 'lines'}` : '';
  if (prompt) {
    const label = fit(prompt.label, columns - LEAST_TYPED - 2);
    const typed = fitEnd(prompt.text, columns - stringWidth(label) - 2);
    const found =
      flow(
        prompt.matches(12).map((text) => ({ text: printable(text) })),
        columns,
      )[0] ?? '';
    return [
      line(color.dim(fit(more, columns))),
      line(`${color.bold(label)} ${printable(typed)}${color.inverse(' ')}`),
      line(found),
      line(color.dim(fit('Enter: take it   Tab: complete   Esc: leave it', columns))),
    ];
  }
  const keys = flow(
    KEYS.map(([key, name]) => ({ text: `${key} ${name}`, style: (text) => color.bold(text.slice(0, key.length)) + text.slice(key.length) })),
    columns,
  ); // prettier-ignore
  return [
    line(color.dim(fit(more, columns))),
    line(color.cyan(fit(printable(message), columns))),
    line(keys[0] ?? ''),
    line(keys.slice(1, 2)[0] ?? ''),
  ];
}
