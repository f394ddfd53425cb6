import { sidecarOf } from '../model/image.ts';
import type { ImageState } from '../model/imageState.ts';
import type { Files } from '../ports/files.ts';

export interface ReplacedParts {
  readonly files: Pick<Files, 'stat' | 'hash'>;
  /** whether it holds fields that nobody else writes */
  readonly isOurSidecar: (path: string) => Promise<boolean>;
}

/**
 * Of an image that is no longer the one that it was, and had its sidecar by then: where another picture has taken its place,
 * that sidecar tells of the wrong one, and would keep the new one from being taken. Where nothing has, it stays: whoever took
 * the image away may come back for it.
 * @returns what was done for the image, to be undone; undefined when nothing is
 */
export async function writtenForReplaced(
  state: ImageState,
  { files, isOurSidecar }: ReplacedParts,
  signal: AbortSignal,
): Promise<ImageState | undefined> {
  const sidecar = sidecarOf(state.image.path);
  if (!(await files.stat(state.image.path))) return undefined;
  if (state.operations.some(({ op, to }) => op === 'write' && to === sidecar)) return state;
  // a kill may have come between the writing and the report of it
  const begun = state.intent?.stage === 'xmp' ? state.intent.operations[0] : undefined;
  if (!begun || begun.before || !(await isOurSidecar(sidecar))) return undefined;
  const sha256 = await files.hash(sidecar, signal);
  return sha256 === undefined ? undefined : { ...state, operations: [...state.operations, { ...begun, sha256 }] };
}
