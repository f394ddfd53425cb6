/**
 * Speaks as robocopy does, as far as the carrier uses it: `robocopy SOURCE TARGET FILE... [OPTIONS]`, exit codes as sums, errors and
 * the summary by the words of the language in ROBOCOPY_LANGUAGE. Like the original it writes under the final name, so that only the
 * staging folder hides what is half copied.
 */
import { copyFileSync, existsSync, mkdirSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';

const WORDS = {
  en: { error: 'ERROR', copying: 'Copying File', rows: ['Dirs :', 'Files :', 'Bytes :'], head: 'Total    Copied   Skipped  Mismatch    FAILED    Extras' },
  de: { error: 'FEHLER', copying: 'Datei wird kopiert', rows: ['Verzeich.:', 'Dateien:', 'Bytes:'], head: 'Insgesamt   KopiertÜbersprungenKeine Übereinstimmung    FEHLER    Extras' },
}; // prettier-ignore

const { error, copying, rows, head } = WORDS[process.env['ROBOCOPY_LANGUAGE'] === 'de' ? 'de' : 'en'];
const isOption = (text: string): boolean => /^\/[A-Z]+(:|$)/.test(text);
const [source = '', target = '', ...rest] = process.argv.slice(2);
const names = rest.filter((text) => !isOption(text));
const options = rest.filter(isOption);
if (options.some((option) => option === '/MIR' || option === '/PURGE'))
  throw new Error('it must never be told to remove');
for (const needed of ['/XO', '/R:3', '/W:5', '/BYTES']) {
  if (!options.includes(needed)) throw new Error(`${needed} is missing`);
}

const numbers = {
  error: { ENOSPC: 112, EACCES: 5, EROFS: 19, ENOENT: 2, ENAMETOOLONG: 206 } as Record<string, number>,
};
const [files, bytes] = [
  [0, 0, 0, 0, 0, 0],
  [0, 0, 0, 0, 0, 0],
];
mkdirSync(target, { recursive: true });
for (const name of names) {
  const [from, to] = [join(source, name), join(target, name)];
  try {
    const facts = statSync(from);
    const column = existsSync(to) && statSync(to).mtimeMs >= facts.mtimeMs && statSync(to).size === facts.size ? 2 : 1;
    if (column === 1) {
      process.stdout.write(`\t    New File  \t\t${String(facts.size).padStart(8)}\t${name}\r\n  0%  \r`);
      copyFileSync(from, to);
      utimesSync(to, facts.atime, facts.mtimeMs / 1000);
      process.stdout.write('100%  \r\n');
    }
    for (const [row, amount] of [[files, 1], [bytes, facts.size]] as const) {
      row[0] = (row[0] ?? 0) + amount;
      row[column] = (row[column] ?? 0) + amount;
    } // prettier-ignore
  } catch (trouble) {
    const number = numbers.error[(trouble as NodeJS.ErrnoException).code ?? ''] ?? 1;
    const hex = number.toString(16).toUpperCase().padStart(8, '0');
    process.stdout.write(
      `2026/01/31 14:25:00 ${error} ${number} (0x${hex}) ${copying} ${from}\r\nText of Windows.\r\n\r\n`,
    );
    files[0] = (files[0] ?? 0) + 1;
    files[4] = (files[4] ?? 0) + 1;
  }
}
const line = (title: string, row: readonly number[]): string =>
  `${title.padStart(13)}${row.map((n) => String(n).padStart(10)).join('')}\r\n`;
process.stdout.write(`\r\n${'-'.repeat(78)}\r\n\r\n               ${head}\r\n`);
process.stdout.write(line(rows[0] ?? '', [1, 0, 1, 0, 0, 0]) + line(rows[1] ?? '', files) + line(rows[2] ?? '', bytes));
process.stdout.write('    Times :   0:00:00   0:00:00                       0:00:00   0:00:00\r\n');
process.exitCode = ((files[1] ?? 0) > 0 ? 1 : 0) + ((files[4] ?? 0) > 0 ? 8 : 0);
