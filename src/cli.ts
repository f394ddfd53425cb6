import { readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { compose, type Assets, type Composition, type Host } from './compose.ts';
import { FatalError } from './core/model/failure.ts';
import type { Repair } from './core/repair/repairer.ts';
import type { RunEvent } from './core/pipeline/observer.ts';
import type { RunReport } from './core/pipeline/finishRun.ts';
import { PreferencesInvalid } from './core/learning/preferencesFile.ts';
import { ManifestInvalid } from './core/undo/runManifest.ts';
import { LockHeld } from './core/ports/journalFile.ts';
import type { Folders } from './core/settings/folders.ts';
import { SettingsError } from './core/settings/resolveSettings.ts';
import { KEY_VARIABLES, type Secrets } from './core/settings/secrets.ts';
import { systemClock } from './systemClock.ts';
import { parseArguments, UsageError, type Invocation, type RunOptions } from './terminal/arguments.ts';
import { DRY_RUN_EXIT, dryRunCommand } from './terminal/dryRunCommand.ts';
import { EXIT_OF, syncCommand } from './terminal/syncCommand.ts';
import { UNDO_EXIT, undoCommand } from './terminal/undoCommand.ts';
import { summaryLines } from './terminal/summary.ts';
import { Interrupted, interruptible, leaveSoon } from './terminal/interrupt.ts';
import { JsonOutput } from './terminal/jsonOutput.ts';
import { ignoreBrokenPipe } from './terminal/brokenPipe.ts';
import type { Output } from './terminal/output.ts';
import { endWithParent } from './terminal/parent.ts';
import { readSettingsFile } from './terminal/settingsFile.ts';
import { toSetting, type GivenAnswers } from './terminal/setup/answers.ts';
import { BrokenOff, LineQuestions, NoQuestions } from './terminal/setup/questions.ts';
import { StderrLog } from './terminal/stderrLog.ts';
import { statusLines } from './terminal/statusOutput.ts';
import { TextOutput } from './terminal/textOutput.ts';
import { printWatchEvent } from './terminal/watchOutput.ts';

/** The exit codes; nothing else sets one, but launcher.cjs where this can't be loaded. */
const EXIT = { done: 0, someFailed: 1, unfit: 1, usage: 2, interrupted: 3, locked: 4, nothingDone: 5 } as const;

/** dist/, where the bundle is and what comes with it */
const HERE = import.meta.dirname;
const ASSETS: Assets = {
  analyzerWorker: join(HERE, 'analyzerWorker.js'),
  lookWorker: join(HERE, 'lookWorker.js'),
  models: join(HERE, '../media/models'),
  exiftoolConfig: join(HERE, '../media/exiftool/image-inbox.config'),
  sqlWasm: join(HERE, 'sql-wasm.wasm'),
};

// The commands that have much of their own are loaded late: whoever starts another one need not wait for them.

async function main(args: readonly string[]): Promise<number> {
  const { version } = JSON.parse(readFileSync(join(HERE, '../package.json'), 'utf8')) as { version: string };
  let invocation: Invocation;
  try {
    invocation = parseArguments(args, version);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return EXIT.usage;
  }
  // should everything come to rest without an answer, that is no success. Not before: commander takes it for its own
  process.exitCode = EXIT.nothingDone;
  if (invocation.command === 'nothing') return invocation.exitCode;
  if (invocation.command === 'completion') {
    process.stdout.write(invocation.script);
    return EXIT.done;
  }

  const { options } = invocation;
  if (invocation.command === 'doctor') return examine(options, version, invocation.repair);
  let output: Output | undefined;
  try {
    const settings = await readSettingsFile(options.workspace);
    if (invocation.command === 'setup') return await setUp(invocation, version, settings);
    if (invocation.command === 'watch') return await watch(invocation, version, settings);
    // the review has the screen for itself
    let follow = (event: RunEvent): void => output?.on(event);
    const host = hostOf(options, version, settings, (event) => follow(event));
    const composition = compose(host, options.overrides);
    output = outputOf(options, composition.folders);
    if (invocation.command === 'review') return await review(options, composition, (listener) => (follow = listener));
    return await carryOut(invocation, composition, output);
  } catch (error) {
    const exitCode = exitCodeOf(error);
    const message = error instanceof Error ? error.message : String(error);
    (output ?? outputOf(options, undefined)).fail(message, exitCode);
    if (options.verbose && error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`);
    return exitCode;
  }
}

/** `doctor`: does without a composition, which broken settings do not allow. */
async function examine(
  { workspace, verbose, overrides, offline, json, quiet }: RunOptions,
  version: string,
  repairs: boolean,
): Promise<number> {
  let settings: Readonly<Record<string, unknown>> = {};
  let unreadableSettings: string | undefined;
  try {
    settings = await readSettingsFile(workspace);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    unreadableSettings = error.message;
  }
  const { composeDoctor } = await import('./composeDoctor.ts');
  const host = {
    version,
    workspace,
    settings,
    secrets: secretsOf(process.env),
    assets: { ...ASSETS, folderProbe: join(HERE, 'folderProbe.js') },
    log: new StderrLog(process.stderr, verbose),
    clock: systemClock,
    ...(unreadableSettings !== undefined && { unreadableSettings }),
  };
  let repaired: readonly Repair[] | undefined;
  if (repairs) {
    if (unreadableSettings !== undefined) {
      // they may name other folders than the default ones
      process.stderr.write(`${unreadableSettings} Put that right first.\n`);
      return EXIT.usage;
    }
    const { composeRepair } = await import('./composeRepair.ts');
    try {
      const repairer = composeRepair(host, overrides);
      repaired = await interruptible((signal) => repairer.repair(signal), 'image-inbox doctor --repair');
    } catch (error) {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      return exitCodeOf(error);
    }
  }
  const doctor = composeDoctor(host, { offline: offline ?? false, overrides });
  const checkup = doctor.examine(new AbortController().signal);
  const { printCheckup } = await import('./terminal/doctorOutput.ts');
  const isFit = await printCheckup(checkup, {
    out: process.stdout,
    version,
    json,
    quiet,
    ...(repaired && { repairs: repaired }),
  });
  return isFit ? EXIT.done : EXIT.unfit;
}

/** `review`: has the screen for itself, and tells the end like a run. */
async function review(
  options: RunOptions,
  composition: Composition,
  follow: (listener: (event: RunEvent) => void) => void,
): Promise<number> {
  const { reviewCommand } = await import('./terminal/review/reviewCommand.ts');
  const { settings } = composition;
  const parts = {
    composition,
    clock: systemClock,
    maxGeneralTags: settings['search.maxGeneralTags'],
    threshold: settings['review.threshold'],
    offline: options.offline ?? false,
    in: process.stdin,
    out: process.stdout,
    err: process.stderr,
    follow,
  };
  const { report, end, failed } = await interruptible((signal) => reviewCommand(parts, signal));
  if (report) for (const line of summaryLines(report)) process.stdout.write(`${line}\n`);
  if (end === 'interrupted') return EXIT.interrupted;
  return failed > 0 ? EXIT.someFailed : EXIT.done;
}

async function carryOut(
  invocation: Exclude<Invocation, { command: 'nothing' | 'completion' | 'doctor' | 'review' | 'watch' | 'setup' }>,
  composition: Composition,
  output: Output,
): Promise<number> {
  const { options } = invocation;
  switch (invocation.command) {
    case 'status': {
      const status = await composition.status();
      process.stdout.write(options.json ? `${JSON.stringify(status ?? {})}\n` : `${statusLines(status).join('\n')}\n`);
      return EXIT.done;
    }
    case 'undo': {
      const { json, quiet } = options;
      const undo = (signal: AbortSignal) =>
        undoCommand(composition.undo, invocation.request, { write: print, json, quiet }, signal);
      const extent = await interruptible(undo, 'image-inbox undo');
      return UNDO_EXIT[extent];
    }
    case 'sync': {
      const { json, quiet, verbose } = options;
      const streams = { in: process.stdin, out: process.stdout, err: process.stderr };
      const run = (signal: AbortSignal) =>
        syncCommand(
          composition.sync,
          invocation.request,
          { ...streams, clock: systemClock, json, quiet, verbose },
          signal,
        );
      return EXIT_OF[await interruptible(run, 'image-inbox sync')];
    }
    case 'preferences': {
      const { preferencesCommand } = await import('./terminal/preferencesCommand.ts');
      await preferencesCommand(composition.preferences, invocation.request, { write: print, json: options.json });
      return EXIT.done;
    }
    case 'process':
    case 'resume': {
      const { from, to, skip, reprocess, offline, overrides } = options;
      const request = {
        command: invocation.command,
        overrides,
        ...(invocation.command === 'process' && invocation.folder !== undefined && { inbox: invocation.folder }),
        ...(from && { from }),
        ...(to && { to }),
        ...(skip && { skip }),
        ...(reprocess && { reprocess }),
        ...(offline && { offline }),
      };
      if (invocation.command === 'process' && invocation.dryRun) {
        const { json, quiet, verbose } = options;
        const log = (line: string): void => void process.stderr.write(`${line}\n`);
        const look = (signal: AbortSignal) =>
          dryRunCommand(composition, request, { write: print, log, clock: systemClock, json, quiet, verbose }, signal);
        return DRY_RUN_EXIT[await interruptible(look, '')];
      }
      const report = await interruptible((signal) => composition.engine.run(request, signal));
      const exitCode = exitCodeFor(report);
      output.end(report, exitCode);
      return exitCode;
    }
  }
}

/** `setup`: what is given as an option is not asked for. */
async function setUp(
  { options, yes }: Extract<Invocation, { command: 'setup' }>,
  version: string,
  settings: Readonly<Record<string, unknown>>,
): Promise<number> {
  const { composeDoctor } = await import('./composeDoctor.ts');
  const { setupCommand } = await import('./terminal/setup/setupCommand.ts');
  const { workspace, overrides, offline, verbose } = options;
  const given = Object.fromEntries(
    Object.entries(overrides).map(([key, value]) => {
      const isFolder = key.startsWith('directories.') && typeof value === 'string' && isAbsolute(value);
      return [key, isFolder ? toSetting(value, workspace) : value];
    }),
  ) as GivenAnswers;
  const secrets = secretsOf(process.env);
  const host = {
    version,
    workspace,
    settings,
    secrets,
    assets: { ...ASSETS, folderProbe: join(HERE, 'folderProbe.js') },
    log: new StderrLog(process.stderr, verbose),
    clock: systemClock,
  };
  const only = ['folders', 'sync', ...(offline ? [] : (['keys'] as const))] as const;
  const questions = yes ? new NoQuestions(process.stdout) : new LineQuestions(process.stdin, process.stdout);
  const work = async (signal: AbortSignal): Promise<number> => {
    signal.addEventListener('abort', () => questions.close(), { once: true });
    const outcome = await setupCommand(
      {
        workspace,
        settings,
        given,
        secrets,
        questions,
        takesSuggestions: yes,
        checkup: (entered) =>
          composeDoctor({ ...host, settings: entered }, { offline: offline ?? false, overrides: {}, only }),
      },
      signal,
    );
    return outcome === 'refused' ? EXIT.usage : EXIT.done;
  };
  try {
    return await interruptible(work, '');
  } finally {
    questions.close();
  }
}

/** `watch`: run after run, each with an output of its own. */
async function watch(
  { options, folder, settle, poll }: Extract<Invocation, { command: 'watch' }>,
  version: string,
  settings: Readonly<Record<string, unknown>>,
): Promise<number> {
  const { composeWatch } = await import('./composeWatch.ts');
  const { from, to, skip, reprocess, offline, json, quiet } = options;
  let output: Output | undefined;
  const { watcher, folders } = await composeWatch(
    hostOf(options, version, settings, (event) => {
      if (event.kind === 'run-started') output = outputOf(options, folders);
      output?.on(event);
    }),
    options.overrides,
    {
      settleSeconds: settle,
      request: {
        ...(from && { from }),
        ...(to && { to }),
        ...(skip && { skip }),
        ...(reprocess && { reprocess }),
        ...(offline && { offline }),
      },
      ...(folder !== undefined && { inbox: folder }),
      ...(poll !== undefined && { pollSeconds: poll }),
      on: (event) => {
        if (event.kind === 'run-ended') output?.end(event.report, exitCodeFor(event.report));
        else printWatchEvent(event, { write: print, json, quiet });
      },
      // bars would keep the process up
      onBroken: () => output?.close(),
    },
  );
  const stopped = await interruptible((signal) => watcher.watch(signal), 'image-inbox watch, or image-inbox resume');
  return stopped ? exitCodeFor(stopped) : EXIT.done;
}

const print = (line: string): void => void process.stdout.write(`${line}\n`);

function exitCodeFor(report: RunReport | undefined): number {
  if (report?.outcome === 'interrupted') return EXIT.interrupted;
  return report && report.statistics.failed > 0 ? EXIT.someFailed : EXIT.done;
}

function exitCodeOf(error: unknown): number {
  if (error instanceof SettingsError || error instanceof UsageError) return EXIT.usage;
  if (error instanceof ManifestInvalid || error instanceof PreferencesInvalid) return EXIT.usage;
  if (error instanceof Interrupted || error instanceof BrokenOff) return EXIT.interrupted;
  if (error instanceof LockHeld) return EXIT.locked;
  if (error instanceof FatalError) return EXIT.nothingDone;
  return EXIT.nothingDone;
}

function hostOf(
  options: RunOptions,
  version: string,
  settings: Readonly<Record<string, unknown>>,
  on: Host['observer']['on'],
): Host {
  return {
    version,
    workspace: options.workspace,
    settings,
    secrets: secretsOf(process.env),
    assets: ASSETS,
    log: new StderrLog(process.stderr, options.verbose),
    observer: { on },
    clock: systemClock,
  };
}

/** An empty variable counts as none. `set KEY=value & …` leaves a blank behind it, and a file of Windows a carriage return. */
function secretsOf(env: NodeJS.ProcessEnv): Secrets {
  const values = Object.entries(KEY_VARIABLES).map(([key, variable]) => [key, env[variable]?.trim()] as const);
  return Object.fromEntries(values.filter(([, value]) => value));
}

function outputOf(options: RunOptions, folders: Pick<Folders, 'sorted'> | undefined): Output {
  if (options.json) return new JsonOutput((line) => process.stdout.write(`${line}\n`), systemClock);
  const { quiet, verbose } = options;
  const sorted = folders?.sorted ?? '';
  return new TextOutput({ out: process.stdout, err: process.stderr, clock: systemClock, quiet, verbose, sorted });
}

// else Node takes itself apart first, and a late Ctrl-C meanwhile ends it without an exit code
process.once('beforeExit', () => process.exit());
endWithParent();
// both: of `2>&1 | head -1` the reader is the same
for (const stream of [process.stdout, process.stderr]) ignoreBrokenPipe(stream);
main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
    leaveSoon(code);
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = EXIT.nothingDone;
    leaveSoon(EXIT.nothingDone);
  },
);
