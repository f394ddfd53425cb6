import { once } from 'node:events';
import { NodeRunLocks } from '../../../src/adapters/files/runLock.ts';
import { LockHeld } from '../../../src/core/ports/journalFile.ts';

const locks = new NodeRunLocks(process.argv[2] ?? '');
console.log('ready');
await once(process.stdin, 'data');
try {
  await locks.acquire('process');
  console.log('won');
} catch (error) {
  console.log(error instanceof LockHeld ? 'held' : String(error));
}
