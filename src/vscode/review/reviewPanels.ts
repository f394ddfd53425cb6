import { basename, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { Composition } from '../../compose.ts';
import { factsOf } from '../../core/learning/categoryFactsOf.ts';
import type { ImageId } from '../../core/model/ids.ts';
import { resultOf, type ImageState } from '../../core/model/imageState.ts';
import type { RunEvent } from '../../core/pipeline/observer.ts';
import type { ReviewState } from '../../core/pipeline/reviewSession.ts';
import { chooseCategory } from '../../core/rules/chooseCategory.ts';
import { awaitsPerson } from '../../core/stages/suggestion.ts';
import type { ToHost, ToPanel } from '../../protocol/review.ts';
import type { ReviewActId } from '../../protocol/reviewActs.ts';
import { forNotification } from '../plainText.ts';
import type { RunController } from '../runController.ts';
import { showError } from '../showError.ts';
import { Throttle } from '../throttle.ts';
import type { VscodeHost } from '../vscodeHost.ts';
import { changeText } from './changeText.ts';
import type { Surroundings } from './imageView.ts';
import { ReviewModel, type Order } from './reviewModel.ts';
import { ReviewStorage } from './reviewStorage.ts';
import { ReviewView, type ReviewDesk } from './reviewView.ts';
import { Suggestions } from './suggestions.ts';

export const VIEW_TYPE = 'imageInbox.review';

const SUGGESTED_AT_ONCE = 100;

/**
 * The review in VS Code: one model, any number of panels that show it. It carries out what panels and commands ask for, keeps
 * the model up to date with a run, and brings the panels back after a reload of the window.
 */
export class ReviewPanels implements vscode.WebviewPanelSerializer, ReviewDesk, vscode.Disposable {
  private readonly host: VscodeHost;
  private readonly runs: RunController;
  private readonly extensionUri: vscode.Uri;
  private readonly storage: ReviewStorage;
  private readonly subscriptions: { dispose(): void }[] = [];
  /** the one that was active last comes last */
  private views: ReviewView[] = [];
  private model: ReviewModel | undefined;
  private composition: Composition | undefined;
  private readonly suggestions: Suggestions;
  private loading: Promise<void> | undefined;
  /** came while the journal was being read */
  private meanwhile: RunEvent[] = [];
  /** of the last undo: it gets the focus when it waits again */
  private firstTakenBack: ImageId | undefined;
  /** decisions that could not be taken back, which is still to be told: one message for all of a stroke */
  private stays: { readonly id: ImageId; readonly why: string }[] = [];
  private readonly staysSoon = new Throttle(0, () => this.tellStays());
  /** another process holds the lock, which was told */
  private isHeld = false;

  constructor(host: VscodeHost, runs: RunController, extensionUri: vscode.Uri) {
    this.host = host;
    this.runs = runs;
    this.extensionUri = extensionUri;
    this.storage = new ReviewStorage(host.storage, host.log);
    this.suggestions = new Suggestions(host.log, () => this.suggestAnew());
    this.subscriptions.push(
      this.storage,
      this.suggestions,
      this.staysSoon,
      vscode.window.registerWebviewPanelSerializer(VIEW_TYPE, this),
      runs.onEvent((event) => this.follow(event)),
      runs.onReviewState((state) => this.tellReviewState(state)),
    );
  }

  /**
   * Shows the panel.
   * @param path absolute path of the image to begin with
   * @throws NoWorkspace, SettingsError
   */
  async show(path?: string): Promise<void> {
    const view = this.front;
    if (!view) return this.showAnother(vscode.ViewColumn.Active, path);
    view.beginAt = path;
    view.panel.reveal();
    await this.load();
    this.sendRowsTo(this.views);
  }

  /** Shows one more panel of the same review. @throws NoWorkspace, SettingsError */
  async showAnother(column = vscode.ViewColumn.Beside, path?: string): Promise<void> {
    const options = this.options();
    // while VS Code makes the page, the journal is read
    const loaded = this.model ? undefined : this.load();
    this.attach(vscode.window.createWebviewPanel(VIEW_TYPE, vscode.l10n.t('Review Tags'), column, options), path);
    await loaded;
  }

  /** VS Code brings back a panel of the window before. */
  deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    if (this.host.workspace) {
      panel.webview.options = this.options();
      this.attach(panel);
    } else {
      panel.dispose();
    }
    return Promise.resolve();
  }

  /** A command of VS Code: the panel in front carries it out on what is selected there. */
  async act(act: ReviewActId): Promise<void> {
    if (act === 'undo' || act === 'redo') await this.turn(act);
    else {
      const view = this.front;
      // where nobody has seen an image yet, none is decided on
      if (view?.isReady) view.send({ kind: 'act', act });
    }
  }

  /** What is still to be kept is on the disk when it resolves. */
  flush(): Promise<void> {
    return this.storage.flush();
  }

  dispose(): void {
    for (const view of this.views) view.dispose();
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  async thumbnail(id: ImageId, large: boolean): Promise<string | undefined> {
    const state = this.model?.state(id);
    if (!state || !this.composition) return undefined;
    const path = resultOf(state, 'categorize')?.destination ?? state.image.path;
    return this.composition.thumbnail({ ...state.image, path }, large);
  }

  async carryOut(message: Exclude<ToHost, { kind: 'thumbnails-wanted' }>, view: ReviewView): Promise<void> {
    if (message.kind === 'ready') {
      view.isReady = true;
      if (!this.model) await this.load();
      await this.loading;
      this.sendRowsTo([view]);
      this.tellHistory([view]);
      return;
    }
    if (message.kind === 'keys') {
      view.hasKeys = message.taken;
      this.setKeys();
      return;
    }
    const { model } = this;
    if (!model) return;
    switch (message.kind) {
      case 'details-wanted': {
        const details = message.ids.flatMap((id) => model.details(id) ?? []);
        view.send({ kind: 'details', details });
        return;
      }
      case 'decide': {
        const { decision, ids } = message;
        if (decision === 'skipped') {
          this.tellChange(model.skip(ids)?.marks.map(({ id }) => id));
          return;
        }
        const order = model.decide(ids, decision);
        return order && this.carryOutOrder(order);
      }
      case 'edit': {
        this.tellChange(model.edit(message.ids, message.edit)?.marks.map(({ id }) => id));
        return;
      }
      case 'undo':
      case 'redo':
        return this.turn(message.kind);
      case 'complete': {
        const items = [...model.complete(message.what, message.text)];
        view.send({ kind: 'completions', request: message.request, items });
        return;
      }
      case 'find': {
        view.send({ kind: 'found', text: message.text, ids: [...model.find(message.text)] });
        return;
      }
      case 'open':
        return this.open(message.id);
      case 'open-match': {
        const state = model.state(message.id);
        const url = state && resultOf(state, 'search')?.match?.url;
        if (url?.startsWith('https://')) await vscode.env.openExternal(vscode.Uri.parse(url));
        return;
      }
      case 'change-keys':
        await vscode.commands.executeCommand(
          'workbench.action.openGlobalKeybindings',
          vscode.l10n.t('Image Inbox: Review'),
        );
    }
  }

  private options(): vscode.WebviewOptions & vscode.WebviewPanelOptions {
    const { working } = this.host.folders();
    return {
      enableScripts: true,
      localResourceRoots: [
        vscode.Uri.file(join(working, 'thumbnails')),
        vscode.Uri.joinPath(this.extensionUri, 'media', 'review'),
      ],
    };
  }

  private attach(panel: vscode.WebviewPanel, path?: string): void {
    const view = new ReviewView(panel, this, {
      extensionUri: this.extensionUri,
      log: this.host.log,
      onError: (error) => showError(error, this.host.log),
    });
    view.beginAt = path;
    this.views.push(view);
    const { model } = this;
    if (model) view.sendAhead(model);
    panel.onDidChangeViewState(() => {
      // hidden, its page is thrown away; shown again, the new one says that it is ready
      if (!panel.visible) view.hide();
      if (panel.active) this.views = [...this.views.filter((other) => other !== view), view];
      this.setKeys();
    });
    panel.onDidDispose(() => {
      view.hide();
      this.views = this.views.filter((other) => other !== view);
      this.setKeys();
      if (this.views.length === 0) this.forget();
    });
  }

  /** The last panel is closed: nothing is held for it. What was done stays, in the storage. */
  private forget(): void {
    void this.storage.flush();
    void this.runs.closeReview();
    this.model = undefined;
    this.composition = undefined;
    this.suggestions.close();
  }

  /** What was learned is another: by a move in VS Code, a switch in the view of it, or an import or reset. */
  learned(): void {
    if (this.composition) this.suggestions.open(this.composition);
  }

  /** Reads the journal; calls while it is being read wait for that. @throws NoWorkspace, SettingsError, FatalError */
  private load(): Promise<void> {
    this.loading ??= this.readAll().finally(() => {
      this.loading = undefined;
      for (const event of this.meanwhile.splice(0)) this.follow(event);
    });
    return this.loading;
  }

  private async readAll(): Promise<void> {
    this.meanwhile = [];
    const composition = await this.host.composeForReading();
    const surroundings = this.surroundings();
    let { model } = this;
    if (!model) {
      model = new ReviewModel(surroundings);
      const memory = await this.storage.read();
      if (memory) model.remember(memory);
    }
    model.load(await composition.waiting(), surroundings);
    this.composition = composition;
    this.model = model;
    this.suggestions.open(composition);
    for (const view of this.views) view.sendAhead(model);
    // they take as long as the sorted folder is large, and are not needed before somebody types one
    composition.categories().then(
      (categories) => model.takeCategories(categories),
      (error: unknown) => this.host.log.warn(`The categories can’t be read: ${String(error)}`),
    );
    // closed meanwhile
    if (this.views.length === 0) this.forget();
  }

  private surroundings(): Surroundings {
    const settings = this.host.settings();
    const maxGeneralTags = settings['search.maxGeneralTags'];
    return {
      workspace: this.host.workspace?.uri.fsPath ?? '',
      maxGeneralTags,
      suggest: (state) =>
        this.suggestions.of(state) ?? chooseCategory(settings.categories, factsOf(state, maxGeneralTags)),
    };
  }

  /** Those that go elsewhere by what was learned meanwhile; a few at a time, since others want to be served too. */
  private async suggestAnew(): Promise<void> {
    const { model } = this;
    if (!model) return;
    const ids = model.ids;
    for (let at = 0; at < ids.length && model === this.model; at += SUGGESTED_AT_ONCE) {
      const changed = model.suggestAnew(ids.slice(at, at + SUGGESTED_AT_ONCE));
      if (changed.length > 0) this.sendAll({ kind: 'changed', rows: [...changed] });
      await setImmediate();
    }
    // also of those that go where they went: by more of what the person did
    this.sendAll({ kind: 'details-outdated' });
  }

  private sendRowsTo(views: readonly ReviewView[]): void {
    const { model } = this;
    if (model) for (const view of views) if (view.isReady) void view.sendRows(model);
  }

  private async open(id: ImageId): Promise<void> {
    const state = this.model?.state(id);
    if (!state) return;
    const path = resultOf(state, 'categorize')?.destination ?? state.image.path;
    await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(path), vscode.ViewColumn.Beside);
  }

  private async turn(way: 'undo' | 'redo'): Promise<void> {
    const order = this.model?.[way]();
    if (order) await this.carryOutOrder(order);
  }

  private async carryOutOrder({ change, decisions, takenBack }: Order): Promise<void> {
    const ids = change.marks.map(({ id }) => id);
    this.tellChange(ids);
    this.firstTakenBack = takenBack[0];
    try {
      if (takenBack.length > 0) await this.runs.takeBack(takenBack);
      if (decisions.size > 0) await this.runs.decide(decisions);
    } catch (error) {
      // nothing is kept of it: what was to be decided still waits
      for (const id of decisions.keys()) this.model?.reopen(id);
      this.model?.strike(decisions.keys(), 'done');
      this.model?.strike(takenBack, 'undone');
      this.tellChange(ids);
      throw error;
    }
  }

  /** Keeps the review up to date with a run. */
  private follow(event: RunEvent): void {
    const { model } = this;
    if (this.loading) this.meanwhile.push(event);
    if (!model || this.loading) return;
    if (event.kind === 'stage-ended' && event.stage === 'review') {
      const { id } = event.state.image;
      // by the settings, or by another process
      if (event.state.stages.review?.outcome.kind === 'done' && !model.isDecided(id)) this.leave(id);
    }
    if (event.kind === 'image-settled') {
      this.suggestions.sorted(event.state, 'done');
      this.settled(model, event.state);
    }
    if (event.kind === 'decision-withdrawn') {
      const sorted = model.state(event.state.image.id);
      if (sorted) this.suggestions.sorted(sorted, 'undone');
      this.waitsAgain(model, event.state, event.notes);
    }
    if (event.kind === 'decision-stays') {
      this.stays.push({ id: event.image, why: event.why });
      this.staysSoon.ask();
    }
  }

  private waitsAgain(model: ReviewModel, state: ImageState, notes: readonly string[]): void {
    const { id, path } = state.image;
    if (!model.add(state)) return;
    model.reopen(id);
    this.tellChange([id]);
    if (id === this.firstTakenBack) this.front?.send({ kind: 'select', id });
    if (notes.length === 0) return;
    const name = forNotification(basename(path));
    const text = vscode.l10n.t('“{0}” waits again, but: {1}', name, notes.map(forNotification).join('; '));
    void vscode.window.showWarningMessage(text);
  }

  private tellStays(): void {
    const stays = this.stays.splice(0);
    const { model } = this;
    const [first] = stays;
    if (!model || !first) return;
    const ids = stays.map(({ id }) => id);
    model.strike(ids, 'undone');
    this.tellChange(ids);
    const { t } = vscode.l10n;
    const path = model.state(first.id)?.image.path;
    const why = forNotification(first.why);
    const text =
      stays.length > 1
        ? t('The decisions on {0} images can’t be undone. The reason of the first: {1}.', stays.length, why)
        : path === undefined
          ? t('The decision can’t be undone: {0}.', why)
          : t('The decision on “{0}” can’t be undone: {1}.', forNotification(basename(path)), why);
    void vscode.window.showWarningMessage(text);
  }

  private tellReviewState(state: ReviewState): void {
    if (state.kind === 'failed') showError(state.error, this.host.log);
    if (state.kind === 'held' && !this.isHeld) {
      void vscode.window.showInformationMessage(
        vscode.l10n.t('Another process is at work here. Your decisions are kept, and carried out by it or after it.'),
      );
    }
    // each further try begins as if it were at work
    if (state.kind !== 'at-work') this.isHeld = state.kind === 'held';
  }

  private settled(model: ReviewModel, state: ImageState): void {
    const { id } = state.image;
    if (awaitsPerson(state)) {
      // a decision that is on its way is not taken back by a run that comes upon the image before it
      if (model.isDecided(id) && !state.decision) return;
      if (!model.add(state)) return;
      model.reopen(id);
      this.tellChange([id]);
    } else if (model.isDecided(id)) {
      model.add(state);
      this.tellChange([id]);
    } else {
      this.leave(id);
    }
  }

  private leave(id: ImageId): void {
    if (this.model?.remove(id)) this.sendAll({ kind: 'removed', ids: [id] });
  }

  private tellChange(ids: readonly ImageId[] | undefined): void {
    const { model } = this;
    if (!model || !ids || ids.length === 0) return;
    this.sendAll({ kind: 'changed', rows: ids.flatMap((id) => model.row(id) ?? []) });
    this.tellHistory(this.views);
    this.storage.save(() => model.memory);
  }

  private tellHistory(views: readonly ReviewView[]): void {
    const { toUndo, toRedo } = this.model ?? {};
    for (const view of views) {
      view.send({
        kind: 'history',
        ...(toUndo && { undo: changeText(toUndo) }),
        ...(toRedo && { redo: changeText(toRedo) }),
      });
    }
  }

  private sendAll(message: ToPanel): void {
    for (const view of this.views) view.send(message);
  }

  /**
   * The panel with the focus, or the one that was active last. The focus counts more: VS Code may call a new panel active and give
   * the focus back to the one before.
   */
  private get front(): ReviewView | undefined {
    return this.views.find(({ hasKeys }) => hasKeys) ?? this.views.at(-1);
  }

  /** Single letters are keys of the review only while the page of a panel has the focus: in another view they are typed. */
  private setKeys(): void {
    const taken = this.views.some(({ hasKeys }) => hasKeys);
    void vscode.commands.executeCommand('setContext', 'imageInbox.reviewKeys', taken);
  }
}
