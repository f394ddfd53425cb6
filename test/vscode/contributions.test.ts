import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SETTINGS } from '../../src/core/settings/settingsTable.ts';
import { translationProblems } from '../../scripts/translations.ts';
import { withContributions } from '../../scripts/contributions.ts';

interface Property {
  readonly default: unknown;
  readonly markdownDescription: string;
}

interface Manifest {
  readonly capabilities: { readonly untrustedWorkspaces: { readonly restrictedConfigurations: readonly string[] } };
  readonly contributes: {
    readonly configuration: readonly { readonly properties: Readonly<Record<string, Property>> }[];
    readonly commands: readonly { readonly command: string; readonly category?: string; readonly title: string }[];
    readonly menus: Readonly<Record<string, readonly { readonly command: string; readonly when?: string }[]>>;
    readonly viewsWelcome: readonly { readonly contents: string }[];
  };
}

const read = (file: string): string => readFileSync(join(import.meta.dirname, '../..', file), 'utf8');

describe('What package.json contributes', () => {
  const files = { package: read('package.json'), texts: read('package.nls.json') };
  const texts = JSON.parse(files.texts) as Readonly<Record<string, string>>;
  const localized = files.package.replaceAll(/"%([\w.-]+)%"/g, (_, key: string) => JSON.stringify(texts[key]));
  const { capabilities, contributes } = JSON.parse(localized) as Manifest;

  it('says of the settings what the one table says', () => {
    assert.deepEqual(withContributions(files), files, 'run node scripts/contributions.ts');
  });

  it('has the Japanese of every text, and of none that is gone', () => {
    assert.deepEqual(translationProblems(), []);
  });

  it('has every setting once, with default and description', () => {
    const properties = contributes.configuration.flatMap((group) => Object.entries(group.properties));
    assert.deepEqual(
      properties.map(([key]) => key).sort(),
      Object.keys(SETTINGS)
        .map((key) => `imageInbox.${key}`)
        .sort(),
    );
    for (const [key, property] of properties) {
      assert.ok(property.markdownDescription.length > 10, key);
      assert.notEqual(property.default, undefined, key);
    }
  });

  it('keeps an untrusted workspace from naming programs, arguments, addresses and folders', () => {
    const { restrictedConfigurations } = capabilities.untrustedWorkspaces;
    for (const key of ['sync.engine', 'sync.options', 'saucenao.endpoint', 'analysis.server', 'directories.nas']) {
      assert.ok(restrictedConfigurations.includes(`imageInbox.${key}`), key);
    }
  });

  it('puts only commands that exist into menus and welcome views', () => {
    const known = new Set(contributes.commands.map(({ command }) => command));
    const used = Object.values(contributes.menus).flatMap((items) => items.map(({ command }) => command));
    const linked = contributes.viewsWelcome.flatMap(({ contents }) =>
      [...contents.matchAll(/\(command:(imageInbox\.\w+)/g)].map((m) => m[1] ?? ''),
    );
    assert.ok(linked.length > 0);
    assert.deepEqual(
      [...used, ...linked].filter((command) => !known.has(command)),
      [],
    );
  });

  it('says of every command whose it is', () => {
    for (const { command, category, title } of contributes.commands) {
      assert.match(category === undefined ? title : `${category}: ${title}`, /^Image Inbox: [A-Z]/, command);
    }
  });
});
