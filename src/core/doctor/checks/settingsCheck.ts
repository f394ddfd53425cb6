import { SETTING_PREFIX } from '../../settings/resolveSettings.ts';
import { SETTINGS } from '../../settings/settingsTable.ts';
import type { Check } from '../check.ts';
import type { Finding } from '../finding.ts';

/** The settings as they were given: values that are not allowed, and names that are no settings. */
export class SettingsCheck implements Check {
  readonly id = 'settings';
  readonly title = 'Settings';
  private readonly problems: readonly string[];
  private readonly keys: readonly string[];

  /**
   * @param problems what can't be taken, a sentence each
   * @param keys of all settings that were given, without prefix
   */
  constructor(problems: readonly string[], keys: readonly string[]) {
    this.problems = problems;
    this.keys = keys;
  }

  look(): Promise<readonly Finding[]> {
    const wrong = this.problems.map((detail): Finding => ({
      status: 'problem',
      title: 'Not allowed',
      detail,
      whatToDo: 'Correct it in the settings of the workspace (.vscode/settings.json). No run begins before.',
    }));
    const strangers = this.keys
      .filter((key) => !Object.hasOwn(SETTINGS, key))
      .map((key): Finding => ({
        status: 'warning',
        title: 'Unknown',
        detail: `There is no setting ${SETTING_PREFIX}${key}: it has no effect.`,
        whatToDo: 'Check its spelling, or remove it.',
      }));
    const findings = [...wrong, ...strangers];
    return Promise.resolve(
      findings.length > 0 ? findings : [{ status: 'ok', title: 'Settings', detail: 'All values are allowed.' }],
    );
  }
}
