import { basename } from 'node:path';
import { ImageError } from '../model/failure.ts';
import type { ContentHash } from '../model/ids.ts';
import type { ImageState } from '../model/imageState.ts';
import { sidecarOf, type Fingerprint, type FoundImage } from '../model/image.ts';
import type { FileOperation } from '../model/operation.ts';
import type { StageOutcome } from '../model/outcome.ts';
import type { Stage, StageContext } from '../pipeline/stage.ts';
import type { Clock } from '../ports/clock.ts';
import type { Files } from '../ports/files.ts';
import type { Store } from '../ports/store.ts';

export interface ScanParts {
  readonly files: Files;
  readonly store: Store;
  readonly clock: Clock;
  readonly duplicates: 'keep' | 'trash';
  /** absolute path of the folder that takes removed duplicates */
  readonly trash: string;
  /** images of this run that were read before it was cut off */
  readonly underWay: Iterable<ImageState>;
}

/**
 * Stage 1. The walk has found the file; here it is read once, from start to end: what it is, and its two hashes. Bytes that
 * are sorted already, or that another image of this run has, are a duplicate, and the image ends here.
 */
export class ScanStage implements Stage<'scan'> {
  readonly id = 'scan';
  readonly needs = [] as const;
  /** reading is bound by the disk: more at once only makes it seek */
  readonly concurrency = 4;
  private readonly parts: ScanParts;
  /** first image of this run with these bytes */
  private readonly firsts = new Map<ContentHash, FoundImage>();
  /** those of them that an earlier run had left where they were: they may be gone by now */
  private readonly carried = new Set<FoundImage>();

  constructor(parts: ScanParts) {
    this.parts = parts;
    for (const { image, stages, intent } of parts.underWay) {
      if (!stages.scan?.outcome.result) continue;
      this.firsts.set(stages.scan.outcome.result.sha256, image);
      if (!intent) this.carried.add(image);
    }
  }

  async run(state: ImageState, context: StageContext): Promise<StageOutcome<Fingerprint>> {
    const { image } = state;
    const begun = state.intent?.stage === this.id ? state.intent.operations[0] : undefined;
    if (begun && !(await this.parts.files.stat(image.path))) {
      const trashed = await this.orUnfinished(image.path, () => this.finishTrash(image, begun, context));
      if (trashed) return trashed;
    }
    const fingerprint = await this.parts.files.fingerprint(image, context.signal);
    const sorted = await this.sortedTwin(fingerprint.sha256, image.path, context.signal);
    if (sorted !== undefined) return this.duplicate(state, fingerprint, sorted, context);
    const first = await this.firstOf(fingerprint.sha256, image);
    if (first.path !== image.path) {
      return { kind: 'skipped', final: true, why: `duplicate: the same bytes as ${first.path}`, result: fingerprint };
    }
    return { kind: 'done', result: fingerprint };
  }

  /** The image that counts of those with these bytes: the first one, unless it was renamed, removed or changed since. */
  private async firstOf(sha256: ContentHash, image: FoundImage): Promise<FoundImage> {
    const first = this.firsts.get(sha256);
    if (first && first.path !== image.path && this.carried.has(first)) {
      const now = await this.parts.files.stat(first.path);
      const isThere = now?.size === first.size && now.mtimeMs === first.mtimeMs;
      if (!isThere) {
        this.carried.delete(first);
        if (this.firsts.get(sha256) === first) this.firsts.delete(sha256);
      }
    }
    const counts = this.firsts.get(sha256) ?? image;
    this.firsts.set(sha256, counts);
    return counts;
  }

  /** A file in the sorted folder that came from another place and still has these bytes. */
  private async sortedTwin(sha256: ContentHash, source: string, signal: AbortSignal): Promise<string | undefined> {
    for (const file of this.parts.store.sortedFiles(sha256)) {
      if (file.path === source || file.source === source) continue;
      if ((await this.parts.files.hash(file.path, signal)) === sha256) return file.path;
    }
    return undefined;
  }

