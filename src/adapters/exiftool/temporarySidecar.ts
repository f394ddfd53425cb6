import { randomBytes } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Dot files are passed over by the walk over an inbox and by every library. The process id tells whose it is. */
const OURS = /^\.image-inbox-(\d+)-([0-9a-f]+)\.xmp/;
/** In a container each process that was killed had the id that we have. */
const SELF = randomBytes(3).toString('hex');

/** A name for a sidecar in the making, in its own folder, since only within one file system a rename is atomic. */
export function temporarySidecar(folder: string): string {
  return join(folder, `.image-inbox-${process.pid}-${SELF}${randomBytes(6).toString('hex')}.xmp`);
}

/** Removes a sidecar in the making, and what ExifTool may have left beside it. */
export async function removeTemporary(path: string): Promise<void> {
  await Promise.all([path, `${path}_exiftool_tmp`].map((file) => rm(file, { force: true })));
}

/** Removes what killed processes left in a folder. Files of processes that live are left alone. @returns those that could not be removed */
export async function removeLeftovers(folder: string): Promise<readonly string[]> {
  const stayed: string[] = [];
  const names = await readdir(folder).catch(() => []); // a folder that can't be listed shows its trouble at the write
  for (const name of names) {
    const [, pid, rest = ''] = OURS.exec(name) ?? [];
    if (pid === undefined) continue;
    const isInUse = Number(pid) === process.pid ? rest.startsWith(SELF) : isAlive(Number(pid));
    if (isInUse) continue;
    const path = join(folder, name);
    await rm(path, { force: true }).catch(() => stayed.push(path));
  }
  return stayed;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
