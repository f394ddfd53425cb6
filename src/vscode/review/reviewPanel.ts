import { join } from 'node:path';
import pLimit from 'p-limit';
import * as vscode from 'vscode';
import type { Composition } from '../../compose.ts';
import type { ImageId } from '../../core/model/ids.ts';
import type { ImageState } from '../../core/model/imageState.ts';
import type { Decision, Suggestion } from '../../core/model/review.ts';
import { NO_TAGS } from '../../core/model/tag.ts';
import type { RunEvent } from '../../core/pipeline/observer.ts';
import { awaitsPerson, suggestionOf } from '../../core/stages/suggestion.ts';
import { readToHost, type ReviewImage, type ToHost, type ToPanel } from '../../protocol/review.ts';
import type { RunController } from '../runController.ts';
import { showError } from '../showError.ts';
import type { VscodeHost } from '../vscodeHost.ts';
import { reviewHtml } from './reviewHtml.ts';
import { reviewImage } from './reviewImage.ts';

const VIEW_TYPE = 'imageInbox.review';
/** Thumbnails made at once: decoding is bound by the processor, and a run may need it too. */
const THUMBNAILS_AT_ONCE = 2;

interface Waiting {
  readonly state: ImageState;
  readonly suggestion: Suggestion;
}

/** Owns what the review panel shows. One panel at most; it comes back after a reload of the window. */
export class ReviewPanel implements vscode.WebviewPanelSerializer, vscode.Disposable {
  private readonly host: VscodeHost;
  private readonly runs: RunController;
  private readonly extensionUri: vscode.Uri;
  private readonly waiting = new Map<ImageId, Waiting>();
  private readonly thumbnails = pLimit(THUMBNAILS_AT_ONCE);
  private readonly subscriptions: vscode.Disposable[] = [];
  private panel: vscode.WebviewPanel | undefined;
  private composition: Composition | undefined;
  /** path of the image to begin with */
  private select: string | undefined;

  constructor(host: VscodeHost, runs: RunController, extensionUri: vscode.Uri) {
    this.host = host;
    this.runs = runs;
    this.extensionUri = extensionUri;
    this.subscriptions.push(
      vscode.window.registerWebviewPanelSerializer(VIEW_TYPE, this),
      runs.onEvent((event) => this.follow(event)),
      runs.onReviewState((state) => state.kind === 'failed' && showError(state.error, host.log)),
    );
  }

  /**
   * Shows the panel.
   * @param path absolute path of the image to begin with
   * @throws NoWorkspace, SettingsError
   */
  async show(path?: string): Promise<void> {
    this.select = path;
    if (this.panel) {
      this.panel.reveal();
      await this.reload();
      return;
    }
    const panel = vscode.window.createWebviewPanel(
      VIEW_TYPE,
      vscode.l10n.t('Review Tags'),
      vscode.ViewColumn.Active,
      this.options(),
    );
    this.attach(panel);
  }

  /** VS Code brings back the panel of the window before. */
  deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    panel.webview.options = this.options();
    this.attach(panel);
    return Promise.resolve();
  }

  dispose(): void {
    this.panel?.dispose();
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  private options(): vscode.WebviewOptions {
    const { working } = this.host.folders();
    return {
      enableScripts: true,
      localResourceRoots: [
        vscode.Uri.file(join(working, 'thumbnails')),
        vscode.Uri.joinPath(this.extensionUri, 'media'),
        this.dist(),
      ],
    };
  }

  private dist(): vscode.Uri {
    return vscode.Uri.joinPath(this.extensionUri, 'dist', 'webview');
  }

  private attach(panel: vscode.WebviewPanel): void {
    this.panel = panel;
    panel.iconPath = new vscode.ThemeIcon('eye');
    panel.webview.onDidReceiveMessage((message: unknown) => {
      const read = readToHost(message);
      if (read) void this.carryOut(read).catch((error: unknown) => showError(error, this.host.log));
    });
    panel.onDidDispose(() => {
      this.panel = undefined;
      this.waiting.clear();
      void this.runs.closeReview();
    });
    panel.webview.html = reviewHtml(panel.webview, this.dist());
  }

  private async carryOut(message: ToHost): Promise<void> {
    switch (message.kind) {
      case 'ready':
        return this.reload();
      case 'thumbnail-wanted':
        return this.sendThumbnail(message.id);
      case 'decide':
        return this.decide(message.ids, message.decision);
      case 'open': {
        const image = this.waiting.get(message.id)?.state.image;
        if (image) await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(image.path));
      }
    }
  }

  private async reload(): Promise<void> {
    this.composition = await this.host.composeForReading();
    const maxGeneralTags = this.host.settings()['search.maxGeneralTags'];
    this.waiting.clear();
    for (const state of await this.composition.waiting()) {
      const suggestion = suggestionOf(state, maxGeneralTags);
      if (suggestion) this.waiting.set(state.image.id, { state, suggestion });
    }
    const images = [...this.waiting.values()].map((w) => this.view(w));
    const select = [...this.waiting.values()].find(({ state }) => state.image.path === this.select)?.state.image.id;
    this.send({ kind: 'images', images, ...(select && { select }) });
  }

  private async decide(ids: readonly ImageId[], kind: 'approved' | 'rejected'): Promise<void> {
    const decisions = new Map<ImageId, Decision>();
    for (const id of ids) {
      const tags = kind === 'approved' ? this.waiting.get(id)?.suggestion.tags : NO_TAGS;
      if (tags) decisions.set(id, { decision: kind, tags });
    }
    this.remove([...decisions.keys()]);
    try {
      await this.runs.decide(decisions);
    } catch (error) {
      // the run did not begin or did not end: what was not taken up still waits
      await this.reload();
      throw error;
    }
  }

  private async sendThumbnail(id: ImageId): Promise<void> {
    const image = this.waiting.get(id)?.state.image;
    const { composition, panel } = this;
    if (!image || !composition || !panel) return;
    try {
      const path = await this.thumbnails(() => composition.thumbnail(image));
      this.send({ kind: 'thumbnail', id, uri: panel.webview.asWebviewUri(vscode.Uri.file(path)).toString() });
    } catch (error) {
      this.host.log.warn(`No thumbnail: ${error instanceof Error ? error.message : String(error)}`);
      this.send({ kind: 'no-thumbnail', id });
    }
  }

  /** Keeps the panel up to date with a run. */
  private follow(event: RunEvent): void {
    if (!this.panel) return;
    if (
      event.kind === 'stage-ended' &&
      event.stage === 'review' &&
      event.state.stages.review?.outcome.kind === 'done'
    ) {
      this.remove([event.state.image.id]);
    }
    if (event.kind !== 'image-settled' || !awaitsPerson(event.state)) return;
    const { state } = event;
    const suggestion = suggestionOf(state, this.host.settings()['search.maxGeneralTags']);
    if (!suggestion || this.waiting.has(state.image.id)) return;
    const waiting = { state, suggestion };
    this.waiting.set(state.image.id, waiting);
    this.send({ kind: 'added', image: this.view(waiting) });
  }

  private remove(ids: readonly ImageId[]): void {
    const known = ids.filter((id) => this.waiting.delete(id));
    if (known.length > 0) this.send({ kind: 'removed', ids: known });
  }

  private view({ state, suggestion }: Waiting): ReviewImage {
    return reviewImage(state, suggestion, this.host.workspace?.uri.fsPath ?? '');
  }

  private send(message: ToPanel): void {
    void this.panel?.webview.postMessage(message);
  }
}
