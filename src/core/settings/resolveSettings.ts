import { wrongRules } from '../rules/checkRules.ts';
import { SETTINGS, type Setting, type SettingKey, type Settings } from './settingsTable.ts';

export const SETTING_PREFIX = 'imageInbox.';

/** A value that can't be taken: the key, the value and what is allowed. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

const isKey = (key: string): key is SettingKey => Object.hasOwn(SETTINGS, key);

/** The key with or without the prefix. @throws SettingsError for one that does not exist */
export function settingKey(text: string): SettingKey {
  const key = text.startsWith(SETTING_PREFIX) ? text.slice(SETTING_PREFIX.length) : text;
  if (!isKey(key)) throw new SettingsError(`There is no setting "${SETTING_PREFIX}${key}".`);
  return key;
}

/**
 * The settings with all defaults filled in.
 * @param given values by key without prefix; what is undefined counts as not given
 * @throws SettingsError with every value that is not allowed, a line each
 */
export function resolveSettings(given: Readonly<Record<string, unknown>>): Settings {
  const { settings, problems } = readSettings(given);
  if (problems.length > 0) throw new SettingsError(problems.join('\n'));
  return settings;
}

/** The same for a look at a broken setup: with the default in the place of each value that is not allowed, and what is wrong. */
export function readSettings(given: Readonly<Record<string, unknown>>): {
  readonly settings: Settings;
  readonly problems: readonly string[];
} {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [key, setting] of Object.entries(SETTINGS) as [SettingKey, Setting][]) {
    const value = given[key];
    const wrong = value === undefined ? [] : whatIsWrong(key, setting, value);
    problems.push(...wrong);
    values[key] = value === undefined || wrong.length > 0 ? setting.default : value;
  }
  return { settings: values as Settings, problems };
}

/** A sentence for each thing that is wrong: the key, the value, and what is allowed. */
function whatIsWrong(key: SettingKey, setting: Setting, value: unknown): readonly string[] {
  // a list of rules is long: each message shows the part that it is about
  if (setting.type === 'rules') return wrongRules(value).map((wrong) => `${SETTING_PREFIX}${key}: ${wrong}.`);
  const allowed = allowedInstead(setting, value);
  return allowed === undefined ? [] : [`${SETTING_PREFIX}${key} is ${JSON.stringify(value)}, but must be ${allowed}.`];
}

/** What is allowed instead, or undefined when the value is fine. */
function allowedInstead(setting: Exclude<Setting, { type: 'rules' }>, value: unknown): string | undefined {
  switch (setting.type) {
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'true or false';
    case 'number': {
      const { minimum, maximum, integer } = setting;
      const fine =
        typeof value === 'number' && value >= minimum && value <= maximum && (!integer || Number.isInteger(value));
      return fine ? undefined : `a ${integer ? 'whole ' : ''}number from ${minimum} to ${maximum}`;
    }
    case 'string':
      if (typeof value !== 'string') return 'a text';
      // empty is none, for what there need not be
      return setting.format === 'address' && value !== setting.default ? wrongAddress(value) : undefined;
    case 'choice': {
      const choices = Object.keys(setting.choices);
      return typeof value === 'string' && choices.includes(value) ? undefined : `one of ${choices.join(', ')}`;
    }
    case 'list': {
      const { items } = setting;
      if (!Array.isArray(value) || !value.every((v): v is string => typeof v === 'string')) return 'a list of texts';
      return items && !value.every((v) => items.includes(v)) ? `a list of ${items.join(', ')}` : undefined;
    }
  }
}

function wrongAddress(text: string): string | undefined {
  const allowed = 'the base address of a service, such as https://example.org, without login or query';
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const fine =
    url &&
    /^https?:$/.test(url.protocol) &&
    url.username === '' &&
    url.password === '' &&
    url.search === '' &&
    url.hash === '';
  return fine ? undefined : allowed;
}
