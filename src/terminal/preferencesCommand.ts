import { readFile, writeFile } from 'node:fs/promises';
import type { Correction } from '../core/learning/correction.ts';
import type { Preferences } from '../core/learning/preferences.ts';
import { PreferencesInvalid } from '../core/learning/preferencesFile.ts';
import type { PreferenceStats } from '../core/learning/preferenceStats.ts';
import { printable } from './output.ts';

export type PreferencesRequest =
  | { readonly kind: 'stats' }
  /** `file`: absolute */
  | { readonly kind: 'export'; readonly file: string }
  | { readonly kind: 'import'; readonly file: string; readonly how: 'merge' | 'replace' }
  | { readonly kind: 'reset' };

/** Corrections that `stats` lists. */
const LISTED = 20;

/** @throws PreferencesInvalid, LockHeld, FatalError, the system's error where a file can't be written */
export async function preferencesCommand(
  preferences: Preferences,
  request: PreferencesRequest,
  { write, json }: { readonly write: (line: string) => void; readonly json: boolean },
): Promise<void> {
  const tell = (facts: object, text: string): void => write(json ? JSON.stringify(facts) : text);
  switch (request.kind) {
    case 'stats': {
      const stats = await preferences.stats(LISTED);
      if (json) write(JSON.stringify(stats));
      else for (const line of statsLines(stats)) write(line);
      return;
    }
    case 'export':
      await writeFile(request.file, await preferences.export());
      tell({ exported: request.file }, `Exported to ${printable(request.file)}.`);
      return;
    case 'import': {
      const count = await preferences.import(await textOf(request.file), request.how);
      const done = request.how === 'merge' ? 'merged into' : 'taken in place of';
      tell({ imported: count, how: request.how }, `${count} corrections ${done} what was learned.`);
      return;
    }
    case 'reset':
      await preferences.reset();
      tell({ reset: true }, 'All corrections are forgotten.');
      return;
  }
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new PreferencesInvalid('unreadable', `${file} can't be read.`, { cause });
  }
}

function statsLines({ corrections, switchedOff, categories, lately, latest }: PreferenceStats): readonly string[] {
  if (corrections === 0)
    return ['Nothing was learned yet. Move a sorted image to another category folder, and it begins.'];
  return [
    `${corrections} corrections${switchedOff > 0 ? `, ${switchedOff} of them switched off` : ''}`,
    ...(lately
      ? [`${lately.right} of the last ${lately.placed} images that it sorted were left where it put them`]
      : []),
    '',
    ...categories.map(
      ({ category, corrections: n, switchedOff: off }) =>
        `${String(n).padStart(7)}  ${printable(category)}${off > 0 ? ` (and ${off} off)` : ''}`,
    ),
    '',
    ...latest.map(correctionLine),
  ];
}

function correctionLine({ at, name, from, to, off }: Correction): string {
  const day = new Date(at).toISOString().slice(0, 10);
  return printable(`${day}  ${name}: ${from ?? 'no category'} -> ${to}${off ? ' (off)' : ''}`);
}
