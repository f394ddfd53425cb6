import { tallyOf, tallyText, type CheckResult } from '../core/doctor/doctor.ts';
import type { FindingStatus } from '../core/doctor/finding.ts';
import type { Repair } from '../core/repair/repairer.ts';
import { colorsFor, type Colors } from './colors.ts';
import { printable } from './output.ts';

export interface DoctorOutputParts {
  readonly out: NodeJS.WriteStream;
  readonly version: string;
  readonly json: boolean;
  /** only what is not in order, and the last line */
  readonly quiet: boolean;
  /** what was repaired before; absent: that was not asked for */
  readonly repairs?: readonly Repair[];
}

const MARKS: Readonly<Record<FindingStatus, string>> = { ok: '✓', warning: '!', problem: '✗', unknown: '?' };
const COLORS = { ok: 'green', warning: 'yellow', problem: 'red', unknown: 'cyan' } as const;

/**
 * Prints the checkup as it comes, or as one JSON object at its end.
 * @returns whether no problem was found
 */
export async function printCheckup(
  checkup: AsyncIterable<CheckResult>,
  { out, version, json, quiet, repairs }: DoctorOutputParts,
): Promise<boolean> {
  const color = colorsFor(out);
  if (repairs && !json) for (const line of repairLines(repairs, color)) out.write(`${line}\n`);
  const results: CheckResult[] = [];
  for await (const result of checkup) {
    results.push(result);
    if (json) continue;
    for (const line of checkLines(result, color, quiet)) out.write(`${line}\n`);
  }
  const tally = tallyOf(results);
  if (json) out.write(`${JSON.stringify({ version, ...tally, checks: results, ...(repairs && { repairs }) })}\n`);
  else out.write(`${tallyText(tally)}\n`);
  return tally.problems === 0;
}

function repairLines(repairs: readonly Repair[], color: Colors): readonly string[] {
  const texts = repairs.flatMap(({ text, details, kept }) => [
    `  ${color.green('✓')} ${printable(text)}`,
    ...details.map((detail) => `      ${printable(detail)}`),
    ...(kept === undefined ? [] : [`      Kept: ${printable(kept)}`]),
  ]);
  return [color.bold('Repair'), ...(texts.length > 0 ? texts : ['  Journal and database need none.']), ''];
}

function checkLines({ title, findings }: CheckResult, color: Colors, quiet: boolean): readonly string[] {
  const shown = findings.filter(({ status }) => !quiet || status !== 'ok');
  if (shown.length === 0) return [];
  return [
    color.bold(title),
    ...shown.flatMap(({ status, title: what, detail, whatToDo }) => [
      // a message may have several lines; they are ours, what is quoted in them is made printable
      `  ${color[COLORS[status]](MARKS[status])} ${what}: ${indented(detail)}`,
      ...(whatToDo === undefined ? [] : [`      ${indented(whatToDo)}`]),
    ]),
    '',
  ];
}

const indented = (text: string): string => text.split('\n').map(printable).join('\n      ');
