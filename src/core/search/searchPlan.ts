import type { SearchStatistics } from '../report/statistics.ts';

/** How the images of a run are found, and what the limits of the services make of the rest. */
export interface SearchPlan {
  /** images that the search has looked at */
  readonly images: number;
  /** by their bytes */
  readonly byMd5: number;
  /** by their names, or by files beside them */
  readonly byTrace: number;
  /** answered in an earlier run */
  readonly byCache: number;
  /** near copies of others: they share what is found for those, or that nothing is */
  readonly copies: number;
  /** can't be searched by the picture, for no copy can be made of it; 0 if not given */
  readonly undecoded?: number;
  /** have to be searched by the picture */
  readonly toSearch: number;
  /** the service whose limits count */
  readonly service?: string;
  /** when each of those searches can go out, milliseconds since 1970, ascending; absent while the service has said nothing */
  readonly times?: readonly number[];
  /** no service can be asked for them */
  readonly unavailable?: true;
}

const WEEKDAY_LIMIT_DAYS = 6;

/**
 * `412 images: 188 found by MD5, 40 near copies, 184 need a search: 100 today, 84 tomorrow, done about 14:20 on 25 November`,
 * by local time.
 */
export function planText(plan: SearchPlan, now: number): string {
  const parts = [
    count(plan.byMd5, 'found by MD5'),
    count(plan.byTrace, 'found by name or a file beside'),
    count(plan.byCache, 'known from before'),
    count(plan.copies, plan.copies === 1 ? 'near copy' : 'near copies'),
    count(plan.undecoded ?? 0, 'can’t be decoded and so not searched by look'),
    plan.toSearch === 0
      ? 'none needs a search'
      : `${plan.toSearch} ${plan.toSearch === 1 ? 'needs' : 'need'} a search${timesText(plan, now)}`,
  ].filter(Boolean);
  return `${plan.images} ${plan.images === 1 ? 'image' : 'images'}: ${parts.join(', ')}`;
}

/** The same when the run is over: `412 images: 188 found by MD5, 40 near copies, 96 by search, 84 wait until 14:20 tomorrow`. */
export function searchedText(s: SearchStatistics, waiting: number, now: number): string {
  const parts = [
    count(s.byMd5, 'by MD5'),
    count(s.byTrace, 'by name or a file beside'),
    count(s.byCache, 'known from before'),
    count(s.copies, s.copies === 1 ? 'near copy' : 'near copies'),
    count(s.bySearch, 'by search'),
    count(s.filtered, 'found but withheld'),
    count(s.noMatch, 'without a match'),
    count(s.errors, 'could not be searched'),
    count(waiting, waiting === 1 ? 'waits' : 'wait') + (waiting > 0 ? untilText(s, now) : ''),
  ].filter(Boolean);
  return parts.length === 0 ? 'none' : parts.join(', ');
}

function untilText({ quotaUntil: first, quotaDone: last }: SearchStatistics, now: number): string {
  if (first === undefined) return '';
  const from = ` until ${whenText(now, Date.parse(first))}`;
  return last === undefined || last === first ? from : `${from}, the last until ${whenText(now, Date.parse(last))}`;
}

const count = (n: number, what: string): string => (n === 0 ? '' : `${n} ${what}`);

function timesText({ service, times, unavailable }: SearchPlan, now: number): string {
  if (unavailable) return ', and no service can be asked';
  if (!times || times.length === 0) {
    return service === undefined ? '' : ` (how many a day ${service} allows is known after its first answer)`;
  }
  const last = times.at(-1) ?? now;
  const perDay = new Map<number, number>();
  for (const time of times) perDay.set(daysAfter(now, time), (perDay.get(daysAfter(now, time)) ?? 0) + 1);
  const days = [...perDay];
  const shown = days.slice(0, 3).map(([day, n]) => `${n} ${dayName(now, day)}`);
  const more = days.length - 3;
  const rest = more > 0 ? [`the others on the ${more === 1 ? 'day' : `${more} days`} after`] : [];
  return `: ${[...shown, ...rest].join(', ')}, done about ${whenText(now, last)}`;
}

/** Local days from one time to another: 0 on the same date. */
function daysAfter(from: number, to: number): number {
  const midnight = (ms: number): number => new Date(ms).setHours(0, 0, 0, 0);
  // summer time makes days of 23 and 25 hours
  return Math.round((midnight(to) - midnight(from)) / 86_400_000);
}

function dayName(now: number, day: number): string {
  if (day === 0) return 'today';
  if (day === 1) return 'tomorrow';
  const date = new Date(now);
  date.setDate(date.getDate() + day);
  return day <= WEEKDAY_LIMIT_DAYS ? `on ${WEEKDAYS[date.getDay()] ?? ''}` : `on ${dateText(date)}`;
}

function whenText(now: number, at: number): string {
  const date = new Date(at);
  const two = (n: number): string => String(n).padStart(2, '0');
  const time = `${two(date.getHours())}:${two(date.getMinutes())}`;
  return daysAfter(now, at) === 0 ? time : `${time} on ${dateText(date)}`;
}

const dateText = (date: Date): string => `${date.getDate()} ${MONTHS[date.getMonth()] ?? ''}`;

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = [
  'January', 'February', 'March', 'April', 'May', 'June',
  'July', 'August', 'September', 'October', 'November', 'December',
]; // prettier-ignore
