import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onProcessEnd } from '../runner/onProcessEnd.ts';
import { installHost } from './installHost.ts';
import { resultsDir } from './paths.ts';
import { quietSettings } from './quietSettings.ts';

export interface CodeServerOptions {
  /** Names the folder of `test-results/logs` that gets the logs. */
  readonly name: string;
  /** A folder of which a copy is opened as the workspace; without it the workspace is empty. */
  readonly fixture?: string;
  /** An unpacked extension, loaded as if installed: what a user has. A workbench has ours by default. */
  readonly installed?: string;
  /** User settings, on top of the quiet ones. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Opens the workspace in Restricted Mode, as VS Code does where nobody has said that it is to be trusted. */
  readonly isRestricted?: boolean;
  /** Of VS Code, by its code; without it English. */
  readonly language?: string;
  /** Seen by the extension as `process.env`. */
  readonly env?: NodeJS.ProcessEnv;
  /**
   * Honours `testUrl`. Only for tests inside the extension host: the same switch turns notification toasts off, and
   * VS Code refuses modal dialogs then.
   */
  readonly testDriver?: boolean;
}

/** A running code-server with a workspace, settings and extensions of its own, all of it gone after `stop`. */
export class CodeServer implements AsyncDisposable {
  /** The workspace that is opened. Its name is unkind on purpose. */
  readonly folder: string;
  /** The user's settings.json. VS Code reads it when a window loads; it does see a change of the workspace's settings. */
  readonly settingsFile: string;
  /** VS Code's own logs, output channels among them. */
  readonly logsDir: string;
  readonly #name: string;
  readonly #tmp: string;
  readonly #process: ChildProcess;
  readonly #callOff: () => void;
  #origin = '';

