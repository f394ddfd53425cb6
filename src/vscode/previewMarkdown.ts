import { basename, relative } from 'node:path';
import { byFolder } from '../core/preview/byFolder.ts';
import type { DryRunReport } from '../core/preview/dryRun.ts';
import { dryRunSummary, goingImages, openText, sortedSummary, type GoingImage } from '../core/preview/previewText.ts';
import type { SortedPreview } from '../core/preview/sortedPreview.ts';
import { categoryFolder } from '../core/rules/categoryFolder.ts';
import { planText } from '../core/search/searchPlan.ts';
import { forMarkdown } from './plainText.ts';

/** Rows of a table; the others are counted. */
const SHOWN = 200;

const TITLES = [
  ['skipped', 'Skipped'],
  ['failed', 'Failed'],
] as const;

/** What would go where, for people: the inbox by category, then what is sorted and would go elsewhere today. */
export function previewMarkdown(report: DryRunReport, sorted: SortedPreview, at: Date): string {
  const search = report.search && `Search: ${planText(report.search, at.getTime())}. What is found by its MD5, at no cost, needs none.`; // prettier-ignore
  return [
    '# Image Inbox: What Would Go Where',
    '',
    `Looked at ${at.toLocaleString()}. Nothing was written, moved or sent.`,
    '',
    `## ${forMarkdown(report.inbox)}`,
    '',
    ...paragraph([...dryRunSummary(report), ...(search === undefined ? [] : [search])]),
    ...byFolder(goingImages(report), ({ category }) => categoryFolder(category)).flatMap(({ folder, items }) => [
      `### ${forMarkdown(folder)} (${items.length})`,
      '',
      ...goingTable(items, report.inbox),
    ]),
    ...TITLES.flatMap(([kind, title]) => {
      const items = report.images.filter((image) => image.kind === kind);
      return items.length === 0
        ? []
        : [`### ${title} (${items.length})`, '', ...table(['image', 'why'], items, (i) => [relative(report.inbox, i.source), 'why' in i ? i.why : ''])]; // prettier-ignore
    }),
    '## Sorted Already',
    '',
    ...paragraph(sortedSummary(sorted)),
    ...(sorted.elsewhere.length === 0
      ? []
      : table(['image', 'would go to', 'because', 'on the NAS'], sorted.elsewhere, (image) => [
          `${image.now}/${basename(image.path)}`,
          image.category,
          image.because,
          image.synced ? 'yes' : '',
        ])),
  ].join('\n');
}

function goingTable(items: readonly GoingImage[], inbox: string): readonly string[] {
  const isOpen = items.some(({ open }) => open.length > 0);
  return table(['image', 'because', ...(isOpen ? ['what may change it'] : [])], items, (image) => {
    const name = basename(image.destination);
    const renamed = name === basename(image.source) ? '' : ` → ${name}`;
    return [`${relative(inbox, image.source)}${renamed}`, image.because, ...(isOpen ? [openText(image)] : [])];
  });
}

const paragraph = (lines: readonly string[]): readonly string[] => [lines.map(forMarkdown).join('  \n'), ''];

function table<T>(heads: readonly string[], items: readonly T[], cells: (item: T) => readonly string[]): string[] {
  const row = (texts: readonly string[]): string => `| ${texts.map(forMarkdown).join(' | ')} |`;
  return [
    row(heads),
    `|${' --- |'.repeat(heads.length)}`,
    ...items.slice(0, SHOWN).map((item) => row(cells(item))),
    '',
    ...(items.length > SHOWN ? [`and ${items.length - SHOWN} more`, ''] : []),
  ];
}
