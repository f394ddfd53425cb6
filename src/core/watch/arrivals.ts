import type { ImageId } from '../model/ids.ts';
import type { FoundImage } from '../model/image.ts';
import type { Clock } from '../ports/clock.ts';
import type { Discovery, ImageFolder } from '../ports/imageFolder.ts';

/** What a look at the inbox came to. */
export interface Look {
  /** images that have stopped growing */
  readonly arrived: readonly FoundImage[];
  /** milliseconds since 1970: when the next of those that may still grow has stood still long enough */
  readonly settlesAt?: number;
}

/**
 * An inbox into which files are being written: an image counts as there when size and time have not changed between two looks
 * that are far enough apart. A run that walks it sees only those.
 */
export class Arrivals implements ImageFolder {
  private readonly folder: ImageFolder;
  private readonly clock: Pick<Clock, 'now'>;
  private readonly settleMs: number;
  /** a file that has grown is another image: path, size and time make the id. When each was first seen so. */
  private seen = new Map<ImageId, number>();

  /** @param settleMs how long a file must stay as it is, milliseconds */
  constructor(folder: ImageFolder, clock: Pick<Clock, 'now'>, settleMs: number) {
    this.folder = folder;
    this.clock = clock;
    this.settleMs = settleMs;
  }

  async *walk(root: string, exclude: readonly string[], signal: AbortSignal): AsyncGenerator<Discovery> {
    for await (const discovery of this.folder.walk(root, exclude, signal)) {
      if (discovery.kind !== 'image' || this.settlesAt(discovery.image) <= this.clock.now()) yield discovery;
    }
  }

  isAway(root: string, signal: AbortSignal): Promise<boolean> {
    return this.folder.isAway(root, signal);
  }

  /** @throws FatalError `inbox-unreadable`; the signal's reason */
  async look(root: string, exclude: readonly string[], signal: AbortSignal): Promise<Look> {
    const still = new Map<ImageId, number>();
    const arrived: FoundImage[] = [];
    let settlesAt: number | undefined;
    for await (const { kind, image } of this.folder.walk(root, exclude, signal)) {
      if (kind !== 'image') continue;
      const at = this.settlesAt(image);
      still.set(image.id, at - this.settleMs);
      if (at <= this.clock.now()) arrived.push(image);
      else settlesAt = Math.min(settlesAt ?? at, at);
    }
    // what is gone is forgotten
    this.seen = still;
    return { arrived, ...(settlesAt !== undefined && { settlesAt }) };
  }

  private settlesAt({ id }: FoundImage): number {
    const now = this.clock.now();
    // a clock that was set back must not make anybody wait
    const since = Math.min(this.seen.get(id) ?? now, now);
    this.seen.set(id, since);
    return since + this.settleMs;
  }
}
