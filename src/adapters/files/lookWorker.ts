/**
 * Looks at many files, one after the other: a thread of its own may wait for each. A call of `lstat` from the event loop costs
 * three times as much as the look itself, which is most of what a sync without changes takes.
 */
import { lstatSync } from 'node:fs';
import { sep } from 'node:path';
import { parentPort } from 'node:worker_threads';
import { codeOf } from './fileErrors.ts';
import { LOOK_FIELDS, LOOK_KINDS, splitNames, type LookAnswer, type LookQuestion } from './lookMessages.ts';

const port = parentPort;
if (!port) throw new Error('lookWorker is to be started as a worker thread');
port.on('message', (question: LookQuestion) => {
  const answer = answerTo(question);
  port.postMessage(answer, answer.kind === 'facts' ? [answer.facts.buffer] : []);
});

function answerTo({
  folder,
  names: joined,
}: LookQuestion): LookAnswer & { readonly facts?: Float64Array<ArrayBuffer> } {
  const names = splitNames(joined);
  const facts = new Float64Array(names.length * LOOK_FIELDS);
  for (const [i, name] of names.entries()) {
    try {
      const found = lstatSync(`${folder}${sep}${name}`, { throwIfNoEntry: false });
      if (!found) continue;
      const kind = found.isFile() ? 'file' : found.isSymbolicLink() ? 'link' : 'other';
      facts.set([LOOK_KINDS.indexOf(kind), found.size, found.mtimeMs], i * LOOK_FIELDS);
    } catch (error) {
      // a file where a folder is expected: nothing is below it
      if (codeOf(error) === 'ENOTDIR') continue;
      return { kind: 'error', name, code: codeOf(error) ?? '', message: String(error) };
    }
  }
  return { kind: 'facts', facts };
}
