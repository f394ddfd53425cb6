import { basename, dirname, extname, join, relative, sep } from 'node:path';
import { ImageError } from '../model/failure.ts';
import type { ContentHash } from '../model/ids.ts';
import { resultOf, type ImageState, type Intent } from '../model/imageState.ts';
import { isSidecar, sidecarOf } from '../model/image.ts';
import type { CategoryChooser } from '../learning/categoryChooser.ts';
import type { FileOperation } from '../model/operation.ts';
import type { StageOutcome } from '../model/outcome.ts';
import type { CategorizeResult } from '../model/stageResults.ts';
import type { SortedRoot } from '../pipeline/sortedRoot.ts';
import type { Stage, StageContext } from '../pipeline/stage.ts';
import type { Clock } from '../ports/clock.ts';
import type { Files } from '../ports/files.ts';
import { foldPlace } from '../sync/places.ts';
import { categoryFolder } from '../rules/categoryFolder.ts';
import { assertUnchanged } from './assertUnchanged.ts';
import { FOLDER_IS_READ_ONLY, type XmpStage } from './xmp.ts';

export interface CategorizeParts {
  readonly files: Files;
  readonly clock: Clock;
  readonly chooser: CategoryChooser;
  readonly sorted: SortedRoot;
  readonly transfer: 'move' | 'copy';
  /** images of which some are on their way already: an earlier run was cut off */
  readonly underWay: Iterable<ImageState>;
  /** writes the sidecars of copies whose originals could not have one */
  readonly sidecars: Pick<XmpStage, 'writeBeside'>;
  /** says where the image would go, and leaves it where it is */
  readonly dryRun: boolean;
}

/**
 * Stage 6. Chooses the category and takes the image there, with its sidecar, as one.
 *
 * The order of the steps keeps the sidecar beside the image at every moment: it is linked or copied to the destination, the
 * image follows, the sidecar in the inbox goes last. What will be done is in the journal before the first step; after a crash the
 * same plan is carried out again, and each step finds out whether it was done.
 */
export class CategorizeStage implements Stage<'categorize'> {
  readonly id = 'categorize';
  readonly needs = ['review', 'xmp', 'analyze'] as const;
  readonly concurrency = 8;
  private readonly parts: CategorizeParts;
  /** destinations that images under way have chosen, folded: some file systems do not tell `A.jpg` from `a.jpg` */
  private readonly taken = new Set<string>();

  constructor(parts: CategorizeParts) {
    this.parts = parts;
    for (const { intent } of parts.underWay) {
      if (intent?.stage === this.id) this.taken.add(foldPlace(imageTarget(intent)));
    }
  }

  async run(state: ImageState, context: StageContext): Promise<StageOutcome<CategorizeResult>> {
    const begun = state.intent?.stage === this.id ? state.intent : undefined;
    const sha256 = resultOf(state, 'scan')?.sha256 ?? begun?.operations.find(isImage)?.sha256;
    if (sha256 === undefined) throw new Error(`categorize needs the fingerprint of ${state.image.path}`);
    let to = begun && imageTarget(begun);
    // before its folder is there nothing of a plan can stand
    const progress = { canStand: begun !== undefined };
    try {
      const decision = await this.decide(state, to);
      const category = categoryFolder(decision.final);
      if (to === undefined) {
        await assertUnchanged(state.image, this.parts.files);
        const free = await this.freeName(join(this.parts.sorted.path, category), state, sha256, context.signal);
        if (free.kind === 'twin') {
          return { kind: 'skipped', final: true, why: `duplicate: the same bytes as ${free.path}` };
        }
        to = free.path;
      }
      if (this.parts.dryRun) return { kind: 'done', result: { ...decision, destination: to } };
      const op = await this.take(state, to, sha256, begun, progress, context);
      const isSpared = op === 'copy' && this.parts.transfer === 'move';
      this.parts.chooser.made(category);
      const sidecar = (await this.parts.files.stat(sidecarOf(to))) ? sidecarOf(to) : undefined;
      return {
        kind: 'done',
        result: {
          ...decision,
          destination: to,
          ...(sidecar !== undefined && { sidecar }),
          ...(isSpared && { note: 'copied, not moved: its folder can’t be written' }),
        },
      };
    } catch (error) {
      if (!(error instanceof ImageError) || to === undefined) throw error;
      const stands = progress.canStand && (await this.standsInPart(state, to, sha256, begun, error));
      throw stands ? ImageError.unfinished(error) : error;
    } finally {
      // in a dry run its name stays taken, as if it had gone there
      if (to !== undefined && !this.parts.dryRun) this.taken.delete(foldPlace(to));
    }
  }

