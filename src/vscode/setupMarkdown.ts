import { tallyOf, tallyText, type CheckResult } from '../core/doctor/doctor.ts';
import type { Finding, FindingStatus } from '../core/doctor/finding.ts';
import { forMarkdown } from './plainText.ts';

const MARKS: Readonly<Record<FindingStatus, string>> = { ok: '✅', warning: '⚠️', problem: '❌', unknown: '❔' };

/** A checkup for people: what is not in order first, with what to do, and then everything that was looked at. */
export function setupMarkdown(results: readonly CheckResult[], at: Date): string {
  const troubles = results.flatMap(({ findings }) => findings.filter(({ status }) => status !== 'ok'));
  return [
    '# Image Inbox: Setup',
    '',
    `${tallyText(tallyOf(results))} Checked ${at.toLocaleString()}.`,
    '',
    ...(troubles.length > 0 ? ['## To look at', '', ...troubles.flatMap(lines), ''] : []),
    '## All that was checked',
    '',
    ...results.flatMap(({ title, findings }) => [`### ${forMarkdown(title)}`, '', ...findings.flatMap(lines), '']),
  ].join('\n');
}

function lines({ status, title, detail, whatToDo }: Finding): readonly string[] {
  return [
    `- ${MARKS[status]} **${forMarkdown(title)}:** ${forMarkdown(detail)}`,
    ...(whatToDo === undefined ? [] : [`  <br>${forMarkdown(whatToDo)}`]),
  ];
}
