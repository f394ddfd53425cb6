import { ImageError } from '../../core/model/failure.ts';
import type { There } from '../../core/sync/syncEngine.ts';

/** @param reason what the NAS, or the program that asked it, says */
export const unseen = (reason: string): There & { kind: 'unseen' } => ({
  kind: 'unseen',
  why: `it can’t be looked at on the NAS: ${reason}`,
});

/** Of a file that was to replace what is there. */
export const leftUnseen = (where: string, { why }: There & { kind: 'unseen' }): ImageError =>
  new ImageError('not-writable', `${where} was left alone: ${why}.`);