  /** The category; for an image that is on its way already, the folder it goes to, whatever would be chosen by now. */
  private async decide(state: ImageState, to: string | undefined): ReturnType<CategoryChooser['choose']> {
    const decision = await this.parts.chooser.choose(state);
    if (to === undefined) return decision;
    const folder = relative(this.parts.sorted.path, dirname(to)).split(sep).join('/');
    const isElsewhere = folder.startsWith('..');
    if (isElsewhere || folder === categoryFolder(decision.final)) return decision;
    return { suggested: decision.suggested, learned: false, final: folder, because: 'it was on its way there already' };
  }

  /** `a.jpg`, else `a (2).jpg` ..., free for the image and its sidecar; or the file there that has the same bytes. */
  private async freeName(
    folder: string,
    { image }: ImageState,
    sha256: ContentHash,
    signal: AbortSignal,
  ): Promise<{ readonly kind: 'free' | 'twin'; readonly path: string }> {
    const { files } = this.parts;
    const extension = extname(image.path);
    const stem = basename(image.path, extension);
    for (let n = 1; ; n++) {
      const path = join(folder, n === 1 ? `${stem}${extension}` : `${stem} (${n})${extension}`);
      if (path === image.path) return { kind: 'twin', path };
      const key = foldPlace(path);
      if (this.taken.has(key)) continue;
      // reserved before the first await, so that two images under way never choose the same name
      this.taken.add(key);
      let isFree = false;
      try {
        const there = await files.stat(path);
        isFree = !there && !(await files.stat(sidecarOf(path)));
        if (isFree) return { kind: 'free', path };
        if (there?.size === image.size && (await files.hash(path, signal)) === sha256) return { kind: 'twin', path };
      } finally {
        if (!isFree) this.taken.delete(key);
      }
    }
  }

  /** @returns what was done: a folder that can't be written gives only copies away */
  private async take(
    state: ImageState,
    to: string,
    sha256: ContentHash,
    begun: Intent | undefined,
    progress: { canStand: boolean },
    context: StageContext,
  ): Promise<'move' | 'copy'> {
    const { files, sorted, transfer, sidecars } = this.parts;
    const { image } = state;
    await sorted.assertThere();
    const at = new Date(this.parts.clock.now()).toISOString();
    const from = image.path;
    const sidecarHash = await files.hash(sidecarOf(from), context.signal);
    const hasArrived = begun !== undefined && (await this.takeUp(begun, from, to, sha256, sidecarHash, context.signal));
    const op = begun ? opOf(begun) : (await files.isWritable(dirname(from))) ? transfer : 'copy';
    const ahead = begun?.operations.find((operation) => operation.to === sidecarOf(to));
    const beside: FileOperation | undefined = sidecarHash
      ? { at, op, from: sidecarOf(from), to: sidecarOf(to), sha256: sidecarHash }
      : ahead;
    const planned: FileOperation[] = [...(beside ? [beside] : []), { at, op, from, to, sha256 }];
    if (!begun) await context.intend(planned);

    const made = await files.makeFolder(dirname(to));
    if (made.includes(sorted.path)) sorted.wasMade();
    progress.canStand = true;
    // what another program has made of the sidecar since it arrived is left to it
    const there = hasArrived ? await files.hash(sidecarOf(to), context.signal) : undefined;
    const isEdited = there !== undefined && there !== sidecarHash;
    // each of these finds out whether an earlier attempt has done it, and clears away what that one left
    const goAhead = op === 'move' ? 'linkOrCopy' : 'copy';
    if (sidecarHash && !isEdited) await files[goAhead](sidecarOf(from), sidecarOf(to), sidecarHash, context.signal);
    await files[op](from, to, sha256, context.signal);
    if (sidecarHash && isEdited) {
      const isGone =
        sidecarHash === ahead?.sha256 && (await files.removeIfSame(sidecarOf(from), sidecarHash, context.signal));
      const stays = isGone ? '' : `, and so does ${sidecarOf(from)}`;
      context.warn(`${sidecarOf(to)} was changed after it had arrived there: it stays as it is${stays}.`);
    } else if (op === 'move' && sidecarHash) {
      const isGone = await files.removeDouble(sidecarOf(from), sidecarOf(to), sidecarHash, context.signal);
      if (!isGone)
        context.warn(`${sidecarOf(from)} was changed at this moment. It stays there; ${to} has it as it was.`);
    }

    const folders = made.map((folder): FileOperation => ({ at, op: 'mkdir', to: folder }));
    const isBare = state.stages.xmp?.outcome.kind === 'skipped' && state.stages.xmp.outcome.why === FOLDER_IS_READ_ONLY;
    const written = isBare ? [await sidecars.writeBeside(to, state, context.signal)] : [];
    await context.operated([...folders, ...planned, ...written]);
    return op;
  }