  private async duplicate(
    state: ImageState,
    fingerprint: Fingerprint,
    twin: string,
    context: StageContext,
  ): Promise<StageOutcome<Fingerprint>> {
    const why = `duplicate: the same bytes as ${twin}`;
    if (this.parts.duplicates === 'keep') return { kind: 'skipped', final: true, why, result: fingerprint };
    const from = state.image.path;
    const to = `${this.parts.trash}/${state.image.id}-${basename(from)}`;
    const at = this.now();
    const operations: FileOperation[] = [{ at, op: 'trash', from, to, sha256: fingerprint.sha256 }];
    await context.intend(operations);
    const isGone = await this.orUnfinished(from, async () => {
      const { files, trash } = this.parts;
      await files.makeFolder(trash);
      await files.move(from, to, fingerprint.sha256, context.signal);
      if ((await files.hash(twin, context.signal)) !== fingerprint.sha256) {
        // it was the same file by another path, or the other one has gone in this moment
        await files.move(to, from, fingerprint.sha256, context.signal);
        return false;
      }
      operations.push(...(await this.trashSidecar(from, to, at, context)));
      return true;
    });
    if (!isGone) return { kind: 'skipped', final: true, why, result: fingerprint };
    await context.operated(operations);
    return { kind: 'skipped', final: true, why: `${why}; moved to ${to}`, result: fingerprint };
  }

  /** Cut off after the image had gone. @returns undefined when it is back in its place, or was taken elsewhere by somebody */
  private async finishTrash(
    image: FoundImage,
    begun: FileOperation,
    context: StageContext,
  ): Promise<StageOutcome<Fingerprint> | undefined> {
    const { files } = this.parts;
    const { to } = begun;
    const sha256 = await files.hash(to, context.signal);
    if (sha256 === undefined || sha256 !== (begun.sha256 ?? sha256)) return undefined;
    // it may have been cut off before this was looked at
    const twin = await this.sortedTwin(sha256, image.path, context.signal);
    if (twin === undefined) {
      await this.takeOut(image.path, to, sha256, context.signal);
      return undefined;
    }
    // its sidecar may be left
    const operations = await this.trashSidecar(image.path, to, this.now(), context);
    await context.operated([begun, ...operations]);
    return { kind: 'skipped', final: true, why: `duplicate: the same bytes as ${twin}; moved to ${to}` };
  }

  /** Out of the trash again, the sidecar first if it is there. */
  private async takeOut(image: string, trashed: string, sha256: ContentHash, signal: AbortSignal): Promise<void> {
    const { files } = this.parts;
    const sidecar = await files.hash(sidecarOf(trashed), signal);
    if (sidecar && !(await files.stat(sidecarOf(image)))) {
      await files.move(sidecarOf(trashed), sidecarOf(image), sidecar, signal);
    }
    await files.move(trashed, image, sha256, signal);
  }

  /** An error that comes after the image has gone leaves its sidecar to be moved by the next attempt. */
  private async orUnfinished<T>(image: string, move: () => Promise<T>): Promise<T> {
    try {
      return await move();
    } catch (error) {
      const isGone = error instanceof ImageError && !(await this.parts.files.stat(image).catch(() => undefined));
      throw isGone ? ImageError.unfinished(error) : error;
    }
  }

  private async trashSidecar(image: string, to: string, at: string, context: StageContext): Promise<FileOperation[]> {
    const from = sidecarOf(image);
    const hash = await this.parts.files.hash(from, context.signal);
    if (!hash) return [];
    await this.parts.files.move(from, sidecarOf(to), hash, context.signal);
    return [{ at, op: 'trash', from, to: sidecarOf(to), sha256: hash }];
  }

  private now(): string {
    return new Date(this.parts.clock.now()).toISOString();
  }
}
