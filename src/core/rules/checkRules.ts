import { STYLES } from '../model/analysis.ts';
import { IMAGE_FORMATS } from '../model/image.ts';
import { CONTENT_RATINGS } from '../model/rating.ts';
import { strayBraces } from './placeholders.ts';
import { NONE, PLACEHOLDERS, RULE_SCHEMA, SEVERAL } from './rule.ts';

const MAX_GLOB = 200;
/** Each star multiplies the time for a tag that does not fit: twelve take seconds for a tag of 29 letters (measured). */
const MAX_STARS = 5;
const MAX_CATEGORY = 500;

/**
 * What can't be taken in a list of rules, all of it, each as key, value and what is allowed:
 * `rule 2: "when.persons" is "many", but must be …`.
 */
export function wrongRules(value: unknown): readonly string[] {
  if (!Array.isArray(value)) return [`${shown(value)} is no list of rules { category, when }`];
  return (value as unknown[]).flatMap((rule, i) => wrongRule(rule).map((wrong) => `rule ${i + 1}: ${wrong}`));
}

type Wrong = readonly string[];

function wrongRule(rule: unknown): Wrong {
  if (!isRecord(rule)) return [`${shown(rule)} is no rule; a rule is { category, when }`];
  return [
    ...wrongCategory(rule['category']),
    ...strangers(rule, RULE_SCHEMA.properties, ''),
    ...('several' in rule ? choice('several', rule['several'], SEVERAL) : []),
    ...('none' in rule ? choice('none', rule['none'], NONE) : []),
    ...('when' in rule ? wrongConditions(rule['when']) : []),
  ];
}

function wrongCategory(category: unknown): Wrong {
  if (category === undefined) return ['has no "category", the folder below the sorted folder'];
  const allowed = `a folder below the sorted folder, of 1 to ${MAX_CATEGORY} characters`;
  if (typeof category !== 'string' || category.trim() === '' || category.length > MAX_CATEGORY)
    return [must('category', category, allowed)];
  const stray = strayBraces(category);
  const placeholders = PLACEHOLDERS.map((name) => `{${name}}`).join(', ');
  if (stray !== undefined)
    return [`${must('category', category, `without "${stray}"`)}; placeholders are ${placeholders}`];
  return [];
}

function wrongConditions(when: unknown): Wrong {
  if (!isRecord(when)) return [must('when', when, 'an object of conditions')];
  const checks = CONDITIONS;
  return [
    ...strangers(when, checks, 'when.'),
    ...Object.entries(checks).flatMap(([key, check]) =>
      when[key] === undefined ? [] : check(`when.${key}`, when[key]),
    ),
  ];
}

type Check = (key: string, value: unknown) => Wrong;

const globs: Check = (key, value) => {
  const fine = isList(value) && value.every((v) => typeof v === 'string' && isGlob(v));
  const allowed = `a list of globs over tags, such as ["blue_*"], of 1 to ${MAX_GLOB} characters and at most ${MAX_STARS} stars each`;
  return fine ? [] : [must(key, value, allowed)];
};

const isGlob = (text: string): boolean =>
  text.trim() !== '' && text.length <= MAX_GLOB && (text.match(/\*+/g) ?? []).length <= MAX_STARS;

const some =
  (allowed: readonly string[]): Check =>
  (key, value) => {
    const fine = isList(value) && value.every((v) => typeof v === 'string' && allowed.includes(v));
    return fine ? [] : [must(key, value, `a list of ${allowed.join(', ')}`)];
  };

const range =
  (what: 'number' | 'whole number', maximum = Infinity): Check =>
  (key, value) => {
    const isBound = (v: unknown): v is number =>
      typeof v === 'number' && v >= 0 && v <= maximum && (what === 'number' ? Number.isFinite(v) : Number.isInteger(v));
    const upTo = maximum === Infinity ? 'from 0' : `from 0 to ${maximum}`;
    const wrong = [must(key, value, `a ${what} ${upTo}, or { "min": …, "max": … } of such`)];
    if (!isRecord(value)) return isBound(value) ? [] : wrong;
    const { min, max, ...rest } = value;
    if (Object.keys(rest).length > 0 || (min === undefined && max === undefined)) return wrong;
    if ((min !== undefined && !isBound(min)) || (max !== undefined && !isBound(max))) return wrong;
    if (min !== undefined && max !== undefined && min > max)
      return [must(key, value, 'a range whose "min" is not above its "max"')];
    return [];
  };

const SIZES = {
  bytes: range('whole number'),
  width: range('whole number'),
  height: range('whole number'),
  pixels: range('whole number'),
};

const CONDITIONS = {
  tags: globs,
  characters: globs,
  copyrights: globs,
  artists: globs,
  style: some(STYLES),
  rating: some(CONTENT_RATINGS),
  persons: range('whole number'),
  matched: (key, value) => (typeof value === 'boolean' ? [] : [must(key, value, 'true or false')]),
  similarity: range('number', 100),
  size: (key, value) => {
    if (!isRecord(value)) return [must(key, value, `an object of ${Object.keys(SIZES).join(', ')}`)];
    return [
      ...strangers(value, SIZES, `${key}.`),
      ...Object.entries(SIZES).flatMap(([k, check]) => (value[k] === undefined ? [] : check(`${key}.${k}`, value[k]))),
    ];
  },
  format: some(IMAGE_FORMATS),
} as const satisfies Record<keyof typeof RULE_SCHEMA.properties.when.properties, Check>;

function choice(key: string, value: unknown, allowed: readonly string[]): Wrong {
  const fine = typeof value === 'string' && allowed.includes(value);
  return fine ? [] : [must(key, value, `one of ${allowed.join(', ')}`)];
}

const strangers = (record: Record<string, unknown>, known: object, prefix: string): Wrong =>
  Object.keys(record)
    .filter((key) => !Object.hasOwn(known, key))
    .map((key) => `has the unknown key "${prefix}${key}"; known are ${Object.keys(known).join(', ')}`);

const must = (key: string, value: unknown, allowed: string): string =>
  `"${key}" is ${shown(value)}, but must be ${allowed}`;

/** The value in the message, in short. */
function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value) && value.length > 0;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
