import { basename, dirname, extname, join } from 'node:path';
import { ImageError } from '../model/failure.ts';
import type { ContentHash } from '../model/ids.ts';
import { resultOf, type ImageState, type Intent } from '../model/imageState.ts';
import { sidecarOf } from '../model/image.ts';
import type { FileOperation } from '../model/operation.ts';
import type { StageOutcome } from '../model/outcome.ts';
import type { CategorizeResult } from '../model/stageResults.ts';
import type { Stage, StageContext } from '../pipeline/stage.ts';
import type { Clock } from '../ports/clock.ts';
import type { Files } from '../ports/files.ts';
import type { CategoryRule } from '../rules/rule.ts';
import { chooseCategory, type CategoryChoice } from '../rules/chooseCategory.ts';
import { categoryFolder } from '../rules/categoryFolder.ts';
import { approvedOf } from './suggestion.ts';

export interface CategorizeParts {
  readonly files: Files;
  readonly clock: Clock;
  readonly rules: readonly CategoryRule[];
  /** absolute path of the sorted folder */
  readonly sorted: string;
  readonly transfer: 'move' | 'copy';
  readonly maxGeneralTags: number;
}

/**
 * Stage 6. Chooses the category and takes the image there, with its sidecar, as one.
 *
 * The order of the steps keeps the sidecar beside the image at every moment: it is copied to the destination, the image
 * follows, the sidecar in the inbox goes last. What will be done is in the journal before the first step; after a crash the
 * same plan is carried out again, and each step finds out whether it was done.
 */
export class CategorizeStage implements Stage<'categorize'> {
  readonly id = 'categorize';
  readonly needs = ['review', 'xmp', 'analyze'] as const;
  readonly concurrency = 8;
  private readonly parts: CategorizeParts;
  /** destinations that images under way have chosen, lower-cased: some file systems do not tell `A.jpg` from `a.jpg` */
  private readonly taken = new Set<string>();

  constructor(parts: CategorizeParts) {
    this.parts = parts;
  }

  async run(state: ImageState, context: StageContext): Promise<StageOutcome<CategorizeResult>> {
    const scan = resultOf(state, 'scan');
    if (!scan) throw new Error(`categorize needs the fingerprint of ${state.image.path}`);
    const approved = approvedOf(state, this.parts.maxGeneralTags);
    const choice = chooseCategory(this.parts.rules, { ...approved, analysis: resultOf(state, 'analyze') });
    const folder = join(this.parts.sorted, categoryFolder(choice.category));
    const begun = state.intent?.stage === this.id ? state.intent : undefined;
    if (!begun) await this.assertUnchanged(state);

    const target = begun ? imageTarget(begun) : await this.freeName(folder, state, scan.sha256, context.signal);
    if (target.kind === 'twin') {
      return { kind: 'skipped', final: true, why: `duplicate: the same bytes as ${target.path}` };
    }
    try {
      await this.take(state, target.path, scan.sha256, begun, context);
    } finally {
      this.taken.delete(target.path.toLowerCase());
    }
    const sidecar = (await this.parts.files.stat(sidecarOf(target.path))) ? sidecarOf(target.path) : undefined;
    return { kind: 'done', result: resultFor(choice, target.path, sidecar) };
  }

  /** The file is still the one that was read: somebody may have saved over it in the meantime. */
  private async assertUnchanged({ image }: ImageState): Promise<void> {
    const now = await this.parts.files.stat(image.path);
    if (!now) throw new ImageError('vanished', `${image.path} is no longer there.`);
    if (now.size !== image.size || now.mtimeMs !== image.mtimeMs) {
      throw new ImageError(
        'changed',
        `${image.path} was changed while it was processed; the next run takes it as it then is.`,
      );
    }
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
      const key = path.toLowerCase();
      if (this.taken.has(key)) continue;
      // reserved before the first await, so that two images under way never choose the same name
      this.taken.add(key);
      const there = await files.stat(path);
      if (!there && !(await files.stat(sidecarOf(path)))) return { kind: 'free', path };
      this.taken.delete(key);
      if (there?.size === image.size && (await files.hash(path, signal)) === sha256) return { kind: 'twin', path };
    }
  }

  private async take(
    { image }: ImageState,
    to: string,
    sha256: ContentHash,
    begun: Intent | undefined,
    context: StageContext,
  ): Promise<void> {
    const { files, transfer } = this.parts;
    const at = new Date(this.parts.clock.now()).toISOString();
    const from = image.path;
    const sidecarHash = await files.hash(sidecarOf(from), context.signal);
    const op = begun ? opOf(begun) : transfer;
    const planned: FileOperation[] = begun
      ? [...begun.operations]
      : [...(sidecarHash ? [{ at, op, from: sidecarOf(from), to: sidecarOf(to) }] : []), { at, op, from, to }];
    if (!begun) await context.intend(planned);

    const made = await files.makeFolder(dirname(to));
    // each of these finds out whether an earlier attempt has done it, and clears away what that one left
    if (sidecarHash) await files.copy(sidecarOf(from), sidecarOf(to), sidecarHash, context.signal);
    await files[op](from, to, sha256, context.signal);
    if (op === 'move' && sidecarHash) await files.removeIfSame(sidecarOf(from), sidecarHash, context.signal);

    const folders = made.map((folder): FileOperation => ({ at, op: 'mkdir', to: folder }));
    await context.operated([...folders, ...planned]);
  }
}

const isImage = (operation: FileOperation): boolean =>
  (operation.op === 'move' || operation.op === 'copy') && !operation.to.endsWith('.xmp');

function imageTarget(intent: Intent): { readonly kind: 'free'; readonly path: string } {
  const operation = intent.operations.find(isImage);
  if (!operation) throw new Error('an intent of categorize without its image');
  return { kind: 'free', path: operation.to };
}

const opOf = (intent: Intent): 'move' | 'copy' => (intent.operations.find(isImage)?.op === 'copy' ? 'copy' : 'move');

const resultFor = (choice: CategoryChoice, destination: string, sidecar: string | undefined): CategorizeResult => ({
  suggested: choice.category,
  learned: false,
  final: choice.category,
  because: choice.because,
  destination,
  ...(sidecar !== undefined && { sidecar }),
});
