import { ImageError } from '../model/failure.ts';
import type { Log } from '../ports/log.ts';
import { findMoved, type FindMovedParts } from './findMoved.ts';
import { takeMovements, type TakeMovementsParts } from './takeMovements.ts';

/**
 * Learns, before a run, from what the user has moved since the last one. A sorted folder that can't be read is no reason not
 * to run: then it is found out by a later one.
 * @throws FatalError
 */
export async function catchUp(
  parts: FindMovedParts & TakeMovementsParts & { readonly log: Log },
  signal: AbortSignal,
): Promise<void> {
  try {
    const movements = await findMoved(parts, signal);
    if (movements.length === 0) return;
    const { corrections, renames } = await takeMovements(movements, parts);
    // it is in no journal, from which it could be made again
    await parts.store.checkpoint(parts.store.position);
    parts.log.info(
      `${movements.length} sorted images are in another place: ${corrections.length} corrections, ${renames.length} renamed categories.`,
    );
  } catch (error) {
    if (signal.aborted) return;
    if (!(error instanceof ImageError)) throw error;
    parts.log.warn(`Where the sorted images are now can't be told: ${error.message}`);
  }
}
