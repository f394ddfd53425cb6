import { STYLES } from '../model/analysis.ts';
import { CONTENT_RATINGS } from '../model/rating.ts';
import { RULE_SCHEMA } from '../rules/rule.ts';
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
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [key, setting] of Object.entries(SETTINGS) as [SettingKey, Setting][]) {
    const value = given[key];
    const wrong = value === undefined ? undefined : whatIsWrong(setting, value);
    if (wrong !== undefined) {
      problems.push(`${SETTING_PREFIX}${key} is ${JSON.stringify(value)}, but must be ${wrong}.`);
    }
    values[key] = value === undefined || wrong !== undefined ? setting.default : value;
  }
  if (problems.length > 0) throw new SettingsError(problems.join('\n'));
  return values as Settings;
}

/** What is allowed instead, or undefined when the value is fine. */
function whatIsWrong(setting: Setting, value: unknown): string | undefined {
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
      return setting.format === 'address' && value !== '' ? wrongAddress(value) : undefined;
    case 'choice': {
      const choices = Object.keys(setting.choices);
      return typeof value === 'string' && choices.includes(value) ? undefined : `one of ${choices.join(', ')}`;
    }
    case 'list': {
      const { items } = setting;
      if (!Array.isArray(value) || !value.every((v): v is string => typeof v === 'string')) return 'a list of texts';
      return items && !value.every((v) => items.includes(v)) ? `a list of ${items.join(', ')}` : undefined;
    }
    case 'rules':
      return wrongRules(value);
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

function wrongRules(value: unknown): string | undefined {
  if (!Array.isArray(value)) return 'a list of rules { category, when }';
  for (const [index, rule] of (value as unknown[]).entries()) {
    const wrong = wrongRule(rule);
    if (wrong !== undefined) return `a list of rules { category, when }; rule ${index + 1} ${wrong}`;
  }
  return undefined;
}

function wrongRule(rule: unknown): string | undefined {
  if (!isRecord(rule)) return 'is no object';
  if (typeof rule['category'] !== 'string' || rule['category'] === '') return 'has no category';
  const stranger = Object.keys(rule).find((k) => k !== 'category' && k !== 'when');
  if (stranger !== undefined) return `has the unknown key "${stranger}"`;
  const when = rule['when'];
  if (when === undefined) return undefined;
  if (!isRecord(when)) return 'has a "when" that is no object';
  for (const [key, condition] of Object.entries(when)) {
    const wrong = wrongCondition(key, condition);
    if (wrong !== undefined) return `: "when.${key}" ${wrong}`;
  }
  return undefined;
}

function wrongCondition(key: string, value: unknown): string | undefined {
  const texts = (allowed?: readonly string[]): string | undefined => {
    const fine = Array.isArray(value) && value.every((v) => typeof v === 'string' && (!allowed || allowed.includes(v)));
    return fine ? undefined : `must be a list of ${allowed ? allowed.join(', ') : 'texts'}`;
  };
  switch (key as keyof typeof RULE_SCHEMA.properties.when.properties) {
    case 'tags':
    case 'characters':
    case 'copyrights':
    case 'artists':
      return texts();
    case 'style':
      return texts(STYLES);
    case 'rating':
      return texts(CONTENT_RATINGS);
    case 'persons':
      return Number.isInteger(value) && (value as number) >= 0 ? undefined : 'must be a whole number from 0';
    case 'matched':
      return typeof value === 'boolean' ? undefined : 'must be true or false';
    default:
      return `is unknown; known are ${Object.keys(RULE_SCHEMA.properties.when.properties).join(', ')}`;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
