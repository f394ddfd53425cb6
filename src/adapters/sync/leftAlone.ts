import { ImageError } from '../../core/model/failure.ts';

/** The NAS may have changed between the look and the copy: what is not as it was announced is nobody's to replace. */
export const leftAlone = (where: string): ImageError =>
  new ImageError('exists', `${where} appeared or was changed on the NAS while it was synced; it was left alone.`);
