import { join } from 'node:path';
import { isOurSidecar } from './adapters/exiftool/isOurSidecar.ts';
import { NodeFiles } from './adapters/files/nodeFiles.ts';
import { NodeImageFolder } from './adapters/files/nodeImageFolder.ts';
import { NodeJournalFolder } from './adapters/files/nodeJournal.ts';
import { NodeManifests } from './adapters/files/nodeManifests.ts';
import { NodeSortedTree } from './adapters/files/nodeSortedTree.ts';
import { NodeRunLocks } from './adapters/files/runLock.ts';
import { SqljsDatabaseProbe } from './adapters/sqljs/sqljsDatabaseProbe.ts';
import { newRunId, type Host } from './compose.ts';
import { openStore } from './composeStore.ts';
import { Repairer } from './core/repair/repairer.ts';
import { placesOf } from './core/settings/folders.ts';
import { resolveSettings } from './core/settings/resolveSettings.ts';

/**
 * Wires the repair of journal and database to the real parts. Like the checkup it works where `compose` refuses, but it must know
 * the folders: the default ones would be called sound in the place of those that are meant.
 * @param overrides settings for this repair alone, by key without prefix
 * @throws SettingsError
 */
export function composeRepair(
  host: Pick<Host, 'version' | 'workspace' | 'settings' | 'assets' | 'log' | 'clock'>,
  overrides: Readonly<Record<string, unknown>>,
): Repairer {
  const { version, clock, log } = host;
  const given = Object.entries({ ...host.settings, ...overrides });
  const settings = resolveSettings(Object.fromEntries(given.filter(([key]) => key.startsWith('directories.'))));
  const folders = placesOf(settings, host.workspace);
  const { sorted, working } = folders;
  const { sqlWasm } = host.assets;
  const locks = new NodeRunLocks(working);
  return new Repairer({
    version,
    clock,
    folders,
    newRunId,
    files: new NodeFiles(),
    walk: new NodeImageFolder(),
    tree: new NodeSortedTree(sorted),
    manifests: new NodeManifests(sorted),
    isOurSidecar,
    locks,
    journals: new NodeJournalFolder(working, locks),
    undoJournals: new NodeJournalFolder(join(working, 'undo'), locks),
    database: new SqljsDatabaseProbe({ file: join(working, 'image-inbox.db'), wasm: sqlWasm }),
    openStore: async () => {
      const store = await openStore({ folders, sqlWasm, log });
      return { store, ...(store.kept !== undefined && { kept: store.kept }) };
    },
  });
}
