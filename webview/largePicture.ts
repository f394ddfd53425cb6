import { element } from './dom.ts';

/** Of one image, as far as they have come. */
export interface Picture {
  /** address of the thumbnail in the grid */
  readonly thumbnail: string | undefined;
  readonly large: Blob | undefined;
}

/**
 * The large picture of one image, and its thumbnail until that is decoded. It is let go when another one comes: what an `<img>`
 * has decoded, 5 MB of such a picture, the browser keeps until memory is short, hundreds of megabytes after a hundred images.
 */
export class LargePicture {
  readonly element = element('div', 'large-picture');
  private readonly thumbnail = element('img', '');
  private readonly canvas = element('canvas', '');
  private readonly context = this.canvas.getContext('bitmaprenderer');
  private shown: Picture | undefined;
  private drawing = 0;

  constructor() {
    this.element.setAttribute('role', 'img');
    this.thumbnail.alt = '';
    new ResizeObserver(() => void this.draw()).observe(this.element);
  }

  show(picture: Picture, name: string): void {
    this.element.setAttribute('aria-label', name);
    const before = this.shown;
    if (picture.large === before?.large && (picture.large ?? picture.thumbnail === before?.thumbnail)) return;
    this.shown = picture;
    if (picture.thumbnail === undefined) {
      this.element.replaceChildren();
    } else {
      this.thumbnail.src = picture.thumbnail;
      this.element.replaceChildren(this.thumbnail);
    }
    void this.draw();
  }

  /** In the pixels that it has on the screen: a browser leaves out lines of a canvas that it makes smaller. */
  private async draw(): Promise<void> {
    const drawing = ++this.drawing;
    const large = this.shown?.large;
    const [width, height] = [this.element.clientWidth, this.element.clientHeight];
    if (!large || width === 0 || height === 0) return;
    let fitting: ImageBitmap;
    try {
      const whole = await createImageBitmap(large);
      const scale = Math.min(1, (width * devicePixelRatio) / whole.width, (height * devicePixelRatio) / whole.height);
      fitting = await createImageBitmap(whole, {
        resizeWidth: Math.max(1, Math.round(whole.width * scale)),
        resizeHeight: Math.max(1, Math.round(whole.height * scale)),
        resizeQuality: 'high',
      });
      whole.close();
    } catch {
      return; // the thumbnail stays
    }
    if (drawing !== this.drawing) {
      fitting.close();
      return;
    }
    this.canvas.width = fitting.width;
    this.canvas.height = fitting.height;
    this.context?.transferFromImageBitmap(fitting);
    this.element.replaceChildren(this.canvas);
  }
}
