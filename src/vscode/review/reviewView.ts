import { readFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import type { ImageId } from '../../core/model/ids.ts';
import { readToHost, type ToHost, type ToPanel } from '../../protocol/review.ts';
import { reviewHtml } from './reviewHtml.ts';
import type { ReviewModel } from './reviewModel.ts';
import { ThumbnailQueue } from './thumbnailQueue.ts';

/** Rows of the first message: more than a screen shows, few enough to be there at once. */
const FIRST_ROWS = 300;
/** What was learned is asked about each of them, which takes a moment. */
const MORE_ROWS = 250;
/** Made before the page asks for them: about as many as its first screen shows. */
const FIRST_THUMBNAILS = 16;
/** Thumbnails made at once: decoding is bound by the processor, and a run may need it too. */
const THUMBNAILS_AT_ONCE = 2;

/** What a panel needs of those who own the state. */
export interface ReviewDesk {
  /** Absolute path of the thumbnail, made when it is not there yet; undefined when the image is not in the review. */
  thumbnail(id: ImageId, large: boolean): Promise<string | undefined>;
  carryOut(message: Exclude<ToHost, { kind: 'thumbnails-wanted' }>, view: ReviewView): Promise<void>;
}

/** What it shows. The images, and the row of each; undefined for one that is gone by now. */
type ShownModel = Pick<ReviewModel, 'ids' | 'row' | 'idOf'>;

/** One panel. It holds nothing that the model does not: what it shows is sent anew whenever its page is made anew. */
export class ReviewView implements vscode.Disposable {
  readonly panel: vscode.WebviewPanel;
  private readonly queue: ThumbnailQueue;
  private readonly desk: ReviewDesk;
  private readonly log: vscode.LogOutputChannel;
  /** the page's script is there and listens */
  isReady = false;
  hasKeys = false;
  /** absolute path of the image to begin with, until the page knows it */
  beginAt: string | undefined;
  /** the first rows were sent before it was ready, and all that came after them: VS Code keeps them for it */
  private isAhead = false;
  /** for thumbnails: what it asked for takes the place of what was foreseen, and not the other way round */
  private hasAsked = false;
  private sending = 0;

  constructor(
    panel: vscode.WebviewPanel,
    desk: ReviewDesk,
    {
      extensionUri,
      log,
      onError,
    }: { extensionUri: vscode.Uri; log: vscode.LogOutputChannel; onError: (e: unknown) => void },
  ) {
    this.panel = panel;
    this.desk = desk;
    this.log = log;
    this.queue = new ThumbnailQueue(THUMBNAILS_AT_ONCE, (id, large) => this.sendThumbnail(id, large));
    panel.iconPath = new vscode.ThemeIcon('eye');
    panel.webview.onDidReceiveMessage((message: unknown) => {
      const read = readToHost(message);
      if (!read) return;
      if (read.kind === 'thumbnails-wanted') {
        this.hasAsked = true;
        this.queue.want(read.ids, read.large);
      } else void desk.carryOut(read, this).catch(onError);
    });
    const page = vscode.Uri.joinPath(extensionUri, 'media', 'review');
    panel.webview.html = reviewHtml(panel.webview, page, vscode.l10n.bundle ?? {});
  }

  /** The page is gone until it is made anew. */
  hide(): void {
    this.isReady = false;
    this.isAhead = false;
    this.hasKeys = false;
    this.hasAsked = false;
    this.queue.clear();
  }

  dispose(): void {
    this.hide();
    this.panel.dispose();
  }

  /** Sends the first rows and makes their thumbnails while VS Code loads the page. Nothing when that is ready: `sendRows`. */
  sendAhead(model: ShownModel): void {
    const { ids } = model;
    this.isAhead = !this.isReady && this.panel.visible && ids.length > 0;
    if (this.isAhead) void this.sendPart(model, ids, 0);
  }

  /**
   * All rows to a page that is ready, the first of them at once. Each part waits until the one before has got to the page: the
   * thumbnails of the first would else come behind all of them.
   */
  async sendRows(model: ShownModel): Promise<void> {
    const sending = ++this.sending;
    // as they are now: those that are gone later leave no gap behind them
    const { ids } = model;
    let at = this.isAhead ? FIRST_ROWS : 0;
    this.isAhead = false;
    do {
      at = await this.sendPart(model, ids, at);
      this.beginAt = undefined;
      // they are being sent anew, or will be when the page is made anew
      if (sending !== this.sending || !this.isReady) return;
    } while (at < ids.length);
  }

  /** @returns where the next part begins */
  private async sendPart(model: ShownModel, ids: readonly ImageId[], at: number): Promise<number> {
    const end = at === 0 ? FIRST_ROWS : at + MORE_ROWS;
    const select = this.beginAt === undefined ? undefined : model.idOf(this.beginAt);
    const delivered = this.delivered({
      kind: 'rows',
      rows: ids.slice(at, end).flatMap((id) => model.row(id) ?? []),
      total: ids.length,
      first: at === 0,
      // of those that were sent ahead the page hears later that they are all
      last: end >= ids.length && !this.isAhead,
      ...(select && { select }),
    });
    if (at === 0 && !this.hasAsked) this.queue.want(ids.slice(0, FIRST_THUMBNAILS), []);
    await delivered;
    return end;
  }

  send(message: ToPanel): void {
    // the rows behind it are at other places now
    if (message.kind === 'removed') this.isAhead = false;
    void this.delivered(message);
  }

  /** Resolves when the page has got it, or is gone. One that is hidden meanwhile, or never comes, may leave it open for ever. */
  private async delivered(message: ToPanel): Promise<void> {
    if (!this.isReady && !this.isAhead) return;
    try {
      await this.panel.webview.postMessage(message);
    } catch {
      // closed meanwhile
    }
  }

  private async sendThumbnail(id: ImageId, large: boolean): Promise<void> {
    let [uri, file]: [string?, Uint8Array<ArrayBuffer>?] = [];
    try {
      const path = await this.desk.thumbnail(id, large);
      // not a Buffer, which VS Code would send as JSON
      if (path !== undefined && large) file = new Uint8Array(await readFile(path));
      else if (path !== undefined) uri = this.panel.webview.asWebviewUri(vscode.Uri.file(path)).toString();
    } catch (error) {
      this.log.warn(`No thumbnail: ${error instanceof Error ? error.message : String(error)}`);
    }
    if (large) this.send({ kind: 'large-picture', id, ...(file && { file }) });
    else this.send({ kind: 'thumbnail', id, ...(uri !== undefined && { uri }) });
  }
}
