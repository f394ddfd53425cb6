import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { resolve } from 'node:path';
import { isStageId, STAGE_IDS, type StageId } from '../core/model/stageId.ts';
import { completionScript, SHELLS, type Shell } from './completion.ts';
import type { PreferencesRequest } from './preferencesCommand.ts';
import type { SyncCommandRequest } from './syncCommand.ts';
import type { UndoRequest } from './undoCommand.ts';
import { KEY_VARIABLES } from '../core/settings/secrets.ts';
import { parseDestination } from '../core/sync/destination.ts';
import { SETTINGS } from '../core/settings/settingsTable.ts';
import { settingKey, SettingsError } from '../core/settings/resolveSettings.ts';

/** What the command line asks for. */
export type Invocation =
  | { readonly command: 'process'; readonly folder?: string; readonly dryRun: boolean; readonly options: RunOptions }
  | { readonly command: 'resume'; readonly options: RunOptions }
  | {
      readonly command: 'watch';
      readonly folder?: string;
      /** seconds */
      readonly settle: number;
      readonly poll?: number;
      readonly options: RunOptions;
    }
  | { readonly command: 'review'; readonly options: RunOptions }
  | { readonly command: 'status'; readonly options: RunOptions }
  | { readonly command: 'setup'; readonly yes: boolean; readonly options: RunOptions }
  | { readonly command: 'doctor'; readonly repair: boolean; readonly options: RunOptions }
  | { readonly command: 'sync'; readonly request: SyncCommandRequest; readonly options: RunOptions }
  | { readonly command: 'undo'; readonly request: UndoRequest; readonly options: RunOptions }
  | { readonly command: 'preferences'; readonly request: PreferencesRequest; readonly options: RunOptions }
  | { readonly command: 'completion'; readonly script: string }
  /** help or version: printed already */
  | { readonly command: 'nothing'; readonly exitCode: 0 };

export interface RunOptions {
  /** absolute */
  readonly workspace: string;
  readonly from?: StageId;
  readonly to?: StageId;
  readonly skip?: readonly StageId[];
  readonly reprocess?: boolean;
  readonly offline?: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  /** settings by key without prefix */
  readonly overrides: Readonly<Record<string, unknown>>;
}

/** The command line can't be understood; the message has been made for people. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

interface Flags {
  readonly workspace: string;
  readonly sorted?: string;
  readonly working?: string;
  readonly nas?: string;
  readonly approve?: string;
  readonly from?: StageId;
  readonly to?: StageId;
  readonly skip?: readonly StageId[];
  readonly copy?: boolean;
  readonly move?: boolean;
  readonly batchSize?: number;
  readonly reprocess?: boolean;
  readonly offline?: boolean;
  readonly set?: Readonly<Record<string, unknown>>;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly only?: readonly string[];
  readonly dryRun?: boolean;
  readonly replace?: boolean;
  readonly repair?: boolean;
  readonly settle?: number;
  readonly poll?: number;
  readonly inbox?: string;
  readonly yes?: boolean;
}

const EXIT_CODES = `
Exit codes: 0 all done (parked images are counted in the summary), 1 some images failed, 2 bad usage or settings,
3 interrupted and can be resumed, 4 another run holds the lock, 5 nothing could be done at all.

Keys come from the environment: ${Object.values(KEY_VARIABLES).join(', ')}.`;

const UNDO_EXIT_CODES = `
What was changed or moved since the run is left alone and listed. It can be interrupted; the next undo finishes it.

Exit codes: 0 all is as before, 1 something was left as it is, 2 bad usage or no manifest, 3 interrupted,
4 another run holds the lock, 5 nothing could be done at all.`;

const SYNC_EXIT_CODES = `
With imageInbox.sync.delete, what was put on the NAS and is gone here is moved into .image-inbox-trash there, after it was
shown and you have said yes. It can be interrupted; the next sync goes on. With imageInbox.immich.address and IMMICH_API_KEY
in the environment, Immich is told to scan its library afterwards; whatever it says, the sync counts as done.

Exit codes: 0 all is on the NAS, 1 something was left as it is, 2 bad usage or settings, 3 interrupted,
4 another run holds the lock, 5 the NAS is not there.`;

const REVIEW_KEYS = `
Each decision is kept and carried out at once; what is not decided waits for the next time.

Keys: 1 or a approve, 2 or e edit the tags, 3 or r reject, 4 or s skip, 5 or c category, 6 or A approve all the rest,
7 or t approve all above a percentage, 8 or u undo, 9 or q quit; ← and → browse, ↑ and ↓ scroll. Tab completes.

Pictures are shown by Kitty's protocol, iTerm2's or Sixel where the terminal knows one, else with blocks of colour.

Exit codes: 0 quit, or nothing is left, 1 some images failed, 2 bad usage or no terminal, 3 Ctrl-C: go on with
image-inbox resume, 5 nothing could be done at all. While another run holds the lock, that run carries the decisions out.`;

const COMPLETION_USE = `
bash   source <(image-inbox completion bash)           in ~/.bashrc
zsh    source <(image-inbox completion zsh)            in ~/.zshrc, after compinit
fish   image-inbox completion fish | source            in ~/.config/fish/config.fish`;

/** What options take that the table of options does not say. */
const COMPLETED = {
  '--from': STAGE_IDS,
  '--to': STAGE_IDS,
  '--skip': STAGE_IDS.slice(1),
  '--set': Object.keys(SETTINGS).map((key) => `${key}=`),
} as const;

