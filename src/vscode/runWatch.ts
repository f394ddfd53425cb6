import * as vscode from 'vscode';
import { isUnfinished, type RunStatus } from '../core/pipeline/status.ts';
import type { Folders } from '../core/settings/folders.ts';
import { NO_ROWS } from './noRows.ts';
import type { RunController } from './runController.ts';
import { RunMarker } from './runMarker.ts';
import { countsText } from './showSummary.ts';
import type { Standings } from './standings.ts';
import { Throttle } from './throttle.ts';
import type { VscodeHost } from './vscodeHost.ts';

/** Least time between two readings of the journal, which another process may be writing, milliseconds. */
const READ_EVERY = 2000;

/** How the last run stands, for `when` clauses: `imageInbox.lastRun`. */
type LastRun = 'none' | 'running' | 'elsewhere' | 'finished' | 'failed' | 'interrupted';

/**
 * Follows what the working folder says of runs: of the last one, of one in another window or on the command line (so that two
 * windows on one workspace see one run), and of one that was cut off with its window, which it offers to resume.
 */
export class RunWatch implements vscode.Disposable {
  private readonly host: VscodeHost;
  private readonly runs: RunController;
  private readonly standings: Standings;
  private readonly changed: () => void;
  private readonly view: vscode.TreeView<never>;
  private readonly elsewhere: vscode.StatusBarItem;
  private readonly readSoon = new Throttle(READ_EVERY, () => this.read());
  private readonly subscriptions: vscode.Disposable;
  private readonly first: NodeJS.Immediate;
  private watcher: vscode.Disposable | undefined;
  private hasOffered = false;

  /** @param changed is called when where images stand was read anew */
  constructor(host: VscodeHost, runs: RunController, standings: Standings, changed: () => void) {
    this.host = host;
    this.runs = runs;
    this.standings = standings;
    this.changed = changed;
    // it has no rows: a description, and the welcome view for how the last run stands
    this.view = vscode.window.createTreeView<never>('imageInbox.lastRun', { treeDataProvider: NO_ROWS });
    this.elsewhere = vscode.window.createStatusBarItem('imageInbox.elsewhere', vscode.StatusBarAlignment.Left);
    this.elsewhere.name = vscode.l10n.t('Image Inbox: Run in Another Window');
    this.elsewhere.command = 'imageInbox.tree.focus';
    this.subscriptions = vscode.Disposable.from(
      this.view,
      this.elsewhere,
      this.readSoon,
      runs.onDidChange(() => this.readSoon.now()),
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.begin()),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.begin()),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('imageInbox.directories')) this.begin();
      }),
    );
    // not while VS Code waits for the activation: to read a journal the rest of the code is loaded
    this.first = setImmediate(() => this.begin());
  }

  dispose(): void {
    clearImmediate(this.first);
    this.subscriptions.dispose();
    this.watcher?.dispose();
  }

  private begin(): void {
    this.watcher?.dispose();
    const folders = this.folders();
    if (folders) {
      // lock and journal; our own run's events are ahead of what they say
      const glob = new vscode.RelativePattern(vscode.Uri.file(folders.working), '{lock,journal/*}');
      const watcher = vscode.workspace.createFileSystemWatcher(glob);
      const ask = (): void => {
        if (!this.runs.isRunning) this.readSoon.ask();
      };
      this.watcher = vscode.Disposable.from(
        watcher,
        watcher.onDidCreate(ask),
        watcher.onDidDelete(ask),
        watcher.onDidChange(ask),
      );
    }
    this.readSoon.now();
  }

  /** undefined without an open folder, and while the settings are wrong, which the tree tells */
  private folders(): Folders | undefined {
    try {
      return this.host.workspace && this.host.folders();
    } catch {
      return undefined;
    }
  }

  private async read(): Promise<void> {
    const isOn = (): boolean => this.runs.isRunning;
    if (isOn()) {
      this.show('running', undefined);
      return;
    }
    const folders = this.folders();
    if (!folders) {
      this.show('none', undefined);
      return;
    }
    try {
      const core = await this.host.composeForReading();
      const [status, holder] = await Promise.all([core.status(), core.lockHolder()]);
      // one that began meanwhile is ahead
      if (isOn()) return;
      this.standings.load(status);
      this.changed();
      if (!holder || holder.brief) {
        this.show(lastRun(status), status);
        await this.offerToResume(folders, status);
      } else {
        // our own is the review's, which stays open for more decisions
        this.show(holder.pid === process.pid ? 'running' : 'elsewhere', status);
      }
    } catch (error) {
      // what was shown before may be over
      this.show('none', undefined);
      this.host.log.error(error instanceof Error ? error : String(error));
    }
  }

  private show(state: LastRun, status: RunStatus | undefined): void {
    const { t } = vscode.l10n;
    void vscode.commands.executeCommand('setContext', 'imageInbox.lastRun', state);
    const counts = status && countsText(status.statistics);
    // not as the view's message: that hides the welcome view with its buttons. `undefined` takes the text away, which the
    // declared type does not say with exactOptionalPropertyTypes
    (this.view as { description: string | undefined }).description = state === 'running' ? t('is on') : counts;
    if (state !== 'elsewhere') {
      this.elsewhere.hide();
      return;
    }
    this.elsewhere.text = t('$(sync) Image Inbox: at work in another window');
    this.elsewhere.tooltip = counts ?? t('Another process is at work on this folder.');
    this.elsewhere.show();
  }

  private async offerToResume(folders: Folders, status: RunStatus | undefined): Promise<void> {
    const marker = new RunMarker(folders.working);
    // the marker, too, may have come with the workspace
    if (this.hasOffered || !vscode.workspace.isTrusted || !(await marker.isSet())) return;
    if (!status || !isUnfinished(status)) {
      await marker.remove();
      return;
    }
    this.hasOffered = true;
    const { t } = vscode.l10n;
    const resume = t('Resume');
    const later = t('Not Now');
    const text = t(
      'Image Inbox: the last run was cut off ({0}). Nothing is lost; it can go on where it was.',
      countsText(status.statistics),
    );
    void vscode.window.showInformationMessage(text, resume, later).then(async (chosen) => {
      if (chosen === resume) await vscode.commands.executeCommand('imageInbox.resume');
      if (chosen === later) await marker.remove();
    });
  }
}

function lastRun(status: RunStatus | undefined): LastRun {
  if (!status) return 'none';
  if (isUnfinished(status)) return 'interrupted';
  return status.statistics.failed > 0 ? 'failed' : 'finished';
}
