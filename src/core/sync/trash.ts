import { TRASH } from './places.ts';

/** How long what was removed can be brought back. */
const KEPT_DAYS = 30;
const DAY_MS = 86_400_000;
const NAME = /^(\d{4}-\d\d-\d\d)_(\d\d)(\d\d)(\d\d)$/;

/** The trash folder of a run, relative to the NAS folder, named for its time in UTC: `.image-inbox-trash/2026-01-31_142500`. */
export function trashFolder(at: Date): string {
  const [day = '', time = ''] = at.toISOString().split('T');
  return `${TRASH}/${day}_${time.slice(0, 8).replaceAll(':', '')}`;
}

/** Those of the trash's folders whose time is over. What has another name is nothing of ours. */
export function expired(names: readonly string[], now: Date): readonly string[] {
  return names.filter((name) => {
    const [, day, hours, minutes, seconds] = NAME.exec(name) ?? [];
    if (day === undefined) return false;
    const at = Date.parse(`${day}T${hours ?? ''}:${minutes ?? ''}:${seconds ?? ''}Z`);
    return now.getTime() - at > KEPT_DAYS * DAY_MS;
  });
}
