import { readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { NodeFiles } from '../../../src/adapters/files/nodeFiles.ts';

// everything is loaded while we may still read it
const [, , user, method, ...parameters] = process.argv;
if (user === 'nobody' && process.getuid?.() === 0) {
  process.setgroups?.([]);
  process.setgid?.(65534);
  process.setuid?.(65534);
}

const files = new NodeFiles();
const call = files[method as 'move'].bind(files) as (...parameters: readonly unknown[]) => Promise<unknown>;
try {
  const given =
    method === 'writeText' ? [parameters[0], parameters.slice(1)] : [...parameters, new AbortController().signal];
  await call(...given);
  console.log(JSON.stringify({ kind: 'returned' }));
} catch (error) {
  const { name, message, reason } = error as Error & { readonly reason?: string };
  console.log(JSON.stringify({ kind: 'threw', name, reason, message, left: await left() }));
}

/** what the call left in the folder that it was to write to */
function left(): Promise<readonly string[]> {
  return readdir(dirname(parameters[method === 'writeText' ? 0 : 1] ?? ''));
}
