import { isAbsolute, relative, resolve, sep } from 'node:path';
import { homedir } from 'node:os';
import { parseDestination } from '../../core/sync/destination.ts';
import type { Settings } from '../../core/settings/settingsTable.ts';
import { shownNas } from '../../core/sync/shownNas.ts';
import { printable } from '../output.ts';
import type { Questions } from './questions.ts';

/** What the setup asks for, by key without prefix. */
export type SetupAnswers = Pick<
  Settings,
  'directories.inbox' | 'directories.sorted' | 'directories.nas' | 'review.approve' | 'workflow.transfer'
>;

/** Given as options: not asked for. */
export type GivenAnswers = { readonly [K in keyof SetupAnswers]?: SetupAnswers[K] };

const NO_NAS = '-';

/** Asks for everything that was not given. @throws BrokenOff */
export async function askAll(
  questions: Questions,
  now: SetupAnswers,
  given: GivenAnswers,
  workspace: string,
): Promise<SetupAnswers> {
  const folder = async (key: 'directories.inbox' | 'directories.sorted', what: string): Promise<string> => {
    const set = given[key];
    if (set !== undefined) return set;
    const answer = await questions.ask(`${what} [${shown(now[key], workspace)}]: `);
    return answer === '' ? now[key] : toSetting(answer, workspace);
  };
  const inbox = await folder('directories.inbox', 'Folder in which new images arrive');
  const sorted = await folder('directories.sorted', 'Folder for the sorted images');
  const nas = given['directories.nas'] ?? (await askNas(questions, now['directories.nas'], workspace));
  const approve =
    given['review.approve'] ??
    (await choose(questions, 'Who approves the tags that are found?', now['review.approve'], {
      none: 'you, image by image (image-inbox review, or the panel in VS Code)',
      'high-confidence': 'matches that are sure are taken, you see the others',
      all: 'all are taken, nobody is asked',
    }));
  const transfer =
    given['workflow.transfer'] ??
    (await choose(questions, 'What happens to an original when it is sorted?', now['workflow.transfer'], {
      move: 'it moves into its category folder',
      copy: 'it stays in the inbox, a copy is sorted',
    }));
  return {
    'directories.inbox': inbox,
    'directories.sorted': sorted,
    'directories.nas': nas,
    'review.approve': approve,
    'workflow.transfer': transfer,
  };
}

async function askNas(questions: Questions, now: string, workspace: string): Promise<string> {
  questions.say('');
  questions.say('NAS to keep a copy of the sorted folder on: a mounted folder, or an address for rsync or rclone.');
  const answer = await questions.ask(
    `NAS, ${NO_NAS} for none [${now === '' ? NO_NAS : shown(shownNas(now), workspace)}]: `,
  );
  if (answer === NO_NAS) return '';
  if (answer === '') return now;
  return parseDestination(answer, process.platform).kind === 'path' ? toSetting(answer, workspace) : answer;
}

async function choose<C extends string>(
  questions: Questions,
  what: string,
  now: C,
  choices: Readonly<Record<C, string>>,
): Promise<C> {
  const names = Object.keys(choices) as C[];
  questions.say('');
  questions.say(what);
  names.forEach((name, i) => questions.say(`  ${i + 1}  ${name}: ${choices[name]}`));
  const suggested = names.indexOf(now) + 1;
  for (;;) {
    const answer = await questions.ask(`1 to ${names.length} [${suggested}]: `);
    const chosen = answer === '' ? now : (names[Number(answer) - 1] ?? names.find((name) => name === answer));
    if (chosen !== undefined) return chosen;
    questions.say(`“${printable(answer)}” is none of them.`);
  }
}

/** @throws BrokenOff */
export async function confirm(questions: Questions, what: string, suggested: boolean): Promise<boolean> {
  for (;;) {
    const answer = (await questions.ask(`${what} [${suggested ? 'Y/n' : 'y/N'}] `)).toLowerCase();
    if (answer === '') return suggested;
    if (answer === 'y' || answer === 'yes') return true;
    if (answer === 'n' || answer === 'no') return false;
  }
}

/** A path as it stands in the settings: below the workspace so that the workspace may move. */
export function toSetting(text: string, workspace: string): string {
  if (text.includes('${workspaceFolder}')) return text;
  const home = /^~(?=$|[\\/])/.test(text) ? homedir() + text.slice(1) : text;
  const path = resolve(workspace, home);
  const way = relative(workspace, path);
  if (way === '' || way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way)) return path;
  return `\${workspaceFolder}/${way.split(sep).join('/')}`;
}

const shown = (setting: string, workspace: string): string =>
  printable(setting.replaceAll('${workspaceFolder}', () => workspace));
