import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { settingsFor } from '../services/settingsFor.ts';
import type { Services } from '../services/start.ts';

/**
 * Settings of a workspace whose run approves by itself and asks the stand-ins.
 * @param seconds between two requests to Danbooru: enough to step in, or none
 */
export function configurePace(folder: string, services: Services, seconds: number): void {
  mkdirSync(join(folder, '.vscode'), { recursive: true });
  const settings = {
    ...settingsFor(services),
    'imageInbox.danbooru.secondsBetween': seconds,
    'imageInbox.review.approve': 'all',
  };
  writeFileSync(join(folder, '.vscode/settings.json'), JSON.stringify(settings));
}
