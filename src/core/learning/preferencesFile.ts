import * as v from 'valibot';
import type { ContentHash } from '../model/ids.ts';
import { CORRECTION_SOURCES, type Correction } from './correction.ts';
import { TEMPERS } from './temper.ts';

export const PREFERENCES_VERSION = 1;

/** A file that can't be imported; the message says what is wrong with it, and where. */
export class PreferencesInvalid extends Error {
  override readonly name = 'PreferencesInvalid';
  readonly reason: 'unreadable' | 'not-json' | 'wrong-shape' | 'newer-version';
  constructor(reason: PreferencesInvalid['reason'], message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.reason = reason;
  }
}

const Time = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(8.64e15));
const Category = v.pipe(v.string(), v.minLength(1), v.maxLength(1000));

const StoredCorrection = v.strictObject({
  image: v.pipe(
    v.string(),
    v.regex(/^[0-9a-f]{64}$/),
    v.transform((text) => text as ContentHash),
  ),
  at: Time,
  revised: Time,
  by: v.picklist(CORRECTION_SOURCES),
  name: v.pipe(v.string(), v.maxLength(1000)),
  from: v.exactOptional(Category),
  to: Category,
  // a feature that is there twice would count twice
  features: v.pipe(
    v.array(v.pipe(v.string(), v.regex(/^[a-z]+:./su), v.maxLength(200))),
    v.maxLength(256),
    v.check((features) => new Set(features).size === features.length, 'Features must not repeat'),
  ),
  losses: v.exactOptional(
    v.pipe(v.array(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(5000))), v.length(TEMPERS.length)),
  ),
  off: v.exactOptional(v.literal(true)),
});

/** in this order in the file, whatever the order in memory */
const MEMBERS = Object.keys(StoredCorrection.entries);

const PreferencesFile = v.object({
  kind: v.literal('image-inbox-preferences'),
  version: v.literal(PREFERENCES_VERSION),
  corrections: v.array(StoredCorrection),
});

/**
 * What was learned, as a file: the corrections, of which all counts are sums. Those of the same corrections are the same
 * file but for `exportedAt`.
 */
export function* preferencesText(corrections: Iterable<Correction>, exportedAt: Date): Generator<string> {
  const head = { kind: 'image-inbox-preferences', version: PREFERENCES_VERSION, exportedAt: exportedAt.toISOString() };
  yield `${JSON.stringify(head, null, 2).slice(0, -2)},\n  "corrections": [`;
  const all = [...corrections].sort((a, b) => (a.image < b.image ? -1 : 1));
  for (const [i, correction] of all.entries()) {
    yield `${i === 0 ? '' : ','}\n    ${JSON.stringify(correction, MEMBERS)}`;
  }
  yield `${all.length === 0 ? '' : '\n  '}]\n}\n`;
}

/** @throws PreferencesInvalid */
export function readPreferences(text: string): readonly Correction[] {
  let value: unknown;
  try {
    // editors on Windows put a mark before what they save as UTF-8
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw new PreferencesInvalid('not-json', 'The file is no JSON.', { cause });
  }
  const version = typeof value === 'object' && value !== null && 'version' in value ? value.version : undefined;
  if (typeof version === 'number' && version > PREFERENCES_VERSION) {
    throw new PreferencesInvalid(
      'newer-version',
      `The file was written by a newer version of Image Inbox (its version is ${version}, this one reads ${PREFERENCES_VERSION}).`,
    );
  }
  const parsed = v.safeParse(PreferencesFile, value);
  if (parsed.success) return parsed.output.corrections;
  const [issue] = parsed.issues;
  const place = v.getDotPath(issue) ?? 'the file';
  throw new PreferencesInvalid('wrong-shape', `These are no preferences of Image Inbox: ${place}: ${issue.message}.`);
}
