import { basename } from 'node:path';
import { FatalError, ImageError } from '../model/failure.ts';
import type { ContentHash, ImageId } from '../model/ids.ts';
import { sidecarOf, type FoundImage } from '../model/image.ts';
import type { ImageState } from '../model/imageState.ts';
import type { FileFacts, Files } from '../ports/files.ts';
import type { ImageFolder } from '../ports/imageFolder.ts';
import type { SortedTree } from '../ports/sortedTree.ts';
import type { Survey } from './survey.ts';

export interface ClueParts {
  readonly files: Pick<Files, 'stat' | 'hash'>;
  readonly walk: Pick<ImageFolder, 'walk'>;
  readonly tree: Pick<SortedTree, 'images'>;
  /** whether we have written that sidecar, whoever has changed it since */
  readonly isOurSidecar: (path: string) => Promise<boolean>;
}

/** Looks in inbox and sorted folder for images whose lines in the journal are lost. */
export class ClueFinder {
  private readonly parts: ClueParts;
  /** open by the journal before this one */
  private readonly before: ReadonlyMap<ImageId, ImageState>;
  private readonly inInbox = new Map<ImageId, FoundImage>();
  private readonly strangers: Survey['strangers'];
  private readonly signal: AbortSignal;
  private bySize: Promise<ReadonlyMap<number, readonly string[]>> | undefined;

  constructor(
    parts: ClueParts,
    strangers: Survey['strangers'],
    before: ReadonlyMap<ImageId, ImageState>,
    signal: AbortSignal,
  ) {
    this.parts = parts;
    this.strangers = strangers;
    this.before = before;
    this.signal = signal;
  }

  /**
   * Goes through the inboxes once.
   * @param inboxes absolute paths; one that can't be read is passed over
   * @param exclude absolute paths of folders never entered
   * @returns images with a sidecar of ours of which no journal tells: the next run would take them for done
   */
  async walkInboxes(
    inboxes: Iterable<string>,
    exclude: readonly string[],
    isKnown: (id: ImageId) => boolean,
  ): Promise<readonly FoundImage[]> {
    // one inbox may be in another
    const forgotten = new Map<ImageId, FoundImage>();
    for (const inbox of inboxes) {
      try {
        for await (const { kind, image } of this.parts.walk.walk(inbox, exclude, this.signal)) {
          if (kind !== 'image') continue;
          if (this.strangers.has(image.id)) this.inInbox.set(image.id, image);
          else if (!isKnown(image.id) && (await this.parts.isOurSidecar(sidecarOf(image.path))))
            forgotten.set(image.id, image);
        }
      } catch (error) {
        if (!(error instanceof FatalError) || error.reason !== 'inbox-unreadable') throw error;
      }
    }
    return [...forgotten.values()];
  }

  async introduction(id: ImageId): Promise<ImageState | undefined> {
    const carried = this.before.get(id);
    if (carried) return carried;
    const image = this.inInbox.get(id) ?? (await this.byTraces(id));
    return image && { image, stages: {}, operations: [] };
  }

  async whereSorted(sha256: ContentHash, size: number, name: string): Promise<string | undefined> {
    this.bySize ??= this.readTree();
    const candidates = [...((await this.bySize).get(size) ?? [])];
    // most keep their name, and few files are so read
    candidates.sort((a, b) => Number(basename(b) === name) - Number(basename(a) === name));
    for (const path of candidates) if ((await this.hash(path)) === sha256) return path;
    return undefined;
  }

  async isInPlace({ path, size, mtimeMs }: FoundImage): Promise<boolean> {
    try {
      const now = await this.parts.files.stat(path);
      return now?.size === size && now.mtimeMs === mtimeMs;
    } catch (error) {
      if (error instanceof ImageError) return true;
      throw error;
    }
  }

  hash(path: string): Promise<ContentHash | undefined> {
    return unlessUnreadable(this.parts.files.hash(path, this.signal));
  }

  /** Size and time are kept by a move, so that the file tells them wherever it is. */
  private async byTraces(id: ImageId): Promise<FoundImage | undefined> {
    const { from, to } = this.strangers.get(id) ?? {};
    if (from === undefined || to === undefined) return undefined;
    // where it was, another one may stand by now
    const facts = (await this.stat(to)) ?? (await this.stat(from));
    return facts && { id, path: from, size: facts.size, mtimeMs: facts.mtimeMs };
  }

  private async readTree(): Promise<ReadonlyMap<number, readonly string[]>> {
    const bySize = new Map<number, string[]>();
    for await (const path of this.parts.tree.images(this.signal)) {
      const facts = await this.stat(path);
      if (facts) bySize.set(facts.size, [...(bySize.get(facts.size) ?? []), path]);
    }
    return bySize;
  }

  private stat(path: string): Promise<FileFacts | undefined> {
    return unlessUnreadable(this.parts.files.stat(path));
  }
}

/** One file that can't be read leaves its own lines lost, and no others. */
async function unlessUnreadable<T>(looking: Promise<T>): Promise<T | undefined> {
  try {
    return await looking;
  } catch (error) {
    if (error instanceof ImageError) return undefined;
    throw error;
  }
}
