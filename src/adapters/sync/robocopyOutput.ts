/** What robocopy counts, of a row of its summary. */
export interface RobocopyCounts {
  readonly total: number;
  readonly copied: number;
  readonly skipped: number;
  readonly mismatched: number;
  readonly failed: number;
  readonly extras: number;
}

export interface RobocopySummary {
  readonly folders: RobocopyCounts;
  readonly files: RobocopyCounts;
  /** bytes, as `/BYTES` has them */
  readonly bytes: RobocopyCounts;
}

/** An error that it met on a file; it may have got over it by trying again. */
export interface RobocopyError {
  /** of Windows: 5 access denied, 32 in use, 112 disk full */
  readonly code: number;
  readonly path: string;
}

/** Six numbers behind a colon, whatever stands before it: `Files :`, `Dateien:`, `ファイル:`. */
const ROW = /:\s+(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*$/;
/** Date and time, a word, the number, and the number in hexadecimal: the same in all languages. The path is what begins like one. */
const ERROR = /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d \S+ (\d+) \(0x[0-9A-F]{8}\) .*?((?:[A-Za-z]:\\|\\\\|\/).*)$/;

/** The summary at the end, by the position of its rows: folders, files, bytes. Undefined: it did not get that far. */
export function parseSummary(output: string): RobocopySummary | undefined {
  const rows = output
    .split(/\r?\n/)
    .map((line) => ROW.exec(line)?.slice(1).map(Number))
    .filter((row) => row !== undefined);
  const [folders, files, bytes] = rows.slice(-3).map(countsOf);
  return folders && files && bytes && { folders, files, bytes };
}

/** The errors in the order in which they came. */
export function parseErrors(output: string): readonly RobocopyError[] {
  return output.split(/[\r\n]+/).flatMap((line) => {
    const [, code, path] = ERROR.exec(line) ?? [];
    return code === undefined || path === undefined ? [] : [{ code: Number(code), path: path.trim() }];
  });
}

function countsOf(row: readonly number[]): RobocopyCounts {
  const [total = 0, copied = 0, skipped = 0, mismatched = 0, failed = 0, extras = 0] = row;
  return { total, copied, skipped, mismatched, failed, extras };
}
