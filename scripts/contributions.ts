/**
 * Writes what package.json says of the settings, from the one table: `contributes.configuration`, and the settings that an
 * untrusted workspace may not set. `--check` changes nothing and fails when there is something to change.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RULE_SCHEMA } from '../src/core/rules/rule.ts';
import { SETTING_PREFIX } from '../src/core/settings/resolveSettings.ts';
import { SETTINGS, type Setting } from '../src/core/settings/settingsTable.ts';

const PACKAGE = join(import.meta.dirname, '../package.json');

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
};

type Json = Readonly<Record<string, unknown>>;

const settings: readonly (readonly [string, Setting])[] = Object.entries(SETTINGS);

function groupOf(key: string): string {
  const title = GROUPS[key.split('.')[0] ?? ''];
  if (title === undefined) throw new Error(`The setting ${key} belongs to no group.`);
  return title;
}

/** One setting as VS Code wants it. */
function property(setting: Setting, order: number): Json {
  const { scope, description } = setting;
  return {
    ...schema(setting),
    default: setting.default,
    markdownDescription: description,
    ...(scope && { scope }),
    order,
  };
}

function schema(setting: Setting): Json {
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
          patternErrorMessage: 'The base address of a service, such as https://example.org, without login or query.',
        }),
      };
    case 'choice':
      return {
        type: 'string',
        enum: Object.keys(setting.choices),
        markdownEnumDescriptions: Object.values(setting.choices),
      };
    case 'list':
      return {
        type: 'array',
        items: { type: 'string', ...(setting.items && { enum: setting.items }) },
        ...(setting.items && { uniqueItems: true }),
      };
    case 'rules':
      return { type: 'array', items: RULE_SCHEMA };
  }
}

function configuration(): readonly Json[] {
  return [...new Set(Object.values(GROUPS))].map((title) => ({
    title,
    properties: Object.fromEntries(
      settings
        .filter(([key]) => groupOf(key) === title)
        .map(([key, setting], i) => [`${SETTING_PREFIX}${key}`, property(setting, i)]),
    ),
  }));
}

function capabilities(): Json {
  return {
    untrustedWorkspaces: {
      supported: 'limited',
      description:
        'Folders, addresses, models and the sync program of the workspace’s own settings are not used until you trust it.',
      restrictedConfigurations: settings.filter(([, s]) => s.restricted).map(([key]) => `${SETTING_PREFIX}${key}`),
    },
    virtualWorkspaces: {
      supported: false,
      description:
        'Image Inbox moves files, writes sidecars beside them and runs native models: it needs real folders.',
    },
  };
}

/** The text of package.json as the table wants it. */
export function withContributions(text: string): string {
  const manifest = JSON.parse(text) as { contributes?: Json };
  const contributes = { ...manifest.contributes, configuration: configuration() };
  return `${JSON.stringify({ ...manifest, contributes, capabilities: capabilities() }, null, 2)}\n`;
}

if (import.meta.main) {
  const text = readFileSync(PACKAGE, 'utf8');
  const wanted = withContributions(text);
  if (process.argv.includes('--check')) {
    if (text !== wanted) {
      console.error('package.json does not say what the table of settings says: run node scripts/contributions.ts');
      process.exitCode = 1;
    }
  } else {
    writeFileSync(PACKAGE, wanted);
  }
}
