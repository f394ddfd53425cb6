import { element } from './dom.ts';
import { t } from './texts.ts';

/** Of one image, as far as they have come; null: there is none. */
export interface Picture {
  /** address of the thumbnail in the grid */
  readonly thumbnail: string | null | undefined;
  readonly large: Blob | null | undefined;
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
    this.shown = picture;
    // under a large picture nobody sees another thumbnail
    if (picture.large === before?.large && (Boolean(picture.large) || picture.thumbnail === before?.thumbnail)) return;
    this.showThumbnail(picture);
    void this.draw();
  }

  private showThumbnail({ thumbnail, large }: Picture): void {
    if (thumbnail) {
      this.thumbnail.src = thumbnail;
      this.element.replaceChildren(this.thumbnail);
    } else if (thumbnail === null && large === null) {
      this.element.replaceChildren(t('no preview'));
    } else {
      this.element.replaceChildren();
    }
  }

  /** In the pixels that it has on the screen: a browser leaves out lines of a canvas that it makes smaller. */
  private async draw(): Promise<void> {
    const drawing = ++this.drawing;
    const large = this.shown?.large;
    const [width, height] = [this.element.clientWidth, this.element.clientHeight];
    if (!large || width === 0 || height === 0) return;
    const fitting = await fit(large, [width * devicePixelRatio, height * devicePixelRatio]).catch(() => null);
    if (drawing !== this.drawing) {
      fitting?.close();
    } else if (fitting) {
      this.canvas.width = fitting.width;
      this.canvas.height = fitting.height;
      this.context?.transferFromImageBitmap(fitting);
      this.element.replaceChildren(this.canvas);
    } else {
      this.shown = { thumbnail: this.shown?.thumbnail, large: null };
      this.showThumbnail(this.shown);
    }
  }
}

/** Decoded, and made smaller when it is larger than that. */
async function fit(file: Blob, [width, height]: readonly [number, number]): Promise<ImageBitmap> {
  const whole = await createImageBitmap(file);
  try {
    const scale = Math.min(1, width / whole.width, height / whole.height);
    return await createImageBitmap(whole, {
      resizeWidth: Math.max(1, Math.round(whole.width * scale)),
      resizeHeight: Math.max(1, Math.round(whole.height * scale)),
      resizeQuality: 'high',
    });
  } finally {
    whole.close();
  }
}
