import { chmod, mkdir, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { createScanner, parseTree } from 'jsonc-parser';
import { SETTING_PREFIX } from '../../core/settings/resolveSettings.ts';

/** Where a workspace keeps its settings. */
export const settingsPath = (workspace: string): string => join(workspace, '.vscode', 'settings.json');

/**
 * The text with these settings in it, by key without prefix. Comments, order and layout of everything else stay as they are:
 * jsonc-parser's own insertion lays out its neighbours anew.
 * @param text undefined: there is no file yet
 */
export function withSettings(text: string | undefined, settings: Readonly<Record<string, unknown>>): string {
  const bom = text?.startsWith('\ufeff') ? '\ufeff' : '';
  let now = text?.slice(bom.length) ?? '';
  // nothing yet, or comments alone
  if (!parseTree(now)) now = `${now.trimEnd()}\n{\n}\n`.trimStart();
  for (const [key, value] of Object.entries(settings)) now = withSetting(now, `${SETTING_PREFIX}${key}`, value);
  return `${bom}${now}`;
}

function withSetting(text: string, key: string, value: unknown): string {
  const root = parseTree(text, [], { allowTrailingComma: true });
  const properties = root?.children ?? [];
  // of two the last counts
  const known = properties.findLast(({ children }) => children?.[0]?.value === key)?.children?.[1];
  const json = JSON.stringify(value);
  if (known) return text.slice(0, known.offset) + json + text.slice(known.offset + known.length);
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const indent = /^([ \t]+)(?:"|\/\*|\/\/)/m.exec(text)?.[1] ?? '  ';
  const close = (root?.offset ?? 0) + (root?.length ?? 0) - 1;
  const line = `${indent}${JSON.stringify(key)}: ${json}`;
  const last = properties.at(-1);
  // behind everything, also comments, that stands before the closing brace
  const head = text.slice(0, close).trimEnd();
  if (!last) return `${head}${eol}${line}${eol}${text.slice(close)}`;
  const end = last.offset + last.length;
  const comma = commaAfter(text, end);
  const before = comma ? head : `${head.slice(0, end)},${head.slice(end)}`;
  return `${before}${eol}${line}${comma ? ',' : ''}${eol}${text.slice(close)}`;
}

/** Whether a comma follows, behind comments perhaps. */
function commaAfter(text: string, offset: number): boolean {
  const scanner = createScanner(text, true);
  scanner.setPosition(offset);
  scanner.scan();
  return text.slice(scanner.getTokenOffset(), scanner.getTokenOffset() + scanner.getTokenLength()) === ',';
}

/**
 * Writes the settings into the workspace's file, as a whole or not at all: aside, then renamed over it.
 * @throws the system's error; nothing is changed then
 */
export async function writeSettings(workspace: string, settings: Readonly<Record<string, unknown>>): Promise<void> {
  const named = settingsPath(workspace);
  await mkdir(dirname(named), { recursive: true });
  // a link stays one: dot files are often kept elsewhere
  const path = await realpath(named).catch(() => named);
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
  const aside = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  try {
    const handle = await open(aside, 'w');
    try {
      await handle.writeFile(withSettings(text, settings));
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (text !== undefined) await chmod(aside, (await stat(path)).mode & 0o7777);
    await rename(aside, path);
  } catch (error) {
    await rm(aside, { force: true }).catch(() => undefined);
    throw error;
  }
}
