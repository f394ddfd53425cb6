import { basename } from 'node:path';
import { emitKeypressEvents } from 'node:readline';
import { PassThrough } from 'node:stream';
import type { ReadStream, WriteStream } from 'node:tty';
import type { ImageId } from '../../core/model/ids.ts';
import type { ImageState } from '../../core/model/imageState.ts';
import type { Decision } from '../../core/model/review.ts';
import type { TagCategory } from '../../core/model/tag.ts';
import type { RunEvent } from '../../core/pipeline/observer.ts';
import type { ReviewState } from '../../core/pipeline/reviewSession.ts';
import type { PictureSize, ScreenPicture } from '../../core/ports/screenPicture.ts';
import { colorsFor } from '../colors.ts';
import { clearPictures, draw, pictureFor, type Graphics } from '../graphics/graphics.ts';
import { withoutAnswers } from '../graphics/withoutAnswers.ts';
import { toggled, type Desk, type Item } from './desk.ts';
import { leaveRawMode } from './leaveRawMode.ts';
import { Prompt, type Key } from './prompt.ts';
import { frameOf, layoutOf, LEAST } from './view.ts';

export interface ReviewScreenParts {
  readonly input: ReadStream;
  readonly output: WriteStream;
  readonly graphics: Graphics;
  readonly desk: Desk;
  readonly session: {
    decide(decisions: ReadonlyMap<ImageId, Decision>): Promise<void>;
    takeBack(images: readonly ImageId[]): Promise<void>;
  };
  readonly suggestCategory: (state: ImageState) => string;
  readonly picture: (state: ImageState, size: PictureSize) => Promise<ScreenPicture>;
  /** images that have come to wait since */
  readonly more: () => Promise<void>;
  /** what can be completed */
  readonly categories: readonly string[];
  readonly tags: ReadonlyMap<string, TagCategory>;
  /** 0 to 1, where approving above a threshold begins */
  readonly threshold: number;
}

/** `quit`: by its key; `end`: the input has ended; `interrupted`: Ctrl-C or a signal. */
export type ReviewEnd = 'quit' | 'end' | 'interrupted';

/** A question that is open, and what its answer does. */
interface Asked {
  readonly prompt: Prompt;
  readonly take: (text: string) => void | Promise<void>;
  /** stays open until an empty line is entered */
  readonly repeats: boolean;
}

/** One image a screen, on the terminal's alternate screen; what was there before comes back at the end. */
export class ReviewScreen {
  private readonly parts: ReviewScreenParts;
  private asked: Asked | undefined;
  private message = '';
  private scroll = 0;
  private maxScroll = 0;
  private readonly categories = new Map<ImageId, string>();
  /** what stands on the screen as a picture */
  private drawn: string | undefined;
  private finish: ((end: ReviewEnd) => void) | undefined;
  private keys: Promise<void> = Promise.resolve();
  /** one after the other: no key waits for them */
  private pictures: Promise<void> = Promise.resolve();
  private failure: Error | undefined;

  constructor(parts: ReviewScreenParts) {
    this.parts = parts;
  }

  /** @throws what a decision could not be kept for */
  async run(signal: AbortSignal): Promise<ReviewEnd> {
    const { input, output } = this.parts;
    const ended = new Promise<ReviewEnd>((resolve) => (this.finish = resolve));
    const onKey = (text: string | undefined, key: Omit<Key, 'text'>): void => {
      // whatever the keys before it wait for
      if (key.ctrl && key.name === 'c') this.finish?.('interrupted');
      this.keys = this.keys
        .then(() => this.press({ ...key, text }))
        .catch((error: unknown) => {
          this.failure = error instanceof Error ? error : new Error(String(error), { cause: error });
          this.finish?.('interrupted');
        });
    };
    const onResize = (): void => this.redraw();
    const onEnd = (): void => this.finish?.('end');
    const onAbort = (): void => this.finish?.('interrupted');
    const leave = (): void => void output.write(`${clearPictures(this.parts.graphics)}\u001b[?25h\u001b[?1049l`);
    const keys = new PassThrough();
    const without = withoutAnswers();
    const onData = (data: Buffer): void => void keys.write(without(data.toString('latin1')), 'latin1');
    emitKeypressEvents(keys);
    keys.on('keypress', onKey);
    input.setRawMode(true);
    input.on('data', onData).on('end', onEnd).on('close', onEnd);
    output.on('resize', onResize);
    process.once('exit', leave);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    input.resume();
    output.write('\u001b[?1049h\u001b[?25l');
    let end: ReviewEnd;
    try {
      this.redraw();
      end = await ended;
    } finally {
      this.finish = undefined;
      signal.removeEventListener('abort', onAbort);
      process.off('exit', leave);
      output.off('resize', onResize);
      input.off('data', onData).off('end', onEnd).off('close', onEnd);
      leaveRawMode(input);
      input.pause();
      leave();
    }
    // the last decision is still being kept; from now on Ctrl-C is a signal
    await this.keys;
    if (this.failure !== undefined) throw this.failure;
    return end;
  }

