/** node test/interop/table.ts: makes the tables of docs/sidecars.md, from what the readers that are installed here really see. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Matrix, type Row } from './matrix.ts';
import type { Reader } from './reader.ts';
import { expectedBy } from './shapes.ts';

const DOCUMENT = join(import.meta.dirname, '../../docs/sidecars.md');
const [BEGIN, END] = ['<!-- made by test/interop/table.ts -->\n', '<!-- end -->'];

const matrix = new Matrix();
try {
  const { rows } = await matrix.run();
  const readers = [...matrix.readers.keys()];
  /** by why: who */
  const notes = new Map<string, Set<string>>();
  const cellOf = (row: Row, reader: Reader): string => {
    const seen = row.seen.get(reader.name) ?? {};
    if (!isDeepStrictEqual(seen, expectedBy(reader, row.shape))) return '**not as meant**';
    const why = row.shape.but?.[reader.name]?.why;
    if (why === undefined) return summary(reader.tagsOf(seen));
    notes.set(why, (notes.get(why) ?? new Set()).add(reader.name));
    return `${summary(reader.tagsOf(seen))} [${[...notes.keys()].indexOf(why) + 1}]`;
  };
  const lines = [
    `Read by ${[...matrix.readers].map(([{ name }, version]) => `${name} (${version})`).join(', ')}.`,
    '',
    line(['The sidecar', 'Image Inbox writes', ...readers.map(({ name }) => name)]),
    line(['---', '---', ...readers.map(() => '---')]),
    ...[...rows.values()].map((row) =>
      line([
        row.shape.name,
        row.outcome === 'written' ? 'yes' : `no: \`${row.outcome}\`, left as found`,
        ...readers.map((reader) => (row.shape.says ? cellOf(row, reader) : '')),
      ]),
    ),
    '',
    ...[...notes].map(([why, who], index) => `${index + 1}. ${[...who].join(', ')}: ${why}`),
    '',
    'What each makes of the row "every field":',
    '',
    line(['Reader', 'sees']),
    line(['---', '---']),
    ...readers.map((reader) => line([reader.name, fieldsSeen(rows.get('every field')?.seen.get(reader.name) ?? {})])),
    '',
  ];
  const [before = '', rest = ''] = readFileSync(DOCUMENT, 'utf8').split(BEGIN);
  const [, after = ''] = rest.split(END);
  writeFileSync(DOCUMENT, `${before}${BEGIN}\n${lines.join('\n')}\n${END}${after}`);
} finally {
  await matrix.close();
}

function summary(tags: readonly string[]): string {
  const [only, ...others] = tags;
  if (only === undefined) return 'none';
  return others.length === 0 ? code(only) : `${tags.length} tags`;
}

function fieldsSeen(seen: Readonly<Record<string, unknown>>): string {
  return Object.entries(seen)
    .map(([field, value]) => `${field}: ${code(typeof value === 'string' ? value : JSON.stringify(value))}`)
    .join('<br>');
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function code(text: string): string {
  return `\`${text.replaceAll('|', '\\|')}\``;
}
