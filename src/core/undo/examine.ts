import { basename, dirname, extname, join } from 'node:path';
import { ImageError } from '../model/failure.ts';
import type { ContentHash } from '../model/ids.ts';
import { sidecarOf } from '../model/image.ts';
import type { UndoFiles } from '../ports/files.ts';
import type { UndoUnit } from './planUndo.ts';
import type { TrackedFile } from './trackFiles.ts';

/** One step of putting an image back. Each is safe to repeat; bytes that are not those named stay as they are. */
export type UndoStep =
  | { readonly kind: 'copy'; readonly from: string; readonly to: string; readonly sha256: ContentHash }
  | { readonly kind: 'move'; readonly from: string; readonly to: string; readonly sha256: ContentHash }
  /** `copyOf`: where the same bytes must be in that moment; absent for a sidecar that the run wrote, or that is back already */
  | { readonly kind: 'remove'; readonly path: string; readonly sha256: ContentHash; readonly copyOf?: string }
  /** the file at `path`, of bytes `sha256`, gets those of `from`, which are `becomes` */
  | {
      readonly kind: 'replace';
      readonly path: string;
      readonly sha256: ContentHash;
      readonly from: string;
      readonly becomes: ContentHash;
    };

/** Why an image is left as it is. */
export type LeftReason =
  /** the image or a sidecar has other bytes than the run left */
  | 'changed'
  /** it is no longer where the run put it */
  | 'missing'
  /** the same bytes are back in the old place already, and here too */
  | 'twin'
  /** what it is a copy of is gone or has changed: these bytes are nowhere else */
  | 'last-copy'
  /** a sidecar was written beside a copy since */
  | 'sidecar-added'
  /** the old place is taken, and no other name will do */
  | 'occupied'
  | 'unreadable';

/** What can be done about a unit at this moment. */
export type Finding =
  | { readonly kind: 'possible'; readonly steps: readonly UndoStep[]; readonly notes: readonly string[] }
  /** all of it is as it was before the run */
  | { readonly kind: 'as-before' }
  | { readonly kind: 'left'; readonly reason: LeftReason; readonly path: string };

class Left extends Error {
  readonly reason: LeftReason;
  readonly path: string;
  constructor(reason: LeftReason, path: string) {
    super(reason);
    this.reason = reason;
    this.path = path;
  }
}

/**
 * Looks at the files of a unit and says what can be done. Everything is told by the bytes: what was put back already, by an
 * undo that was cut off, is found to be back, and the rest is done.
 */
export async function examine(unit: UndoUnit, files: UndoFiles, signal: AbortSignal): Promise<Finding> {
  try {
    return await new Examination(unit, files, signal).finding();
  } catch (error) {
    if (error instanceof Left) return { kind: 'left', reason: error.reason, path: error.path };
    throw error;
  }
}

class Examination {
  private readonly unit: UndoUnit;
  private readonly files: UndoFiles;
  private readonly signal: AbortSignal;
  private readonly notes: string[] = [];

  constructor(unit: UndoUnit, files: UndoFiles, signal: AbortSignal) {
    this.unit = unit;
    this.files = files;
    this.signal = signal;
  }

  async finding(): Promise<Finding> {
    const images = this.unit.files.filter(({ isImage }) => isImage);
    const sidecars = [...this.unit.files.filter(({ isImage }) => !isImage), ...(await this.strangers(images))];
    const rename = await this.freeName(images, sidecars);
    // the sidecar is there before the image comes, and goes after it has left
    const [before, between, after]: [UndoStep[], UndoStep[], UndoStep[]] = [[], [], []];
    for (const image of images) between.push(...(await this.imageSteps(image, rename)));
    for (const sidecar of sidecars) {
      for (const step of await this.sidecarSteps(sidecar, rename)) (step.kind === 'copy' ? before : after).push(step);
    }
    const steps = [...before, ...between, ...after];
    return steps.length > 0 ? { kind: 'possible', steps, notes: this.notes } : { kind: 'as-before' };
  }

  private hash(path: string): Promise<ContentHash | undefined> {
    return this.look(path, () => this.files.hash(path, this.signal));
  }

  /** What has a name: bytes, nothing, or what is no file (a folder, a link), which only takes the name. */
  private async standing(path: string): Promise<ContentHash | 'no file' | undefined> {
    return this.look(path, async () => {
      try {
        const bytes = await this.files.hash(path, this.signal);
        return bytes ?? ((await this.files.stat(path)) && 'no file');
      } catch (error) {
        if (error instanceof ImageError && error.reason === 'not-a-file') return 'no file';
        throw error;
      }
    });
  }

