import { chooseEngine, parseDestination, type EngineId } from '../sync/destination.ts';
import { whyHarmful } from '../sync/harmfulOptions.ts';
import { SettingsError } from './resolveSettings.ts';
import type { Settings } from './settingsTable.ts';

/** The program that syncs to a NAS. @throws SettingsError when it can't reach it */
export function syncProgram(settings: Settings, nas: string): EngineId {
  const choice = chooseEngine(settings['sync.engine'], parseDestination(nas, process.platform), process.platform);
  if (choice.kind === 'impossible') throw new SettingsError(`imageInbox.sync.engine: ${choice.why}.`);
  return choice.engine;
}

/** Before anything is synced. @throws SettingsError when the program is given arguments that would do harm on the NAS */
export function assertHarmless(settings: Settings, nas: string): void {
  const harm = whyHarmful(syncProgram(settings, nas), settings['sync.options']);
  if (harm !== undefined) throw new SettingsError(`imageInbox.sync.options: ${harm}`);
}
