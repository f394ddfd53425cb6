import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LockFacts, LockProbe } from '../../core/ports/lockProbe.ts';
import { codeOf } from './fileErrors.ts';
import { ownerOf, whereabouts } from './lockOwner.ts';
import { processSpace } from './processIdentity.ts';

/** Reads the lock that `NodeRunLocks` takes. */
export class NodeLockProbe implements LockProbe {
  private readonly path: string;

  /** @param working absolute path of the working folder */
  constructor(working: string) {
    this.path = join(working, 'lock');
  }

  async look(): Promise<LockFacts> {
    let text: string;
    try {
      text = await readFile(this.path, 'utf8');
    } catch (error) {
      const code = codeOf(error);
      if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'free' };
      throw error;
    }
    const owner = ownerOf(text);
    if (!owner) return { kind: 'left-behind' };
    const { pid, command, at: since, host } = owner;
    switch (await whereabouts(this.path, owner, await processSpace())) {
      case 'here':
        return { kind: 'held', pid, command, since };
      case 'elsewhere':
        return { kind: 'held-elsewhere', pid, command, since, host, path: this.path };
      case 'gone':
        return { kind: 'left-behind' };
    }
  }
}
