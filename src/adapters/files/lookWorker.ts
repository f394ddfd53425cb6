/**
 * Looks at many files, one after the other: a thread of its own may wait for each. A call of `lstat` from the event loop costs
 * three times as much as the look itself, which is most of what a sync without changes takes.
 */
import { lstatSync, opendirSync } from 'node:fs';
import { sep } from 'node:path';
import { parentPort } from 'node:worker_threads';
import { codeOf } from './fileErrors.ts';
import { isServerGone } from './serverGone.ts';
import { LOOK_FIELDS, LOOK_KINDS, splitNames, type LookAnswer, type LookQuestion } from './lookMessages.ts';

/** Looks after which it is known whether each is a round trip over a network: milliseconds a look. */
const PROBED = 32;
const SLOW = 0.1;
/**
 * There the folders of so many names are listed first: that brings what is to be known of all their files in a few trips, and the
 * system keeps it for a moment. 10,000 looks over SFTP took 8 s, so 0.9. No more of a folder is listed than looks would take: a
 * few new images may go to one of many thousand.
 */
const MANY = 500;
const MANY_IN_FOLDER = 8;
const LISTED_A_NAME = 10;
/** The least that file systems keep it: CIFS a second, NFS three. */
const KEPT_MS = 1000;

let isSlow = false;
/** When a folder was listed that is there. */
const listings = new Map<string, number>();

const port = parentPort;
if (!port) throw new Error('lookWorker is to be started as a worker thread');
port.on('message', (question: LookQuestion) => {
  const answer = answerTo(question);
  port.postMessage(answer, answer.kind === 'facts' ? [answer.facts.buffer] : []);
});

function answerTo({ folder, names: joined }: LookQuestion): LookAnswer {
  const names = splitNames(joined);
  let missing = isSlow ? missingFolders(folder, names) : new Set<string>();
  const begun = performance.now();
  const facts = new Float64Array(names.length * LOOK_FIELDS);
  const unseen: (readonly [number, string])[] = [];
  for (const [i, name] of names.entries()) {
    if (i === PROBED && !isSlow && performance.now() - begun > PROBED * SLOW) {
      isSlow = true;
      missing = missingFolders(folder, names.slice(i));
    }
    if (missing.size > 0 && missing.has(folderOf(name))) continue;
    try {
      const found = lstatSync(`${folder}${sep}${name}`, { throwIfNoEntry: false });
      if (!found) continue;
      const kind = found.isFile() ? 'file' : found.isSymbolicLink() ? 'link' : 'other';
      facts.set([LOOK_KINDS.indexOf(kind), found.size, found.mtimeMs], i * LOOK_FIELDS);
    } catch (error) {
      const code = codeOf(error) ?? '';
      // a file where a folder is expected: nothing is below it
      if (code === 'ENOTDIR') continue;
      if (code === '' || isServerGone(error)) return { kind: 'error', code, message: String(error) };
      unseen.push([i, code]);
    }
  }
  return { kind: 'facts', facts, unseen };
}

/** Lists the folders of names, where they are many. @returns those that are not there, with all that might be in them */
function missingFolders(root: string, names: readonly string[]): ReadonlySet<string> {
  const missing = new Set<string>();
  if (names.length < MANY) return missing;
  const counts = new Map<string, number>();
  for (const name of names) {
    const folder = folderOf(name);
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  for (const [folder, count] of counts) {
    if (count >= MANY_IN_FOLDER && !isThere(`${root}${sep}${folder}`, LISTED_A_NAME * count)) missing.add(folder);
  }
  return missing;
}

/** @param most entries that are listed */
function isThere(folder: string, most: number): boolean {
  const listed = listings.get(folder);
  if (listed !== undefined && performance.now() - listed < KEPT_MS) return true;
  try {
    const listing = opendirSync(folder, { bufferSize: 1024 });
    for (let left = most; left > 0 && listing.readSync(); left--);
    listing.closeSync();
  } catch (error) {
    // one that can't be listed for another reason may still be looked into
    return codeOf(error) !== 'ENOENT';
  }
  listings.set(folder, performance.now());
  return true;
}

const folderOf = (name: string): string => name.slice(0, Math.max(0, name.lastIndexOf('/')));