  /** What the run tells that is of interest here. */
  on(event: RunEvent): void {
    if (event.kind === 'decision-stays') {
      const name = basename(this.parts.desk.nameOf(event.image) ?? 'the image');
      // what is being typed is not for the image that comes now
      if (this.parts.desk.current?.state.image.id === event.image) this.asked = undefined;
      this.parts.desk.stays(event.image);
      this.say(`${name} stays decided: ${event.why}`);
    } else if (event.kind === 'image-settled' && event.state.fate === 'failed') {
      this.say(`${basename(event.state.image.path)} failed; the summary tells why`);
    } else if (event.kind === 'warning') this.say(event.text);
  }

  /** Something was learned: what was suggested before may be another category by now. */
  suggestAnew(): void {
    this.categories.clear();
    this.redraw();
  }

  onState(state: ReviewState): void {
    if (state.kind === 'held') this.say(`Your decisions are kept. ${state.by.message}`);
    if (state.kind === 'failed') {
      this.say(`Your decisions are kept. ${state.error instanceof Error ? state.error.message : String(state.error)}`);
    }
  }

  private say(text: string): void {
    this.message = text;
    this.redraw();
  }

  private async press(key: Key): Promise<void> {
    if (!this.finish) return;
    if (this.asked) await this.answer(this.asked, key);
    else if (key.ctrl && key.name === 'd') this.finish('end');
    else {
      this.message = '';
      await this.act(key);
    }
    this.redraw();
  }

  private async answer(asked: Asked, key: Key): Promise<void> {
    const { prompt } = asked;
    const end = prompt.press(key);
    if (!end) return;
    const text = prompt.text.trim();
    if (end === 'enter' && text !== '') await asked.take(text);
    const isOver = end === 'cancel' || text === '' || !asked.repeats;
    if (isOver && this.asked === asked) this.asked = undefined;
    prompt.text = '';
  }

  private async act({ name, text }: Key): Promise<void> {
    const { desk } = this.parts;
    const item = desk.current;
    if (text === 'q' || text === '9') return this.finish?.('quit');
    if (text === 'u' || text === '8') return this.undo();
    if (!item) {
      // somebody else's run may have parked more
      if (text !== undefined) await this.parts.more();
      return;
    }
    if (name === 'up' || name === 'pageup')
      this.scroll = Math.max(0, Math.min(this.scroll, this.maxScroll) - (name === 'up' ? 1 : 10)); // prettier-ignore
    else if (name === 'down' || name === 'pagedown')
      this.scroll = Math.min(this.maxScroll, this.scroll + (name === 'down' ? 1 : 10)); // prettier-ignore
    else if (name === 'left' || text === 'p') this.move(-1);
    else if (name === 'right' || text === 's' || text === 'n' || text === '4') this.move(1);
    else if (name === 'return' || text === 'a' || text === '1') await this.decide([item], 'approved');
    else if (text === 'r' || text === '3') await this.decide([item], 'rejected');
    else if (text === 'e' || text === '2') this.askForTags();
    else if (text === 'c' || text === '5') this.askForCategory(item);
    else if (text === 'A' || text === '6') this.confirm(desk.open());
    else if (text === 't' || text === '7') this.askForThreshold();
  }

  private move(by: 1 | -1): void {
    this.parts.desk.move(by);
    this.scroll = 0;
  }

  private async decide(items: readonly Item[], kind: 'approved' | 'rejected'): Promise<void> {
    const { desk, session } = this.parts;
    await session.decide(desk.decide(items, kind));
    this.scroll = 0;
    const [only] = items;
    const what = items.length === 1 && only ? basename(only.state.image.path) : `${items.length} images`;
    this.message = `${kind === 'approved' && items.some(({ tags }) => tags) ? 'edited and approved' : kind}: ${what}`;
    if (!desk.current) await this.parts.more();
  }