const WATCH_HELP = `
The lock of the working folder is held only while images are processed. What waits for quota or for the NAS is taken up when
its time has come; an inbox or a NAS that is away for a while is waited for. It is stopped with Ctrl-C or SIGTERM.

Exit codes: 0 stopped while it waited, 3 stopped while images were under way (the next start goes on with them),
2 bad usage or settings, 5 nothing could be done at all.`;

const SETUP_HELP = `
Comments and everything else in .vscode/settings.json stay as they are. It may be repeated; what is given as an option is not
asked for. Keys are never asked for and never written: it says how to keep them in the environment.

Exit codes: 0 written, or nothing to write, 2 bad usage, settings that can't be read, or with --yes answers that can't work,
3 broken off (nothing was changed), 5 the settings can't be written.`;

const DOCTOR_EXIT_CODES = `
Exit codes: 0 no problem was found (warnings are none), 1 something is a problem, 2 bad usage; with --repair also
4 another run holds the lock, 5 it could not be repaired.

Without --repair it changes nothing: whether a folder can be written is tried with a hidden file, which is removed again.
With --json one object: version, problems, warnings, unknown, checks, and with --repair repairs.`;

/**
 * @param args without the program's own name
 * @throws UsageError
 */
export function parseArguments(args: readonly string[], version: string): Invocation {
  let invocation: Invocation = { command: 'nothing', exitCode: 0 };
  const program = new Command('image-inbox')
    .description('Takes an inbox of images through seven stages: scan, search, review, xmp, analyze, categorize, sync.')
    .version(version)
    .exitOverride()
    .configureOutput({ outputError: () => undefined })
    .addHelpText('after', EXIT_CODES);

  withRunOptions(
    program
      .command('process')
      .description('run the pipeline over a folder')
      .argument('[folder]', 'default: the inbox', toFolder),
  )
    .addOption(new Option('--reprocess', 'also images that have a sidecar'))
    .option('--dry-run', 'say what would be searched and what would go where, and touch nothing')
    .action((folder: string | undefined, flags: Flags) => {
      const options = optionsOf(flags);
      const { dryRun = false } = flags;
      invocation = { command: 'process', dryRun, options, ...(folder !== undefined && { folder }) };
    });
  withRunOptions(
    program.command('resume').description('go on with the interrupted run and with what was parked'),
  ).action((flags: Flags) => {
    invocation = { command: 'resume', options: optionsOf(flags) };
  });
  withRunOptions(
    program
      .command('watch')
      .description('process what arrives in the inbox, until it is stopped')
      .argument('[folder]', 'default: the inbox', toFolder)
      .addHelpText('after', WATCH_HELP),
  )
    .addOption(new Option('--reprocess', 'also images that have a sidecar'))
    .option('--settle <seconds>', 'how long a file must not have changed', toSeconds, 10)
    .option(
      '--poll <seconds>',
      'look that often, and do not rely on the system (default: 15 on a network drive)',
      toSeconds,
    )
    .action((folder: string | undefined, flags: Flags) => {
      invocation = {
        command: 'watch',
        settle: flags.settle ?? 10,
        options: optionsOf(flags),
        ...(folder !== undefined && { folder }),
        ...(flags.poll !== undefined && { poll: flags.poll }),
      };
    });
  program
    .command('setup')
    .description('ask for folders, NAS and review, check the answers, and write them into the settings')
    .option('--workspace <dir>', 'the folder with .vscode/settings.json', toFolder, '.')
    .option('--inbox <dir>', 'the folder in which new images arrive', toFolder)
    .option('--sorted <dir>', 'the folder of the categories', toFolder)
    .option('--nas <dir>', 'the folder on the NAS, or an address for rsync or rclone; empty: none')
    .addOption(new Option('--approve <which>', 'tags that need no person').choices(['none', 'high-confidence', 'all']))
    .addOption(new Option('--copy', 'leave the originals in the inbox').conflicts('move'))
    .addOption(new Option('--move', 'move the originals into the category folders'))
    .option('--offline', 'ask no service about the keys')
    .option('--yes', 'ask nothing: what is not given stays as it is')
    .addHelpText('after', SETUP_HELP)
    .action((flags: Flags) => {
      const { inbox } = flags;
      const { overrides, ...options } = optionsOf(flags);
      const answers = { ...overrides, ...(inbox !== undefined && { 'directories.inbox': inbox }) };
      invocation = { command: 'setup', yes: flags.yes ?? false, options: { ...options, overrides: answers } };
    });
  withPlaceOptions(
    program
      .command('review')
      .description('review waiting tags in the terminal, with thumbnails where it can')
      .addHelpText('after', REVIEW_KEYS),
  )
    .option('--offline', 'no network at all')
    .action((flags: Flags) => {
      invocation = { command: 'review', options: optionsOf(flags) };
    });
  withCommonOptions(program.command('status').description('where every image stands')).action((flags: Flags) => {
    invocation = { command: 'status', options: optionsOf(flags) };
  });
  withCommonOptions(
    program
      .command('doctor')
      .description('check folders, ExifTool, models, services, keys, NAS, disk space')
      .addHelpText('after', DOCTOR_EXIT_CODES),
  )
    .option('--offline', 'ask no service')
    .option('--repair', 'put a damaged journal or database right first; what was there is kept')
    .action((flags: Flags) => {
      invocation = { command: 'doctor', repair: flags.repair ?? false, options: optionsOf(flags) };
    });

  withCommonOptions(
    program
      .command('sync')
      .description('only stage 7, for the whole sorted folder')
      .addHelpText('after', SYNC_EXIT_CODES),
  )
    .option('--dry-run', 'say what would be copied and removed, and touch nothing')
    .action((flags: Flags) => {
      invocation = { command: 'sync', request: { dryRun: flags.dryRun ?? false }, options: optionsOf(flags) };
    });
  withCommonOptions(
    program
      .command('undo')
      .description('put back what a run moved, and its sidecars as they were')
      .argument('[manifest]', 'default: of the last run; with --only of the runs that moved it', toFile)
      .addHelpText('after', UNDO_EXIT_CODES),
  )
    .option(
      '--only <path>',
      'an image, or a folder of images, before or after the run; may be given several times',
      toPaths,
      [],
    )
    .option('--dry-run', 'say what would be put back, and touch nothing')
    .action((manifest: string | undefined, flags: Flags) => {
      const { only = [], dryRun = false } = flags;
      const request = {
        dryRun,
        ...(manifest !== undefined && { manifest }),
        ...(only.length > 0 && { only }),
      };
      invocation = { command: 'undo', request, options: optionsOf(flags) };
    });
  const preferences = program.command('preferences').description('what was learned from your corrections');
  const asked = (request: PreferencesRequest, flags: Flags): void => {
    invocation = { command: 'preferences', request, options: optionsOf(flags) };
  };
  withCommonOptions(preferences.command('stats').description('what was learned, and how often it was right')).action(
    (flags: Flags) => asked({ kind: 'stats' }, flags),
  );
  withCommonOptions(
    preferences.command('export').description('all corrections as JSON').argument('<file>', 'is overwritten', toFile),
  ).action((file: string, flags: Flags) => asked({ kind: 'export', file }, flags));
  withCommonOptions(
    preferences.command('import').description('add the corrections of an export').argument('<file>', undefined, toFile),
  )
    .option('--replace', 'forget what was learned here first')
    .action((file: string, flags: Flags) =>
      asked({ kind: 'import', file, how: flags.replace ? 'replace' : 'merge' }, flags),
    );
  withCommonOptions(preferences.command('reset').description('forget all corrections')).action((flags: Flags) =>
    asked({ kind: 'reset' }, flags),
  );

  program
    .command('completion')
    .description('print the script that completes this command line in a shell')
    .addArgument(new Argument('<shell>').choices(SHELLS))
    .addHelpText('after', COMPLETION_USE)
    .action((shell: Shell) => {
      invocation = { command: 'completion', script: completionScript(shell, program, COMPLETED) };
    });

  if (args.length === 0) throw new UsageError(program.helpInformation());
  try {
    program.parse(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { command: 'nothing', exitCode: 0 };
    // what there is was printed already
    const isMissing = error.code === 'commander.help';
    const message = isMissing ? 'A command is missing, or there is none of that name.' : error.message;
    throw new UsageError(`${message.replace(/^error: /, '')}\nSee image-inbox --help.`, { cause: error });
  }
  return invocation;
}

function withCommonOptions(command: Command): Command {
  return withPlaceOptions(command)
    .option('--json', 'one JSON event a line on stdout, nothing else there')
    .option('--quiet', 'only warnings and the result')
    .option('--verbose', 'everything that happens');
}

function withPlaceOptions(command: Command): Command {
  return command
    .option('--workspace <dir>', 'the folder with .vscode/settings.json', toFolder, '.')
    .option('--sorted <dir>', 'the folder of the categories', toFolder)
    .option('--working <dir>', 'journal, database, thumbnails, logs', toFolder)
    .option('--nas <dir>', 'the folder on the NAS, or an address for rsync or rclone')
    .option('--set <key=value>', 'any setting, for this run alone; may be given several times', toSetting, {});
}

function withRunOptions(command: Command): Command {
  return withCommonOptions(command)
    .addOption(new Option('--approve <which>', 'tags that need no person').choices(['none', 'high-confidence', 'all']))
    .option('--from <stage>', `begin at this stage: ${STAGE_IDS.join(', ')}`, toStage)
    .option('--to <stage>', 'end with this stage', toStage)
    .option('--skip <stages>', 'leave these stages out, separated by commas', toStages)
    .addOption(new Option('--copy', 'leave the originals in the inbox').conflicts('move'))
    .addOption(new Option('--move', 'move the originals into the category folders'))
    .option('--batch-size <n>', 'images under way at once', toNumber)
    .option('--offline', 'no network at all');
}

function optionsOf(flags: Flags): RunOptions {
  const folder = (key: string, dir: string | undefined): object => (dir === undefined ? {} : { [key]: dir });
  const transfer = flags.copy ? 'copy' : flags.move ? 'move' : undefined;
  return {
    workspace: resolve(flags.workspace),
    json: flags.json ?? false,
    quiet: flags.quiet ?? false,
    verbose: flags.verbose ?? false,
    ...(flags.from && { from: flags.from }),
    ...(flags.to && { to: flags.to }),
    ...(flags.skip && { skip: flags.skip }),
    ...(flags.reprocess && { reprocess: true }),
    ...(flags.offline && { offline: true }),
    overrides: {
      ...flags.set,
      ...folder('directories.sorted', flags.sorted),
      ...folder('directories.working', flags.working),
      ...(flags.nas !== undefined && { 'directories.nas': nasOf(flags.nas) }),
      ...(flags.approve !== undefined && { 'review.approve': flags.approve }),
      ...(transfer && { 'workflow.transfer': transfer }),
      ...(flags.batchSize !== undefined && { 'workflow.batchSize': flags.batchSize }),
    },
  };
}

function nasOf(text: string): string {
  const destination = parseDestination(text, process.platform);
  // empty: none
  return destination.kind === 'path' && text !== '' ? resolve(text) : text;
}

function toStage(text: string): StageId {
  if (!isStageId(text)) throw new InvalidArgumentError(`"${text}" is none of ${STAGE_IDS.join(', ')}.`);
  return text;
}

const toStages = (text: string, sum: readonly StageId[] = []): readonly StageId[] => [
  ...sum,
  ...text.split(',').map((part) => toStage(part.trim())),
];

/** Of a variable of a script that is not set nothing is left, which would be the current folder. */
function named(text: string, what: string): string {
  if (text === '') throw new InvalidArgumentError(`The name of the ${what} is empty.`);
  return resolve(text);
}

const toFolder = (text: string): string => named(text, 'folder');

const toFile = (text: string): string => named(text, 'file');

const toPaths = (text: string, sum: readonly string[]): readonly string[] => [...sum, named(text, 'image or folder')];

function toNumber(text: string): number {
  const n = Number(text);
  if (text.trim() === '' || !Number.isFinite(n)) throw new InvalidArgumentError(`"${text}" is no number.`);
  return n;
}

function toSeconds(text: string): number {
  const n = toNumber(text);
  if (n <= 0 || n > 86_400) throw new InvalidArgumentError(`"${text}" is not between 0 and 86400 seconds.`);
  return n;
}

/** `KEY=VALUE`; a value that parses as JSON is taken as JSON, anything else as text. */
function toSetting(text: string, sum: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError(`"${text}" is not KEY=VALUE.`);
  try {
    return { ...sum, [settingKey(text.slice(0, at))]: parsed(text.slice(at + 1)) };
  } catch (error) {
    if (error instanceof SettingsError) throw new InvalidArgumentError(error.message);
    throw error;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
