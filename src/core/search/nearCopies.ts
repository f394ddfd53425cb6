import { isTelling } from '../looks/isTelling.ts';
import { LookIndex } from '../looks/lookIndex.ts';
import type { ContentHash } from '../model/ids.ts';
import { resultOf, type ImageState } from '../model/imageState.ts';
import type { Look } from '../model/look.ts';
import type { Store } from '../ports/store.ts';

/** Another image that shows the same picture. */
export interface NearCopy {
  readonly sha256: ContentHash;
  /** 0 to 1 */
  readonly likeness: number;
}

/** The images that show the same picture, and whose turn it is to be searched: one search serves all of them. */
export class NearCopies {
  private readonly store: Store;
  private readonly index: LookIndex;
  private readonly paths = new Map<ContentHash, string>();
  private readonly searching = new Map<ContentHash, Promise<unknown>>();

  /**
   * @param notBefore milliseconds since 1970: pictures seen earlier are forgotten, as what was found of them is
   * @param underWay images that an earlier run has begun
   */
  constructor(store: Store, notBefore: number, underWay: Iterable<ImageState>) {
    this.store = store;
    this.index = new LookIndex((sha256) => store.look(sha256));
    for (const state of underWay) {
      const sha256 = resultOf(state, 'scan')?.sha256;
      if (sha256 !== undefined) this.paths.set(sha256, state.image.path);
    }
    for (const { sha256, hash } of store.tellingLooks(notBefore)) this.index.add(sha256, hash);
  }

  add(sha256: ContentHash, path: string, look: Look, at: number): void {
    const telling = isTelling(look);
    this.paths.set(sha256, path);
    this.store.rememberLook(sha256, look, telling, at);
    // thousands of white pages would all be near in the hash, and each query compare them all
    if (telling) this.index.add(sha256, look.hash);
  }

  lookOf(sha256: ContentHash): Look | undefined {
    return this.store.look(sha256);
  }

  /** Best first. */
  of(sha256: ContentHash, look: Look | undefined): readonly NearCopy[] {
    return look ? this.index.nearCopies(look, sha256) : [];
  }

  /** Where the image is or was: absolute path, for people. */
  pathOf(sha256: ContentHash): string | undefined {
    return this.paths.get(sha256) ?? this.store.sortedFiles(sha256)[0]?.source;
  }

  /** Runs `search` when the copies that came before this image have had their turn. */
  async inTurn<T>(sha256: ContentHash, copies: readonly NearCopy[], search: () => Promise<T>): Promise<T> {
    const before = copies.flatMap((copy) => this.searching.get(copy.sha256) ?? []);
    const mine = (async () => {
      await Promise.allSettled(before);
      return search();
    })();
    this.searching.set(sha256, mine);
    try {
      return await mine;
    } finally {
      this.searching.delete(sha256);
    }
  }
}
