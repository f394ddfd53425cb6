/**
 * Rows of fields of a CSV text (RFC 4180): fields with commas, quotes or line ends are quoted, quotes in them doubled
 * (`"don't_say_""lazy"""` is a tag of Danbooru). Empty lines are left out.
 * @throws SyntaxError a quote is never closed
 */
export function parseCsv(text: string): readonly (readonly string[])[] {
  const rows: string[][] = [];
  let row: string[] = [];
  // a quoted field, or one up to the next comma or line end; then what ends it
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n][^,\r\n]*|))(,|\r?\n|\r|$)/y;
  const whole = text.replace(/^\uFEFF/, '');
  while (field.lastIndex < whole.length) {
    const at = field.lastIndex;
    const found = field.exec(whole);
    if (!found) throw new SyntaxError(`line ${whole.slice(0, at).split('\n').length} has a quote that is not closed`);
    const [, quoted, plain = '', end] = found;
    row.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end === ',' && field.lastIndex < whole.length) continue;
    if (end === ',') row.push('');
    if (row.length > 1 || row[0] !== '') rows.push(row);
    row = [];
  }
  return rows;
}
