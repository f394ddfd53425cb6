import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A body that a service once sent. */
export interface Recording {
  readonly name: string;
  readonly status: number;
  readonly text: string;
}

/** They belong to others and are kept beside the checkout, where they are there at all. */
const FOLDER = fileURLToPath(new URL('../../../../shared/services/recorded/', import.meta.url));

/** All recordings by the service; none where the folder is missing. */
export async function allRecordings(): Promise<ReadonlyMap<string, readonly Recording[]>> {
  const services = await readdir(FOLDER).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  });
  return new Map(
    await Promise.all(services.sort().map(async (service) => [service, await recordingsOf(service)] as const)),
  );
}

async function recordingsOf(service: string): Promise<readonly Recording[]> {
  const folder = join(FOLDER, service);
  const names = await readdir(folder);
  const bodies = names.filter((name) => !name.endsWith('.meta.json')).sort();
  return Promise.all(
    bodies.map(async (name) => {
      const about = JSON.parse(await readFile(join(folder, name.replace(/\.\w+$/, '.meta.json')), 'utf8')) as {
        readonly http_status: number | string;
      };
      // "not recorded (403 per later observations)" is the best there is for some
      const status = Number(/\d{3}/.exec(String(about.http_status))?.[0] ?? 200);
      return { name, status, text: await readFile(join(folder, name), 'utf8') };
    }),
  );
}
