import { execFile } from 'node:child_process';
import { relative } from 'node:path';
import { promisify } from 'node:util';
import { NodeImageFolder } from '../../../src/adapters/files/nodeImageFolder.ts';

export interface Seen {
  readonly kind: string;
  readonly place: string;
  readonly reason?: string;
}

/** What the walk comes upon as a user who may do little. */
export async function walkAsNobody(root: string): Promise<readonly Seen[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [import.meta.filename, root]);
  return JSON.parse(stdout) as readonly Seen[];
}

if (process.argv[1] === import.meta.filename) {
  const root = process.argv[2] ?? '';
  // what is loaded on demand is loaded while we may still read it
  await import('file-type');
  if (process.getuid?.() === 0) {
    process.setgroups?.([]);
    process.setgid?.(65534);
    process.setuid?.(65534);
  }
  const seen: Seen[] = [];
  for await (const d of new NodeImageFolder(() => Date.now() + 3_600_000).walk(
    root,
    [],
    new AbortController().signal,
  )) {
    seen.push({
      kind: d.kind,
      place: relative(root, d.image.path),
      ...(d.kind === 'problem' && { reason: d.reason }),
    });
  }
  console.log(JSON.stringify(seen));
}
