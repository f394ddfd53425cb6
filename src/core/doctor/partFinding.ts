import type { PartAnswer } from '../ports/partProbe.ts';
import type { Finding, FindingStatus } from './finding.ts';

/** What the answer of a part means. @param whenBroken how grave it is that the part does not work */
export function partFinding(title: string, answer: PartAnswer, whenBroken: FindingStatus, whatToDo: string): Finding {
  return answer.kind === 'works'
    ? { status: 'ok', title, detail: answer.version }
    : { status: whenBroken, title, detail: answer.why, whatToDo };
}
