import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Assets, Composition, LastReading } from '../compose.ts';
import type { Secrets } from '../core/settings/secrets.ts';
import type { Repairer } from '../core/repair/repairer.ts';
import type { Doctor } from '../core/doctor/doctor.ts';
import type { RunObserver } from '../core/pipeline/observer.ts';
import type { KeyCheck } from '../core/ports/keyCheck.ts';
import { foldersOf, type Folders } from '../core/settings/folders.ts';
import { resolveSettings, SETTING_PREFIX } from '../core/settings/resolveSettings.ts';
import { SETTINGS, type Settings } from '../core/settings/settingsTable.ts';
import { systemClock } from '../systemClock.ts';

/** Names in VS Code's secret storage. */
const SECRET_KEYS = {
  saucenaoApiKey: 'imageInbox.saucenaoApiKey',
  danbooruLogin: 'imageInbox.danbooruLogin',
  danbooruApiKey: 'imageInbox.danbooruApiKey',
  immichApiKey: 'imageInbox.immichApiKey',
} as const satisfies Record<keyof Secrets, string>;

/** No folder is open, so there is neither an inbox nor a place to sort to. */
export class NoWorkspace extends Error {
  override readonly name = 'NoWorkspace';
}

/**
 * The workspace is open in Restricted Mode. Its working folder says what a run that was cut off does to which files and at which
 * addresses, and may come from whoever has made the workspace.
 */
export class NotTrusted extends Error {
  override readonly name = 'NotTrusted';
}

/** What VS Code is to the core: settings, secrets, log, and the files that come with the extension. */
export class VscodeHost {
  readonly log: vscode.LogOutputChannel;
  readonly clock = systemClock;
  private readonly context: vscode.ExtensionContext;
  private reading: LastReading | undefined;

  constructor(context: vscode.ExtensionContext, log: vscode.LogOutputChannel) {
    this.context = context;
    this.log = log;
  }

  /** The folder that holds inbox and sorted folder; of several open ones the first. */
  get workspace(): vscode.WorkspaceFolder | undefined {
    return vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file');
  }

  /** The extension's own folder for this workspace, which need not exist yet; undefined when no folder is open. */
  get storage(): vscode.Uri | undefined {
    return this.context.storageUri;
  }

  /** @throws NoWorkspace, SettingsError */
  settings(): Settings {
    return resolveSettings(this.givenSettings());
  }

  /** @throws NoWorkspace, SettingsError */
  folders(): Folders {
    return foldersOf(this.settings(), this.openWorkspace());
  }

  /** The core as settings and secrets are now, to work with. @throws NotTrusted, NoWorkspace, SettingsError */
  async compose(observer: RunObserver): Promise<Composition> {
    this.assertTrusted();
    return this.composeWith(observer);
  }

  /** The core for looking only: nothing is run with it. @throws NoWorkspace, SettingsError */
  composeForReading(): Promise<Composition> {
    return this.composeWith({ on: () => undefined });
  }

  private async composeWith(observer: RunObserver): Promise<Composition> {
    // not before it is needed: it is nine tenths of what there is to load
    const { compose, LastReading } = await import('../compose.ts');
    this.reading ??= new LastReading();
    return compose(
      {
        version: this.version,
        workspace: this.openWorkspace(),
        settings: this.givenSettings(),
        secrets: await this.secrets(),
        assets: this.assets(),
        log: this.log,
        observer,
        clock: this.clock,
        reading: this.reading,
      },
      {},
    );
  }

  /** The checkup of the setup as it is now, whatever is wrong with the settings. @throws NoWorkspace */
  async doctor(): Promise<Doctor> {
    const { version, log, clock } = this;
    const assets = { ...this.assets(), folderProbe: join(this.context.extensionPath, 'dist/folderProbe.js') };
    const workspace = this.openWorkspace();
    const settings = this.givenSettings();
    const secrets = await this.secrets();
    const { composeDoctor } = await import('../composeDoctor.ts');
    return composeDoctor(
      { version, workspace, settings, secrets, assets, log, clock },
      { offline: false, overrides: {} },
    );
  }