  /**
   * After an error: whether anything of the plan stands, so that it must be carried out to its end. An image that can't follow
   * its sidecar has that taken back, which must not stand there alone; then another plan may be made.
   */
  private async standsInPart(
    { image: { path: from } }: ImageState,
    to: string,
    sha256: ContentHash,
    begun: Intent | undefined,
    { reason }: ImageError,
  ): Promise<boolean> {
    const { files } = this.parts;
    const { signal } = new AbortController();
    try {
      if ((await files.hash(to, signal)) === sha256) {
        // with the original still there, that may be a file of somebody else, or a copy of what the original no longer is
        return (reason !== 'exists' && reason !== 'changed') || !(await files.stat(from));
      }
      if (!(await files.stat(to))) {
        // a drive may be gone, and with it the answer to what has become of the image
        if (await this.parts.sorted.isBare(signal)) return true;
        // a second attempt that came upon neither has told so by now
        const isLost = begun && reason === 'vanished';
        if (!isLost && (!(await files.stat(from)) || !(await files.stat(dirname(to))))) return true;
      }
      const ahead = begun?.operations.find((operation) => operation.to === sidecarOf(to))?.sha256;
      const here = await files.hash(sidecarOf(from), signal);
      if (begun && here && opOf(begun) === 'move' && !(await files.stat(from))) {
        const there = await files.hash(sidecarOf(to), signal);
        if (await files.stat(to)) {
          // it had arrived, and was changed there before the run was gone on with: its sidecar stays with it
          if (there) await files.removeDouble(sidecarOf(from), sidecarOf(to), there, signal);
          return false;
        }
        // it was taken on from there, its sidecar with it, of which the old name is left
        if (!there) await files.removeOneName(sidecarOf(from));
      }
      for (const ours of new Set([ahead, here])) {
        if (ours) await this.takeSidecarBack(from, to, ours, here !== undefined);
      }
      return false;
    } catch (error) {
      if (error instanceof ImageError) return true;
      throw error;
    }
  }

  /**
   * Before a plan is carried out a second time: much may have happened since the first. The image must have the bytes that it
   * had, and the sidecar that went ahead of it must be the one that it has now.
   * @returns whether the image has arrived already
   */
  private async takeUp(
    begun: Intent,
    from: string,
    to: string,
    sha256: ContentHash,
    sidecarHash: ContentHash | undefined,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { files } = this.parts;
    const here = await files.hash(from, signal);
    if (here === undefined) {
      // it has gone ahead itself; or it is lost, and then its sidecar is not to go beside what may stand there by now
      if ((await files.hash(to, signal)) === sha256) return true;
      throw new ImageError('vanished', `${from} is no longer there.`);
    }
    const ahead = begun.operations.find((operation) => operation.to === sidecarOf(to))?.sha256;
    if (ahead && ahead !== sidecarHash && (sidecarHash || here !== sha256) && !(await files.stat(to))) {
      await this.takeSidecarBack(from, to, ahead, sidecarHash !== undefined);
    }
    if (here !== sha256) throw new ImageError('changed', `${from} was changed; the next run takes it as it then is.`);
    return false;
  }

  /** Takes the sidecar back that went ahead. The only one that there is goes beside its image, or stays when that is gone. */
  private async takeSidecarBack(from: string, to: string, sha256: ContentHash, hasOther: boolean): Promise<void> {
    const { files } = this.parts;
    const { signal } = new AbortController();
    const ahead = sidecarOf(to);
    if (hasOther) await files.removeIfSame(ahead, sha256, signal);
    else if ((await files.hash(ahead, signal)) !== sha256) return;
    else if (await files.stat(from)) await files.move(ahead, sidecarOf(from), sha256, signal);
    else await files.removeOneName(ahead);
  }
}

const isImage = (operation: FileOperation): boolean =>
  (operation.op === 'move' || operation.op === 'copy') && !isSidecar(operation.to);

function imageTarget(intent: Intent): string {
  const operation = intent.operations.find(isImage);
  if (!operation) throw new Error('an intent of categorize without its image');
  return operation.to;
}

const opOf = (intent: Intent): 'move' | 'copy' => (intent.operations.find(isImage)?.op === 'copy' ? 'copy' : 'move');
