import { join } from 'node:path';
import { NodeFiles } from './adapters/files/nodeFiles.ts';
import { NodeJournalFolder } from './adapters/files/nodeJournal.ts';
import { NodeManifests } from './adapters/files/nodeManifests.ts';
import { SqljsStore } from './adapters/sqljs/sqljsStore.ts';
import type { Log } from './core/ports/log.ts';
import { rebuildStore } from './core/repair/rebuildStore.ts';
import type { Folders } from './core/settings/folders.ts';

export interface StorePlace {
  readonly folders: Pick<Folders, 'sorted' | 'working'>;
  /** absolute path of sql.js's `sql-wasm.wasm` */
  readonly sqlWasm: string;
  readonly log: Log;
  /** changes stay in memory, and the file is left as it is */
  readonly scratch?: true;
}

/** Opens the database as it is. @throws FatalError */
export const openStore = ({ folders, sqlWasm, log, scratch }: StorePlace): Promise<SqljsStore> =>
  SqljsStore.open({ file: join(folders.working, 'image-inbox.db'), wasm: sqlWasm, log, scratch: scratch ?? false });

/** Opens the database; one that was lost or damaged is made again from the journals and the manifests. @throws FatalError */
export async function openWholeStore(place: StorePlace): Promise<SqljsStore> {
  const store = await openStore(place);
  const { journal, offset } = store.position;
  if (journal > 0 || offset > 0) return store;
  try {
    await rebuildStore(store, {
      journals: new NodeJournalFolder(place.folders.working),
      manifests: new NodeManifests(place.folders.sorted),
      files: new NodeFiles(),
    });
    return store;
  } catch (error) {
    store.close();
    throw error;
  }
}