  private async undo(): Promise<void> {
    const ids = this.parts.desk.undo();
    if (ids.length > 0) await this.parts.session.takeBack(ids);
    this.scroll = 0;
    this.message =
      ids.length === 0 ? 'Nothing to undo.' : ids.length === 1 ? 'Taken back.' : `Taken back: ${ids.length} images.`;
  }

  private askForTags(): void {
    const { desk, tags } = this.parts;
    const take = (text: string): void => {
      const now = desk.current;
      if (!now) return;
      desk.change({ tags: toggled(now, text, (name) => tags.get(name)) });
      this.categories.delete(now.state.image.id);
    };
    this.ask('Tag to add or to take away (character:name for its kind):', [...tags.keys()], take, true);
  }

  private askForCategory(item: Item): void {
    const suggested = this.categories.get(item.state.image.id);
    const known = [...new Set([...(suggested === undefined ? [] : [suggested]), ...this.parts.categories])];
    this.ask('Category:', known, (category) => this.parts.desk.change({ category }));
  }

  private askForThreshold(): void {
    const percent = String(Math.round(this.parts.threshold * 100));
    const take = (text: string): void => {
      const least = Number(text.replace('%', ''));
      if (!(least >= 0 && least <= 100)) this.message = `"${text}" is no number from 0 to 100.`;
      else this.confirm(this.parts.desk.open(least / 100), ` that are ${least} % sure or more`);
    };
    this.ask('Approve all that are sure to so many percent:', [percent], take, false, percent);
  }

  private confirm(items: readonly Item[], which = ' that are left'): void {
    if (items.length === 0) {
      this.message = `There are none${which}.`;
      return;
    }
    const count = items.length === 1 ? 'the one image' : `all ${items.length} images`;
    this.ask(`Approve ${count}${which}? [y/N]`, [], async (text) => {
      if (/^y(es)?$/i.test(text)) await this.decide(items, 'approved');
    });
  }

  private ask(label: string, candidates: readonly string[], take: Asked['take'], repeats = false, text = ''): void {
    this.asked = { prompt: new Prompt(label, candidates, text), take, repeats };
  }

  private redraw(): void {
    if (!this.finish) return;
    const { output, desk, graphics } = this.parts;
    const size = { columns: output.columns, rows: output.rows };
    if (size.columns < LEAST.columns || size.rows < LEAST.rows) {
      this.drawn = undefined;
      output.write(`\u001b[2J\u001b[HThe window is too small: ${LEAST.columns} x ${LEAST.rows} is the least.`);
      return;
    }
    const item = desk.current;
    const hasPicture = graphics.kind !== 'none' && item !== undefined;
    const id = item?.state.image.id;
    const frame = frameOf(
      {
        item,
        position: desk.position,
        suggestedCategory: id && this.categories.get(id),
        prompt: this.asked?.prompt,
        message: this.message,
        scroll: this.scroll,
        hasPicture,
      },
      size,
      colorsFor(output),
    );
    this.maxScroll = frame.maxScroll;
    const wanted = `${id ?? ''} ${size.columns} ${size.rows}`;
    const isNew = this.drawn !== wanted;
    this.drawn = wanted;
    let text = isNew ? `${clearPictures(graphics)}\u001b[0m\u001b[2J` : '';
    frame.lines.forEach((line, i) => (text += `\u001b[${i + 1};${line.column}H${line.text}\u001b[0m\u001b[K`));
    output.write(text);
    if (!item) return;
    if (isNew) this.pictures = this.pictures.then(() => this.showPicture(item, wanted));
    this.showCategory(item);
  }

  private async showPicture(item: Item, wanted: string): Promise<void> {
    const { output, graphics } = this.parts;
    // the image or the window may have changed meanwhile
    const isWanted = (): boolean => this.drawn === wanted && this.finish !== undefined;
    if (graphics.kind === 'none' || !isWanted()) return;
    const { box, top } = layoutOf({ columns: output.columns, rows: output.rows }, true);
    const text = await this.parts.picture(item.state, pictureFor(graphics, box)).then(
      (picture) => draw(graphics, picture, top, 1),
      () => `\u001b[${top};1H(no picture)`,
    );
    if (isWanted()) output.write(text);
  }

  private showCategory({ state, tags }: Item): void {
    const { id } = state.image;
    if (this.categories.has(id)) return;
    const review = tags && ({ outcome: { kind: 'done', result: { decision: 'edited', tags } }, ms: 0 } as const);
    const stages = { ...state.stages, ...(review && { review }) };
    this.categories.set(id, this.parts.suggestCategory({ ...state, stages }));
    this.redraw();
  }
}
