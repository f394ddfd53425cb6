import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { OURS } from '../../core/sync/places.ts';

/**
 * The folder on the NAS in which copies are built: always the same for one sorted folder of one machine, so that what a killed
 * run left is found again, and another machine's is left alone. Hidden, so that no library takes what is in it for pictures.
 */
export function stagingName(sorted: string): string {
  const key = createHash('sha256').update(`${hostname()}\0${sorted}`).digest('hex').slice(0, 8);
  return `${OURS}-${key}`;
}