  static async start(options: CodeServerOptions): Promise<CodeServer> {
    const host = await installHost((line) => console.log(line));
    const server = new CodeServer(host.node, host.entry, options);
    try {
      server.#origin = await server.#listening();
      // The server listens even when VS Code itself cannot be loaded; that shows on the first page.
      const page = await fetch(server.url());
      await page.body?.cancel();
      if (!page.ok) throw new Error(`code-server answers ${page.status}:\n${server.log()}`);
      return server;
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  private constructor(node: string, entry: string, options: CodeServerOptions) {
    this.#name = options.name;
    this.#tmp = mkdtempSync(join(tmpdir(), 'vsh-')); // short: VS Code puts unix sockets there, whose paths end at 107 characters
    const userData = join(this.#tmp, 'data');
    const extensions = join(this.#tmp, 'extensions');
    this.folder = join(this.#tmp, "It's a 写真 📷 folder");
    this.settingsFile = join(userData, 'User/settings.json');
    this.logsDir = join(userData, 'logs');

    for (const dir of [join(userData, 'User'), extensions, this.folder]) mkdirSync(dir, { recursive: true });
    if (options.fixture !== undefined) cpSync(options.fixture, this.folder, { recursive: true });
    if (options.installed !== undefined) linkExtension(options.installed, extensions);
    if (options.language !== undefined) layLanguagePack(options.language, userData, extensions);
    writeFileSync(this.settingsFile, JSON.stringify({ ...quietSettings, ...options.settings }, null, 2));
    const config = join(this.#tmp, 'config.yaml'); // else ~/.config/code-server/config.yaml is written and read
    writeFileSync(config, '');
    const logFile = openSync(this.#logFile(), 'w');

    this.#process = spawn(
      node,
      [
        entry,
        ...['--config', config, '--user-data-dir', userData, '--extensions-dir', extensions],
        ...['--auth', 'none', '--bind-addr', '127.0.0.1:0'],
        ...['--disable-telemetry', '--disable-update-check'],
        ...(options.isRestricted === true ? [] : ['--disable-workspace-trust']),
        ...['--disable-getting-started-override', '--disable-proxy', '--ignore-last-opened'],
        ...['--reconnection-grace-time', '5'], // seconds an extension host outlives its page; by default three hours
        ...['--idle-timeout-seconds', '300'], // an orphan (its runner was killed with -9) ends by itself
        ...['--vscode-option', 'force-disable-user-env'], // no login shell before each extension host
        ...['--vscode-option', 'disable-experiments'],
        ...(options.language === undefined ? [] : ['--locale', options.language]),
        ...(options.testDriver === true ? ['--vscode-option', 'enable-smoke-test-driver'] : []),
      ],
      {
        env: hostEnvironment(this.#tmp, options.env),
        stdio: ['ignore', logFile, logFile],
        detached: true, // a process group of its own, so that all of it can be ended
      },
    );
    this.#callOff = onProcessEnd(() => {
      this.#kill('SIGKILL');
      rmSync(this.#tmp, { recursive: true, force: true });
    });
  }

  /** The workbench with the workspace open. */
  url(): string {
    return `${this.#origin}/?folder=${encodeURIComponent(this.folder)}`;
  }

  /** The workbench that runs `tests` (a module with `run(): Promise<void>`) in the extension host of `extension`. */
  testUrl(extension: string, tests: string): string {
    const remote = (path: string) => `vscode-remote://${new URL(this.#origin).host}${encodeURI(path)}`;
    const payload = [
      ['extensionDevelopmentPath', remote(extension)],
      ['extensionTestsPath', remote(tests)],
    ];
    return `${this.url()}&payload=${encodeURIComponent(JSON.stringify(payload))}`;
  }

  log(): string {
    return readFileSync(this.#logFile(), 'utf8');
  }

  /** Ends all of it at once, as a power cut would. The workspace stays until `stop`. */
  async kill(): Promise<void> {
    const gone = once(this.#process, 'exit');
    this.#kill('SIGKILL');
    await gone;
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const gone = once(this.#process, 'exit');
      this.#kill('SIGTERM');
      const timer = setTimeout(() => this.#kill('SIGKILL'), 3000);
      await gone;
      clearTimeout(timer);
    }
    this.#kill('SIGKILL'); // what is left of the group
    this.#callOff();
    const kept = join(resultsDir, 'logs', this.#name);
    rmSync(kept, { recursive: true, force: true });
    cpSync(this.logsDir, kept, { recursive: true, force: true });
    cpSync(this.#logFile(), join(kept, 'server.log'));
    rmSync(this.#tmp, { recursive: true, force: true, maxRetries: 5 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #logFile(): string {
    return join(this.#tmp, 'server.log');
  }

  async #listening(): Promise<string> {
    const deadline = Date.now() + 180_000;
    for (;;) {
      const origin = /HTTP server listening on (http:\/\/[\d.:]+)/.exec(this.log())?.[1];
      if (origin !== undefined) return origin;
      const over = this.#process.exitCode ?? this.#process.signalCode;
      if (over !== null) throw new Error(`code-server ended (${over}):\n${this.log()}`);
      if (Date.now() > deadline) throw new Error(`code-server did not start in three minutes:\n${this.log()}`);
      await sleep(50);
    }
  }

  #kill(signal: NodeJS.Signals): void {
    try {
      process.kill(-(this.#process.pid ?? NaN), signal);
    } catch {
      // the group is gone
    }
  }
}

/** The scan of a first start takes folders of this naming for installed extensions. */
function linkExtension(dir: string, extensions: string): void {
  const manifest = JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8')) as Readonly<Record<string, string>>;
  const { publisher = '', name = '', version = '' } = manifest;
  symlinkSync(dir, join(extensions, `${publisher}.${name}-${version}`.toLowerCase()));
}

/**
 * VS Code takes a language only with a pack of its own texts, which comes from its marketplace. This one has none, so VS Code itself
 * stays English, and extensions are asked for theirs.
 */
function layLanguagePack(language: string, userData: string, extensions: string): void {
  const [publisher, name, version] = ['test', `language-pack-${language}`, '1.0.0'];
  const folder = join(extensions, `${publisher}.${name}-${version}`);
  const texts = join(folder, 'main.i18n.json');
  mkdirSync(folder);
  writeFileSync(texts, JSON.stringify({ version, contents: {} }));
  const localizations = [{ languageId: language, translations: [{ id: 'vscode', path: './main.i18n.json' }] }];
  const manifest = { publisher, name, version, engines: { vscode: '*' }, contributes: { localizations } };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  const pack = {
    hash: version,
    label: language,
    extensions: [{ extensionIdentifier: { id: `${publisher}.${name}` }, version }],
    translations: { vscode: texts },
  };
  // VS Code writes it from what is installed, a moment too late for its first page
  writeFileSync(join(userData, 'languagepacks.json'), JSON.stringify({ [language]: pack }));
}

/** Nothing of a surrounding VS Code, code-server, `npm run` or the user's home may leak into the host. */
function hostEnvironment(tmp: string, extra: NodeJS.ProcessEnv | undefined): NodeJS.ProcessEnv {
  const foreign = /^(VSCODE_|CODE_SERVER_|ELECTRON_|npm_|XDG_|NODE_OPTIONS$|(HASHED_)?PASSWORD$|PORT$)/;
  const env = Object.fromEntries(Object.entries(process.env).filter(([key]) => !foreign.test(key)));
  return {
    ...env,
    EXTENSIONS_GALLERY: '{}', // no marketplace, so no failing look-ups
    XDG_RUNTIME_DIR: tmp, // VS Code's sockets; else they pile up in the temporary folder
    XDG_CONFIG_HOME: join(tmp, 'config'),
    XDG_DATA_HOME: join(tmp, 'share'),
    XDG_CACHE_HOME: join(tmp, 'cache'),
    ...extra,
  };
}
