import type { ImageId } from '../src/core/model/ids.ts';
import { send } from './host.ts';
import type { Picture } from './largePicture.ts';

/** Large pictures that are kept, some 0.2 MB each: of the image with the focus, its near copy, the next one, and where one was before. */
const KEPT_LARGE = 20;
/** Thumbnails are asked for while a person scrolls, not for each row that passes. Milliseconds. */
const SOON = 20;

/** The pictures that the host has sent, and the ones that it is asked for. */
export class Pictures {
  private readonly closeBy: () => readonly (ImageId | undefined)[];
  /** addresses of thumbnails; null: there is none */
  private readonly thumbnails = new Map<ImageId, string | null>();
  /** large pictures, as files, the one that was looked at last behind the others; null: there is none */
  private readonly large = new Map<ImageId, Blob | null>();
  private seen: readonly ImageId[] = [];
  private timer: number | undefined;
  private askedBefore = '';

  /** @param closeBy the images whose large pictures are looked at now, or with the next key */
  constructor(closeBy: () => readonly (ImageId | undefined)[]) {
    this.closeBy = closeBy;
  }

  /** undefined: it has not come yet; null: there is none */
  thumbnail(id: ImageId): string | null | undefined {
    return this.thumbnails.get(id);
  }

  /** What there is of an image that is looked at. */
  of(id: ImageId | undefined): Picture {
    if (id === undefined) return { thumbnail: undefined, large: undefined };
    const large = this.large.get(id);
    if (large !== undefined) {
      // the last one to be forgotten
      this.large.delete(id);
      this.large.set(id, large);
    }
    return { thumbnail: this.thumbnails.get(id), large };
  }

  takeThumbnail(id: ImageId, uri: string | undefined): void {
    this.thumbnails.set(id, uri ?? null);
  }

  takeLarge(id: ImageId, file: Uint8Array<ArrayBuffer> | undefined): void {
    // it was asked for again while it was on its way
    if (this.large.get(id)) return;
    this.large.set(id, file ? new Blob([file]) : null);
    for (const known of this.large.keys()) {
      if (this.large.size <= KEPT_LARGE) break;
      this.large.delete(known);
    }
  }

  /** Asks soon for what is lacking. @param seen the images whose cards are on the screen; the same as before when left out */
  want(seen = this.seen): void {
    this.seen = seen;
    this.timer ??= window.setTimeout(() => {
      this.timer = undefined;
      this.ask();
    }, SOON);
  }

  private ask(): void {
    const ids = this.seen.filter((id) => !this.thumbnails.has(id));
    const large = this.closeBy().filter((id) => id !== undefined && !this.large.has(id)) as ImageId[];
    const asked = [...ids, '', ...large].join();
    if (asked === this.askedBefore) return;
    this.askedBefore = asked;
    send({ kind: 'thumbnails-wanted', ids, large });
  }
}
