import assert from 'node:assert/strict';
import { stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';

/** A folder on another device than the one for temporary files. */
export async function otherDevice(): Promise<string> {
  const here = await stat(tmpdir());
  const there = await stat('/dev/shm').catch(() => undefined);
  assert.ok(there && there.dev !== here.dev, 'these tests need a second file system: a tmpfs at /dev/shm');
  return '/dev/shm';
}
