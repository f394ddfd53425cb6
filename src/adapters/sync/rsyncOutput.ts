import type { There } from '../../core/sync/syncEngine.ts';

/**
 * A line of `rsync --list-only --no-human-readable` with TZ=UTC: mode, size, date, time, name. Undefined: none.
 *
 *   -rw-r--r--       12345 2026/01/31 14:25:00 Anime/a b.jpg
 */
export function parseListing(line: string): { readonly place: string; readonly there: There } | undefined {
  const [, type, size, day, time, name] =
    /^(.)\S{9,} +(\d+) (\d{4}\/\d\d\/\d\d) (\d\d:\d\d:\d\d) (.*)$/.exec(line) ?? [];
  if (type === undefined || day === undefined || time === undefined || name === undefined) return undefined;
  const place = name.replace(/^\.\//, '');
  if (type !== '-') return { place, there: { kind: 'other' } };
  const mtimeMs = Date.parse(`${day.replaceAll('/', '-')}T${time}Z`);
  return { place, there: { kind: 'file', size: Number(size), mtimeMs } };
}

/**
 * Bytes so far, of a line of `--info=progress2 --no-human-readable`: the first field is a number, the second a percentage.
 *
 *   32768   3%   31.25MB/s    0:00:00 (xfr#1, to-chk=0/1)
 */
export function parseProgress(line: string): number | undefined {
  const [, bytes] = /^ *(\d+) +\d+%/.exec(line) ?? [];
  return bytes === undefined ? undefined : Number(bytes);
}

/** With the bytes that it took (`%b`) rsync tells of a file when it has sent all of it, not before. */
export const SENT_FORMAT = '--out-format=sent %b %n';

/** The place of a line in SENT_FORMAT. */
export function parseSent(line: string): string | undefined {
  return /^sent \d+ (.*)$/s.exec(line)?.[1];
}

/** What rsync said of one file: `rsync: [receiver] mkstemp "/nas/.a.jpg.x1" failed: Permission denied (13)`. */
export interface RsyncComplaint {
  readonly text: string;
  /** the system's number of the error, the same on Linux and macOS for those that matter here */
  readonly errno: number;
}

/**
 * The complaint of one path, as that of the side that was asked, which is not known here:
 *
 *   rsync: [sender] link_stat "/volume1/photos/Anime/a.jpg" (in library) failed: Permission denied (13)
 */
export function parseComplaint(line: string): (RsyncComplaint & { readonly path: string }) | undefined {
  const [, escaped, errno] = /"(.*)".*\((\d+)\)\s*$/.exec(line) ?? [];
  if (escaped === undefined) return undefined;
  const path = escaped.replace(/\\#(\d{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
  return { path, text: line.trim(), errno: Number(errno) };
}

/** The complaint that names the file, by the number at its end; the text before it is in whichever language. */
export function complaintAbout(place: string, stderr: string): RsyncComplaint | undefined {
  const name = place.slice(place.lastIndexOf('/') + 1);
  for (const line of stderr.split('\n')) {
    const errno = /\((\d+)\)\s*$/.exec(line)?.[1];
    if (errno !== undefined && line.includes(name)) return { text: line.trim(), errno: Number(errno) };
  }
  return undefined;
}