  /** The repair of journal and database, whatever is wrong with the settings. @throws NotTrusted, NoWorkspace */
  async repairer(): Promise<Repairer> {
    this.assertTrusted();
    const { version, log, clock } = this;
    const { composeRepair } = await import('../composeRepair.ts');
    const workspace = this.openWorkspace();
    return composeRepair({ version, workspace, settings: this.givenSettings(), assets: this.assets(), log, clock }, {});
  }

  /** The checks of the keys that are stored now. */
  async keyChecks(): Promise<Readonly<Record<'saucenao' | 'danbooru' | 'immich', KeyCheck>>> {
    const { version, log } = this;
    const { composeKeyChecks } = await import('../composeDoctor.ts');
    return composeKeyChecks({ version, log, settings: this.givenSettings(), secrets: await this.secrets() });
  }

  /** What is remembered beyond this window and workspace. */
  get memory(): vscode.Memento {
    return this.context.globalState;
  }

  async secret(name: keyof Secrets): Promise<string | undefined> {
    return this.context.secrets.get(SECRET_KEYS[name]);
  }

  /** Stores the secret; an empty one is removed. */
  async setSecret(name: keyof Secrets, value: string): Promise<void> {
    if (value === '') await this.context.secrets.delete(SECRET_KEYS[name]);
    else await this.context.secrets.store(SECRET_KEYS[name], value);
  }

  private get version(): string {
    return (this.context.extension.packageJSON as { readonly version: string }).version;
  }

  /** @throws NotTrusted */
  private assertTrusted(): void {
    if (vscode.workspace.isTrusted) return;
    throw new NotTrusted(
      vscode.l10n.t(
        'this folder is open in Restricted Mode. What it says of an earlier run could lead Image Inbox to other files and addresses: trust the folder first.',
      ),
    );
  }

  private openWorkspace(): string {
    const { workspace } = this;
    if (!workspace)
      throw new NoWorkspace(
        vscode.l10n.t('Open a folder first: Image Inbox keeps its inbox and what it sorts in there.'),
      );
    return workspace.uri.fsPath;
  }

  /** Only what is not as it is by default: the defaults are the core's. */
  private givenSettings(): Readonly<Record<string, unknown>> {
    // all in one: asking VS Code about each took longer than all the rest of activation. What an untrusted workspace may not set
    // is left out; the copy is of proxies, which no worker can be sent
    const configuration = vscode.workspace.getConfiguration(undefined, this.workspace).get(SETTING_PREFIX.slice(0, -1));
    const all: unknown = JSON.parse(JSON.stringify(configuration ?? {}));
    const given: Record<string, unknown> = {};
    for (const [key, { default: usual }] of Object.entries(SETTINGS)) {
      const value = key
        .split('.')
        .reduce<unknown>((level, name) => (level as Record<string, unknown> | undefined)?.[name], all);
      if (value !== undefined && JSON.stringify(value) !== JSON.stringify(usual)) given[key] = value;
    }
    return given;
  }

  private async secrets(): Promise<Secrets> {
    const names = Object.keys(SECRET_KEYS) as (keyof Secrets)[];
    const values = await Promise.all(names.map(async (name) => [name, await this.secret(name)] as const));
    return Object.fromEntries(values.filter(([, value]) => value !== undefined));
  }

  private assets(): Assets {
    const { extensionPath } = this.context;
    return {
      analyzerWorker: join(extensionPath, 'dist/analyzerWorker.js'),
      lookWorker: join(extensionPath, 'dist/lookWorker.js'),
      models: join(extensionPath, 'media/models'),
      exiftoolConfig: join(extensionPath, 'media/exiftool/image-inbox.config'),
      sqlWasm: join(extensionPath, 'dist/sql-wasm.wasm'),
    };
  }
}