  /** @throws Left `unreadable`, with the path that is */
  private async look<T>(path: string, ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof ImageError) throw new Left('unreadable', path);
      throw error;
    }
  }

  /** Sidecars that others have put beside the image since: they go along with it. */
  private async strangers(images: readonly TrackedFile[]): Promise<readonly TrackedFile[]> {
    const found: TrackedFile[] = [];
    for (const { at, origin } of images) {
      const path = sidecarOf(at);
      if (this.unit.files.some((file) => file.at === path)) continue;
      const sha256 = await this.hash(path);
      if (sha256 === undefined || (await this.hash(at)) === undefined) continue;
      if (origin === undefined) throw new Left('sidecar-added', path);
      found.push({ at: path, origin: sidecarOf(origin), sha256, isImage: false });
      this.notes.push(`${path} was written since, and goes along`);
    }
    return found;
  }

  private async imageSteps(image: TrackedFile, rename: Rename): Promise<readonly UndoStep[]> {
    const { at, origin, sha256, copyOf } = image;
    if (sha256 === undefined) throw new Left('changed', at);
    const here = await this.hash(at);
    if (origin === undefined) {
      if (here === undefined) return [];
      if (here !== sha256) throw new Left('changed', at);
      if (copyOf === undefined) throw new Left('last-copy', at);
      return [await this.removal(at, sha256, copyOf, rename)];
    }
    const there = await this.standing(origin);
    if (here === undefined) {
      if (there === sha256) return [];
      throw new Left('missing', at);
    }
    if (here !== sha256) throw new Left('changed', at);
    if (there === sha256) throw new Left('twin', origin);
    return [{ kind: 'move', from: at, to: rename(origin), sha256 }];
  }

  /** The removal of a copy. @throws Left `last-copy` where these bytes are nowhere else */
  private async removal(at: string, sha256: ContentHash, copyOf: string, rename: Rename): Promise<UndoStep> {
    if ((await this.hash(copyOf)) !== sha256) throw new Left('last-copy', at);
    // the manifest may be somebody else's: called a copy of itself, by whatever path, it is the only one
    if (await this.look(at, () => this.files.isOneFile(at, copyOf))) throw new Left('last-copy', at);
    // what it is a copy of may be on its way back itself
    const origin = this.unit.files.find((file) => file.at === copyOf)?.origin ?? copyOf;
    return { kind: 'remove', path: at, sha256, copyOf: origin === copyOf ? copyOf : rename(origin) };
  }

  private async sidecarSteps(sidecar: TrackedFile, rename: Rename): Promise<readonly UndoStep[]> {
    const { at, origin, before, copyOf, copied } = sidecar;
    const here = await this.hash(at);
    const expected = await this.expected(sidecar);
    if (origin === at) return this.inPlaceSteps(sidecar, here, expected);
    if (here !== undefined && expected !== undefined && here !== expected) throw new Left('changed', at);
    if (origin === undefined) {
      if (here === undefined) return [];
      // a copy of which nothing is known may be all that there is of these bytes
      if (expected === undefined) throw new Left('changed', at);
      // what the run wrote itself, before it copied that, is nobody's loss
      const isTheRuns = copyOf === undefined || this.unit.files.some((file) => file.at === copyOf);
      if (isTheRuns) return [{ kind: 'remove', path: at, sha256: expected }];
      if (copied !== undefined && copied !== expected) {
        if ((await this.hash(copyOf)) !== copied) throw new Left('last-copy', at);
        return [{ kind: 'remove', path: at, sha256: expected }];
      }
      return [await this.removal(at, expected, copyOf, rename)];
    }
    const to = rename(origin);
    const [there, kept] = [await this.standing(to), await this.kept(sidecar)];
    const wanted = kept?.sha256 ?? here;
    const isBack = there !== undefined && (there === wanted || there === before?.sha256);
    if (before && !kept && !isBack && here !== undefined)
      this.notes.push(`what ${origin} said before the run is no longer kept`);
    const steps: UndoStep[] = [];
    if (wanted === undefined) {
      if (there === undefined) this.notes.push(`${at} is no longer there`);
    } else if (isBack) {
      // by an undo that was cut off, or by hand
    } else if (here === undefined && there !== undefined) {
      // somebody has put it back and edited it, or another in its place
      this.notes.push(`${to} is there already, and stays as it is`);
    } else if (kept && there === here && here !== undefined) {
      steps.push({ kind: 'replace', path: to, sha256: here, from: kept.kept, becomes: kept.sha256 });
    } else {
      steps.push({ kind: 'copy', from: kept?.kept ?? at, to, sha256: wanted });
    }
    if (here !== undefined) steps.push({ kind: 'remove', path: at, sha256: here });
    return steps;
  }

  /** Written where it was, and never moved: the original of a copy keeps its sidecar. */
  private async inPlaceSteps(
    { at, before }: TrackedFile,
    here: ContentHash | undefined,
    expected: ContentHash | undefined,
  ): Promise<readonly UndoStep[]> {
    if (!before || expected === undefined) {
      if (here !== undefined)
        this.notes.push(`${at} was written by the run and stays: what it said before is not known`);
      return [];
    }
    if (here === before.sha256) return [];
    if (here !== expected) throw new Left('changed', at);
    if (!(await this.kept({ before }))) {
      this.notes.push(`what ${at} said before the run is no longer kept; it stays as it is`);
      return [];
    }
    return [{ kind: 'replace', path: at, sha256: expected, from: before.kept, becomes: before.sha256 }];
  }

  /** What a sidecar said before the run, where that is kept and still the same. */
  private async kept({ before }: Pick<TrackedFile, 'before'>): Promise<TrackedFile['before']> {
    return before && (await this.hash(before.kept)) === before.sha256 ? before : undefined;
  }

  /** The bytes that the run left; a copy whose hash was not noted must be like what it is a copy of. */
  private async expected({ sha256, copyOf }: TrackedFile): Promise<ContentHash | undefined> {
    return sha256 ?? (copyOf === undefined ? undefined : await this.hash(copyOf));
  }

  /**
   * The old names, or, where another file has taken one, `a (2).jpg` for image and sidecar together.
   * @throws Left `occupied` where an image is not what moves, so that its name can't change
   */
  private async freeName(images: readonly TrackedFile[], sidecars: readonly TrackedFile[]): Promise<Rename> {
    const same: Rename = (path) => path;
    const [movers, kept]: [TrackedFile[], TrackedFile[]] = [[], []];
    for (const file of [...images, ...sidecars]) {
      if (file.origin === undefined || file.origin === file.at) continue;
      if (await this.hash(file.at)) movers.push(file);
      else if (await this.kept(file)) kept.push(file);
    }
    const taken = await this.firstTaken(movers, same);
    if (taken === undefined) return same;
    const image = movers.find(({ isImage }) => isImage);
    if (image?.origin === undefined) throw new Left('occupied', taken);
    for (let n = 2; n < 10_000; n++) {
      const rename = numbered(image.origin, n);
      if (movers.some(({ origin = '' }) => rename(origin) === origin)) break;
      // what a sidecar that is gone said first comes back as well, under the image's name
      if ((await this.firstTaken([...movers, ...kept], rename)) !== undefined) continue;
      this.notes.push(`${image.origin} is taken; it comes back as ${rename(image.origin)}`);
      return rename;
    }
    throw new Left('occupied', taken);
  }

  /** The first of the names at which something else is. */
  private async firstTaken(movers: readonly TrackedFile[], rename: Rename): Promise<string | undefined> {
    for (const { at, origin = at, before, isImage } of movers) {
      const path = rename(origin);
      const there = await this.standing(path);
      if (there === undefined) continue;
      // the image's own bytes are a twin, which is another matter; a sidecar of ours came with the last attempt
      const ours = there === (await this.hash(at)) || there === before?.sha256;
      if (!ours || (isImage && path !== origin)) return path;
    }
    return undefined;
  }
}

type Rename = (origin: string) => string;

/** `a.jpg` -> `a (2).jpg`, and so `a.jpg.xmp` and `a.xmp` beside it; other paths stay. */
function numbered(image: string, n: number): Rename {
  const extension = extname(image);
  const stem = basename(image, extension);
  return (path) => {
    const name = basename(path);
    const isBeside = dirname(path) === dirname(image) && name.startsWith(`${stem}.`);
    return isBeside ? join(dirname(path), `${stem} (${n})${name.slice(stem.length)}`) : path;
  };
}
