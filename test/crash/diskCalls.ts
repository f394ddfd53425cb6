import promises, { type FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

type Call = (this: unknown, ...args: unknown[]) => unknown;

/** Calls that change something on the disk, beside the opening of a file to write it. */
const OF_PATHS = ['rename', 'link', 'unlink', 'rm', 'mkdir', 'rmdir', 'writeFile', 'utimes', 'chmod'] as const;
const OF_HANDLES = ['write', 'writeFile', 'sync', 'datasync', 'truncate'] as const;

/** What all file handles inherit from. */
export async function handles(): Promise<FileHandle> {
  const handle = await promises.open(process.execPath);
  await handle.close();
  return Object.getPrototypeOf(handle) as FileHandle;
}

/** From now on does something before each such call of this process; what it throws, the call throws. */
export async function beforeChanges(before: (name: string) => void): Promise<void> {
  wrap(promises, OF_PATHS, before);
  wrap(await handles(), OF_HANDLES, before);
  const { open } = promises;
  promises.open = async (path, flags, mode) => {
    if (typeof flags === 'string' && /[wa+]/.test(flags)) before('open');
    return open(path, flags, mode);
  };
  // for those who import the calls by their names
  syncBuiltinESMExports();
}

function wrap(object: object, names: readonly string[], before: (name: string) => void): void {
  const calls = object as Record<string, Call>;
  for (const name of names) {
    const call = calls[name];
    if (!call) throw new Error(`there is no ${name}`);
    calls[name] = async function (this: unknown, ...args: unknown[]) {
      before(name);
      return call.apply(this, args);
    };
  }
}
