/**
 * Tells what the Japanese lacks, or has left over: package.nls.ja.json against package.nls.json and package.json, and
 * l10n/bundle.l10n.ja.json against the calls of `l10n.t` in src/vscode and of `t` in webview. Changes nothing; ends with 1 when there is something.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';

const ROOT = join(import.meta.dirname, '..');

type Texts = Readonly<Record<string, string>>;

const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const texts = (file: string): Texts => JSON.parse(read(file)) as Texts;

/** @returns one sentence for each thing that is wrong; empty when every text has its Japanese */
export function translationProblems(): readonly string[] {
  const english = texts('package.nls.json');
  const referred = new Set([...read('package.json').matchAll(/"%([\w.-]+)%"/g)].map(([, key]) => key ?? ''));
  const messages = new Map<string, string>();
  const problems: string[] = [];
  for (const file of ['src/extension.ts', ...sources('src/vscode'), ...sources('webview')])
    problems.push(...collectMessages(file, messages));
  return [
    ...problems,
    ...difference([...referred], english, 'package.json refers to', 'package.nls.json'),
    ...difference(
      Object.keys(english),
      Object.fromEntries([...referred].map((k) => [k, k])),
      'package.nls.json has',
      'package.json',
    ),
    ...compared(english, 'package.nls.json', 'package.nls.ja.json'),
    ...compared(Object.fromEntries(messages), 'src/vscode', 'l10n/bundle.l10n.ja.json'),
  ];
}

function sources(folder: string): readonly string[] {
  const names = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.ts')).map((name) => join(folder, name));
}

/** @param messages gets the English texts of a source by the key that VS Code looks them up with */
function collectMessages(file: string, messages: Map<string, string>): readonly string[] {
  const problems: string[] = [];
  const source = ts.createSourceFile(file, read(file), ts.ScriptTarget.Latest, true);
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && /(^|\bl10n\.)t$/.test(node.expression.getText())) {
      const message = messageOf(node.arguments[0]);
      if (message) messages.set(message.key, message.text);
      else {
        const { line } = source.getLineAndCharacterOfPosition(node.getStart());
        problems.push(`${relative('.', file)}:${line + 1}: l10n.t wants a plain string, else it can’t be looked up`);
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return problems;
}

/** The first argument of `l10n.t`: a string, or `{ message, comment }`, whose comment is part of the key. */
function messageOf(argument: ts.Expression | undefined): { key: string; text: string } | undefined {
  if (!argument) return undefined;
  if (ts.isStringLiteralLike(argument)) return { key: argument.text, text: argument.text };
  if (!ts.isObjectLiteralExpression(argument)) return undefined;
  const part = (name: string): string | undefined => {
    const property = argument.properties.find((p) => p.name?.getText() === name);
    if (!property || !ts.isPropertyAssignment(property)) return undefined;
    const value = property.initializer;
    const texts = ts.isArrayLiteralExpression(value) ? [...value.elements] : [value];
    return texts.every(ts.isStringLiteralLike) ? texts.map(({ text }) => text).join('') : undefined;
  };
  const [text, comment] = [part('message'), part('comment')];
  return text === undefined || comment === undefined ? undefined : { key: `${text}/${comment}`, text };
}

function difference(keys: readonly string[], others: Texts, has: string, file: string): readonly string[] {
  return keys.filter((key) => !(key in others)).map((key) => `${has} “${key}”, and ${file} does not`);
}

function compared(english: Texts, englishFile: string, file: string): readonly string[] {
  const japanese = texts(file);
  return [
    ...difference(Object.keys(english), japanese, `${englishFile} has`, file),
    ...difference(Object.keys(japanese), english, `${file} has`, englishFile),
    ...Object.entries(japanese).flatMap(([key, text]) => {
      if (text === '') return [`${file}: “${key}” is empty`];
      const [wanted, found] = [fixedParts(english[key] ?? text), fixedParts(text)];
      return wanted === found ? [] : [`${file}: “${key}” must keep ${wanted}, and has ${found}`];
    }),
  ];
}

/** What must be the same in every language: placeholders, commands and references to settings. */
function fixedParts(text: string): string {
  const parts = text.match(/\{\w+\}|\((command|https?):[^)]*\)|`#[^#]*#`/g) ?? [];
  return [...new Set(parts)].sort().join(' ') || 'nothing fixed';
}

if (import.meta.main) {
  const problems = translationProblems();
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
}
