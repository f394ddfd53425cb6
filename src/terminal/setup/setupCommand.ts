import { mkdir } from 'node:fs/promises';
import type { Secrets } from '../../core/settings/secrets.ts';
import type { Doctor } from '../../core/doctor/doctor.ts';
import type { Finding } from '../../core/doctor/finding.ts';
import { placesOf } from '../../core/settings/folders.ts';
import { readSettings, SETTING_PREFIX } from '../../core/settings/resolveSettings.ts';
import { shownNas } from '../../core/sync/shownNas.ts';
import { printable } from '../output.ts';
import { askAll, confirm, type GivenAnswers, type SetupAnswers } from './answers.ts';
import { keysText } from './keysText.ts';
import type { Questions } from './questions.ts';
import { settingsPath, writeSettings } from './writeSettings.ts';

export interface SetupParts {
  /** absolute path of the workspace folder */
  readonly workspace: string;
  /** as they stand in the workspace, by key without prefix */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly given: GivenAnswers;
  readonly secrets: Secrets;
  readonly questions: Questions;
  /** nobody is there who could answer otherwise */
  readonly takesSuggestions: boolean;
  /** the checks of folders, NAS and keys, for settings that are not written yet */
  readonly checkup: (settings: Readonly<Record<string, unknown>>) => Doctor;
}

/** `written`; `same`: all was so already; `refused`: what was given can't work; `declined` by a person. */
export type SetupOutcome = 'written' | 'same' | 'refused' | 'declined';

/**
 * Asks the few things that matter, checks the answers, and writes them into the workspace's settings. Until the last yes
 * nothing is touched.
 * @throws BrokenOff; the signal's reason; the system's error where the file can't be written
 */
export async function setupCommand(parts: SetupParts, signal: AbortSignal): Promise<SetupOutcome> {
  const { workspace, questions, secrets, takesSuggestions } = parts;
  const { settings } = readSettings(parts.settings);
  questions.say(
    `Image Inbox for ${printable(workspace)}. Enter takes what stands in brackets; Ctrl-C ends it, and nothing is changed.`,
  );
  questions.say('');
  let now: SetupAnswers = settings;
  let { given } = parts;
  for (;;) {
    const answers = await askAll(questions, now, given, workspace);
    const isFit = await check(parts, answers, signal);
    if (isFit) {
      now = answers;
      break;
    }
    if (takesSuggestions) return 'refused';
    if (!(await confirm(questions, 'Change the answers?', true))) {
      now = answers;
      break;
    }
    // all are asked for again
    now = answers;
    given = {};
  }
  const changes = changesTo(parts.settings, settings, now);
  questions.say('');
  for (const line of keysText(secrets, process.platform)) questions.say(line);
  questions.say('');
  const path = settingsPath(workspace);
  const names = Object.keys(changes);
  if (names.length === 0) {
    questions.say(`${printable(path)} needs no change.`);
    await makeInbox(parts, now);
  } else {
    for (const [key, value] of Object.entries(changes)) {
      const shown = key === 'directories.nas' ? shownNas(String(value)) : value;
      questions.say(`  "${SETTING_PREFIX}${key}": ${printable(JSON.stringify(shown))}`);
    }
    if (!(await confirm(questions, `Write this to ${printable(path)}?`, true))) return 'declined';
    signal.throwIfAborted();
    // first what may fail: without an inbox the settings would be of no use
    await makeInbox(parts, now);
    await writeSettings(workspace, changes);
    questions.say('Written.');
  }
  questions.say('Next: image-inbox doctor looks at everything, image-inbox process --dry-run says what would be done.');
  return names.length === 0 ? 'same' : 'written';
}

/** Says what is wrong with the answers. @returns whether a run could begin with them */
async function check(parts: SetupParts, answers: SetupAnswers, signal: AbortSignal): Promise<boolean> {
  const { questions } = parts;
  let isFit = true;
  const shown: Finding[] = [];
  for await (const { findings } of parts.checkup({ ...parts.settings, ...answers }).examine(signal)) {
    shown.push(...findings.filter((finding) => finding.status !== 'ok' && !isMissingInbox(finding)));
  }
  if (shown.length > 0) questions.say('');
  for (const { status, title, detail, whatToDo } of shown) {
    // a key can be put right later, and a run can do without
    if (status === 'problem' && !/SauceNAO|Danbooru|Immich/.test(title)) isFit = false;
    questions.say(`${status === 'problem' ? '✗' : '!'} ${title}: ${printable(detail)}`);
    if (whatToDo !== undefined) questions.say(`    ${printable(whatToDo)}`);
  }
  return isFit;
}

/** It is made at the end. */
const isMissingInbox = ({ title, detail }: Finding): boolean => title === 'Inbox' && detail.endsWith('is not there.');

async function makeInbox({ workspace, settings, questions }: SetupParts, answers: SetupAnswers): Promise<void> {
  const { inbox } = placesOf(readSettings({ ...settings, ...answers }).settings, workspace);
  if ((await mkdir(inbox, { recursive: true })) !== undefined) questions.say(`Made ${printable(inbox)}.`);
}

/** Only what is to be other than it is: a default that nobody has set is left unset. */
function changesTo(
  written: Readonly<Record<string, unknown>>,
  effective: SetupAnswers,
  answers: SetupAnswers,
): Readonly<Record<string, unknown>> {
  const keys = Object.keys(answers) as (keyof SetupAnswers)[];
  return Object.fromEntries(
    keys.filter((key) => answers[key] !== (written[key] ?? effective[key])).map((key) => [key, answers[key]]),
  );
}
