import type { ImageId } from '../../core/model/ids.ts';

interface Wanted {
  readonly id: ImageId;
  readonly large: boolean;
}

/**
 * Makes thumbnails in the order in which they matter now: what is asked for takes the place of what was asked for before and
 * has not begun, so that a grid that was scrolled past is not worked off first.
 */
export class ThumbnailQueue {
  private readonly atOnce: number;
  private readonly make: (id: ImageId, large: boolean) => Promise<void>;
  private wanted: readonly Wanted[] = [];
  private readonly underWay = new Set<string>();

  /** @param make must not throw */
  constructor(atOnce: number, make: (id: ImageId, large: boolean) => Promise<void>) {
    this.atOnce = atOnce;
    this.make = make;
  }

  /** The first of the large ones is what the person looks at: it comes after the small ones that are on the screen. */
  want(small: readonly ImageId[], large: readonly ImageId[]): void {
    const wanted = [...small.map((id) => ({ id, large: false })), ...large.map((id) => ({ id, large: true }))];
    this.wanted = wanted.filter((one) => !this.underWay.has(keyOf(one)));
    this.work();
  }

  clear(): void {
    this.wanted = [];
  }

  private work(): void {
    while (this.underWay.size < this.atOnce) {
      const [next, ...rest] = this.wanted;
      if (!next) return;
      this.wanted = rest;
      const key = keyOf(next);
      this.underWay.add(key);
      void this.make(next.id, next.large).finally(() => {
        this.underWay.delete(key);
        this.work();
      });
    }
  }
}

const keyOf = ({ id, large }: Wanted): string => `${id} ${String(large)}`;
