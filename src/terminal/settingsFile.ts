import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, printParseErrorCode, type ParseError } from 'jsonc-parser';
import { SETTING_PREFIX, SettingsError } from '../core/settings/resolveSettings.ts';

/**
 * Image Inbox's settings in `.vscode/settings.json` of the workspace, by key without prefix; comments and trailing commas
 * are allowed there. No file is no settings, and so is an empty one.
 * @throws SettingsError when the file can't be read or is not JSON
 */
export async function readSettingsFile(workspace: string): Promise<Readonly<Record<string, unknown>>> {
  const path = join(workspace, '.vscode', 'settings.json');
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return {};
    throw new SettingsError(`${path} can’t be read: ${message}`, { cause: error });
  }
  const errors: ParseError[] = [];
  const value: unknown = parse(text.replace(/^\ufeff/, ''), errors, {
    allowTrailingComma: true,
    allowEmptyContent: true,
  });
  const [first] = errors;
  if (first) {
    const line = text.slice(0, first.offset).split('\n').length;
    throw new SettingsError(`${path} is not JSON: ${printParseErrorCode(first.error)} in line ${line}.`);
  }
  if (value === undefined) return {};
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new SettingsError(`${path} holds no JSON object.`);
  }
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key.startsWith(SETTING_PREFIX))
      .map(([key, setting]) => [key.slice(SETTING_PREFIX.length), setting as unknown]),
  );
}
