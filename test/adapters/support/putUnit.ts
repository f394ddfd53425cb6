import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import { BuiltinSyncTarget } from '../../../src/adapters/sync/builtinSyncTarget.ts';
import { mountNamespace } from './underOtherConditions.ts';

/** What became of one file that was to be synced, in another process. */
export interface PutOutcome {
  readonly name: string;
  readonly reason?: string;
  /** names in the NAS folder afterwards */
  readonly left: readonly string[];
}

export const putAsNobody = (nas: string, root: string, file: string): Promise<PutOutcome> =>
  outcomeOf(process.execPath, [import.meta.filename, 'nobody', nas, root, file]);

/** @param command mounts something at the NAS folder (`$0`) */
export const putMounted = (command: string, nas: string, root: string, file: string): Promise<PutOutcome> => {
  const call = [process.execPath, import.meta.filename, 'self', nas, root, file];
  return outcomeOf('unshare', [...(mountNamespace ?? []), 'sh', '-c', `${command} && exec "$@"`, nas, ...call]);
};

async function outcomeOf(program: string, args: readonly string[]): Promise<PutOutcome> {
  const { stdout } = await promisify(execFile)(program, args);
  return JSON.parse(stdout) as PutOutcome;
}

if (process.argv[1] === import.meta.filename) {
  const [, , user, nas = '', root = '', file = ''] = process.argv;
  if (user === 'nobody' && process.getuid?.() === 0) {
    process.setgroups?.([]);
    process.setgid?.(65534);
    process.setuid?.(65534);
  }
  const target = new BuiltinSyncTarget({ nas, exclude: [], verify: 'size' });
  const outcome = await target.put({ files: [file], root }, new AbortController().signal).then(
    (answer) => ({ name: answer.kind }),
    (error: unknown) => {
      const { name, reason } = error as Error & { readonly reason?: string };
      return { name, reason };
    },
  );
  console.log(JSON.stringify({ ...outcome, left: await readdir(nas) }));
}
