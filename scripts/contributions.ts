/**
 * Writes what package.json says of the settings, from the one table: `contributes.configuration`, and the settings that an
 * untrusted workspace may not set; and the keys of the review, from theirs. Texts go to package.nls.json, where package.json refers to them as `%key%`; their Japanese
 * is written by hand, in package.nls.ja.json, and scripts/translations.ts tells what lacks. `--check` changes nothing and
 * fails when there is something to change.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RULE_SCHEMA } from '../src/core/rules/rule.ts';
import { SETTING_PREFIX } from '../src/core/settings/resolveSettings.ts';
import { SETTINGS, type Setting } from '../src/core/settings/settingsTable.ts';
import { REVIEW_ACTS, type ReviewAct } from '../src/protocol/reviewActs.ts';

const PACKAGE = join(import.meta.dirname, '../package.json');
const TEXTS = join(import.meta.dirname, '../package.nls.json');
/** What the keys of generated texts begin with; the others in package.nls.json are written by hand. */
const PREFIX = 'setting.';

/** Titles of the groups in the Settings editor, by the first part of the key. */
const GROUPS: Readonly<Record<string, string>> = {
  directories: 'Folders',
  stages: 'Stages',
  workflow: 'Workflow',
  review: 'Review',
  search: 'Search',
  saucenao: 'SauceNAO',
  iqdb: 'IQDB',
  danbooru: 'Danbooru',
  yandere: 'yande.re',
  konachan: 'Konachan',
  safebooru: 'Safebooru',
  xmp: 'Sidecars',
  analysis: 'Analysis',
  learning: 'Learning',
  categories: 'Categories',
  sync: 'Sync',
  immich: 'Immich',
};

type Json = Readonly<Record<string, unknown>>;

const settings: readonly (readonly [string, Setting])[] = Object.entries(SETTINGS);

/** The texts that were referred to, by key. */
class Texts {
  readonly all: Record<string, string> = {};

  /** @returns how package.json refers to the text */
  refer(key: string, text: string): string {
    const known = (this.all[`${PREFIX}${key}`] ??= text);
    if (known !== text) throw new Error(`Two texts have the key ${PREFIX}${key}: “${known}” and “${text}”.`);
    return `%${PREFIX}${key}%`;
  }
}

function groupOf(key: string): string {
  const group = key.split('.')[0] ?? '';
  if (!(group in GROUPS)) throw new Error(`The setting ${key} belongs to no group.`);
  return group;
}

/** One setting as VS Code wants it. */
function property(key: string, setting: Setting, order: number, texts: Texts): Json {
  const { scope, description } = setting;
  return {
    ...schema(key, setting, texts),
    default: setting.default,
    markdownDescription: texts.refer(key, description),
    ...(scope && { scope }),
    order,
  };
}

function schema(key: string, setting: Setting, texts: Texts): Json {
  switch (setting.type) {
    case 'boolean':
      return { type: 'boolean' };
    case 'number':
      return { type: setting.integer ? 'integer' : 'number', minimum: setting.minimum, maximum: setting.maximum };
    case 'string':
      return {
        type: 'string',
        ...(setting.format === 'address' && {
          pattern: '^(https?://[^\\s?#@]+)?$',
          patternErrorMessage: texts.refer(
            'address',
            'The base address of a service, such as https://example.org, without login or query.',
          ),
        }),
      };
    case 'choice': {
      const choices: readonly (readonly [string, string])[] = Object.entries(setting.choices);
      return {
        type: 'string',
        enum: choices.map(([choice]) => choice),
        markdownEnumDescriptions: choices.map(([choice, text]) => texts.refer(`${key}.${choice}`, text)),
      };
    }
    case 'list':
      return {
        type: 'array',
        items: { type: 'string', ...(setting.items && { enum: setting.items }) },
        ...(setting.items && { uniqueItems: true }),
      };
    case 'rules':
      return { type: 'array', items: withReferences(RULE_SCHEMA, key, texts) };
  }
}

/** A schema whose descriptions are keys, made of the names of the properties that lead to them. */
function withReferences(part: unknown, key: string, texts: Texts): unknown {
  if (Array.isArray(part)) return part.map((item) => withReferences(item, key, texts));
  if (typeof part !== 'object' || part === null) return part;
  return Object.fromEntries(
    Object.entries(part).map(([name, value]: [string, unknown]) => {
      if (name === 'description' && typeof value === 'string') return [name, texts.refer(key, value)];
      if (name === 'properties' && typeof value === 'object' && value !== null) {
        const properties = Object.entries(value).map(([p, v]) => [p, withReferences(v, `${key}.${p}`, texts)]);
        return [name, Object.fromEntries(properties)];
      }
      return [name, withReferences(value, key, texts)];
    }),
  );
}

function configuration(texts: Texts): readonly Json[] {
  return Object.entries(GROUPS).map(([group, title]) => ({
    title: texts.refer(`group.${group}`, title),
    properties: Object.fromEntries(
      settings
        .filter(([key]) => groupOf(key) === group)
        .map(([key, setting], i) => [`${SETTING_PREFIX}${key}`, property(key, setting, i, texts)]),
    ),
  }));
}

function capabilities(texts: Texts): Json {
  return {
    untrustedWorkspaces: {
      supported: 'limited',
      description: texts.refer(
        'untrustedWorkspaces',
        'Nothing is processed, synced, undone or repaired until you trust the workspace, for what lies in its working folder would lead that; nor are folders, addresses, models and the sync program of its own settings used.',
      ),
      restrictedConfigurations: settings.filter(([, s]) => s.restricted).map(([key]) => `${SETTING_PREFIX}${key}`),
    },
    virtualWorkspaces: {
      supported: false,
      description: texts.refer(
        'virtualWorkspaces',
        'Image Inbox moves files, writes sidecars beside them and runs native models: it needs real folders.',
      ),
    },
  };
}

/** Keys of the review panel: single letters, so only while it has the focus. */
function keybindings(): readonly Json[] {
  const when = "activeWebviewPanelId == 'imageInbox.review' && imageInbox.reviewKeys && !inputFocus";
  return REVIEW_ACTS.flatMap(({ id, keys, mac }: ReviewAct) => {
    const command = `${SETTING_PREFIX}review.${id}`;
    return keys.map((key, i) => ({ command, key, ...(mac?.[i] !== undefined && { mac: mac[i] }), when }));
  });
}

export interface ContributionFiles {
  readonly package: string;
  /** package.nls.json */
  readonly texts: string;
}

/** Both files as the table wants them. */
export function withContributions(files: ContributionFiles): ContributionFiles {
  const manifest = JSON.parse(files.package) as { contributes?: Json };
  const texts = new Texts();
  const contributes = { ...manifest.contributes, configuration: configuration(texts), keybindings: keybindings() };
  const byHand = Object.entries(JSON.parse(files.texts) as Json).filter(([key]) => !key.startsWith(PREFIX));
  const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
  return {
    package: json({ ...manifest, contributes, capabilities: capabilities(texts) }),
    texts: json({ ...Object.fromEntries(byHand), ...texts.all }),
  };
}

if (import.meta.main) {
  const files = { package: readFileSync(PACKAGE, 'utf8'), texts: readFileSync(TEXTS, 'utf8') };
  const wanted = withContributions(files);
  if (process.argv.includes('--check')) {
    if (files.package !== wanted.package || files.texts !== wanted.texts) {
      console.error('package.json does not say what the table of settings says: run node scripts/contributions.ts');
      process.exitCode = 1;
    }
  } else {
    writeFileSync(PACKAGE, wanted.package);
    writeFileSync(TEXTS, wanted.texts);
  }
}
