import { ImageError } from '../../core/model/failure.ts';
import { complaintAbout, parseComplaint } from './rsyncOutput.ts';
import { tooLongName, unfitName } from './unfitNames.ts';
import { unseen } from './unseen.ts';

/** Numbers of errors as Linux, macOS and the BSDs have them in common; EDQUOT and ENAMETOOLONG differ. */
const FULL = new Set([28, 122, 69]);
const FORBIDDEN = new Set([1, 13, 30]);
const NOT_THERE = new Set([2]);
const TOO_LONG = new Set([36, 63]);
/** EINVAL, EILSEQ, ENOENT, EIO: of a name that the NAS does not take */
const UNFIT = new Set([22, 84, 92, 2, 5]);

/** ENOENT, ENOTDIR, and names that nothing can stand under: what copies there says what is wrong with those */
const NOTHING = new Set([2, 20, 22, 84, 92, ...TOO_LONG]);

/** What of some places could not be looked at, by what rsync said of it; undefined: nothing is there, or it is none of them. */
export function unseenBy(line: string, places: ReadonlySet<string>) {
  const complaint = parseComplaint(line);
  if (!complaint || NOTHING.has(complaint.errno)) return undefined;
  const { path, text } = complaint;
  // below a folder of which only the other side knows where it is
  for (let place = path; place !== ''; place = place.slice(place.indexOf('/') + 1)) {
    if (places.has(place)) return { place, there: unseen(text) };
    if (!place.includes('/')) return undefined;
  }
  return undefined;
}

/** Why a file did not arrive, by what rsync said on stderr. */
export function rsyncError(place: string, source: string, where: string, stderr: string): ImageError {
  const complaint = complaintAbout(place, stderr);
  if (!complaint) {
    const message = `${where} did not arrive, or came out different.`;
    return new ImageError('verify-failed', message, { transient: true });
  }
  const { errno, text } = complaint;
  if (FULL.has(errno)) return new ImageError('no-space', `The NAS is full: ${where} can't be written.`);
  const isAboutSource = text.includes('[sender]');
  if (NOT_THERE.has(errno) && isAboutSource) return new ImageError('vanished', `${source} is not there.`);
  if (!isAboutSource && TOO_LONG.has(errno)) return tooLongName(where);
  const unfit = !isAboutSource && UNFIT.has(errno) ? unfitName(where, place) : undefined;
  if (unfit) return unfit;
  const reason = isAboutSource ? 'unreadable' : 'not-writable';
  const path = isAboutSource ? source : where;
  const why = FORBIDDEN.has(errno) ? `no permission (${text})` : text;
  return new ImageError(reason, `${path} can't be ${isAboutSource ? 'read' : 'written'}: ${why}.`);
}
