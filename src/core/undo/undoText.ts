import type { Finding } from './examine.ts';
import type { UndoPlan } from './planUndo.ts';
import { LEFT_BECAUSE } from './undoer.ts';

/** So many of a kind are named; the others are counted. */
const NAMED = 10;

/** The preview of an undo, for a person who decides on it. */
export function undoText(
  plan: UndoPlan,
  findings: Iterable<{ readonly source: string; readonly finding: Finding }>,
): string {
  const [left, notes]: [string[], string[]] = [[], []];
  let [back, copies, already] = [0, 0, 0];
  for (const { finding } of findings) {
    if (finding.kind === 'as-before') already++;
    else if (finding.kind === 'left') left.push(`${finding.path} ${LEFT_BECAUSE[finding.reason]}`);
    else {
      notes.push(...finding.notes);
      if (finding.steps.some((step) => step.kind === 'move')) back++;
      else copies++;
    }
  }
  const lines = [`Undo of the run of ${plan.startedAt}:`];
  if (back === 1) lines.push('  1 image goes back to where it was');
  if (back > 1) lines.push(`  ${back} images go back to where they were`);
  if (copies > 0) lines.push(`  ${copies}: copies removed, sidecars as they were`);
  if (already > 0) lines.push(`  ${already} as before already`);
  lines.push(...section('left alone', left), ...section('to know', notes));
  lines.push(...section('refused', plan.refused.map(({ source, why }) => `${source}: ${why}`))); // prettier-ignore
  if (plan.onNas.length > 0) {
    lines.push(
      `  ${plan.onNas.length} on the NAS: the copies there stay. A photo library that has them takes moved files for new ones.`,
    );
  }
  if (lines.length === 1) lines.push('  nothing to put back');
  return lines.join('\n');
}

function section(title: string, items: readonly string[]): string[] {
  if (items.length === 0) return [];
  const named = items.slice(0, NAMED).map((item) => `    ${item}`);
  const rest = items.length - named.length;
  return [`  ${items.length} ${title}:`, ...named, ...(rest > 0 ? [`    and ${rest} more`] : [])];
}
