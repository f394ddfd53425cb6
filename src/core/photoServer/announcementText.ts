import type { PhotoServerReason } from '../ports/photoServer.ts';
import type { Announcement } from './announcer.ts';

const PERMISSIONS = 'library.read, library.update, asset.read and job.create';

/** What to do about a photo server that can't be told. */
export const WHAT_TO_DO: Readonly<Record<PhotoServerReason, string>> = {
  unreachable: 'Check that it runs and that imageInbox.immich.address is the address of its web page.',
  'not-the-server': 'Set imageInbox.immich.address to the address of its web page, such as http://nas:2283.',
  'no-key': 'Set its API key: “Image Inbox: Set API Keys” in VS Code, IMMICH_API_KEY on the command line.',
  'key-refused':
    'Make a new API key there (Account Settings, API Keys), and set it: “Image Inbox: Set API Keys” in VS Code, IMMICH_API_KEY on the command line.',
  'not-permitted': `The API key must be one of an administrator, with the permissions ${PERMISSIONS}.`,
  'no-library':
    'Make an external library of the NAS folder there (Administration, External Libraries), or set imageInbox.immich.library to its name or id.',
  refused: 'Look at the log of the server.',
};

/** A sentence or two for people, whatever came of it. */
export function announcementText(announcement: Announcement): string {
  const { server } = announcement;
  if (announcement.kind === 'failed') {
    return `${server} was not told: ${announcement.why}. ${WHAT_TO_DO[announcement.reason]} The files are on the NAS; it is told after the next sync.`;
  }
  const { library, changed, readAgain, samples } = announcement;
  const asked =
    `${server} scans its library “${library}” for ${count(changed, 'changed picture')}` +
    (readAgain > 0 ? `, and reads ${count(readAgain, 'sidecar')} again` : '');
  const confirmed = samples.filter(({ state }) => state === 'confirmed').length;
  if (samples.length === 0) return `${asked}.`;
  if (confirmed === samples.length)
    return `${asked}; ${confirmed} of ${samples.length} looked at are there with their tags.`;
  const open = samples.filter(({ state }) => state !== 'confirmed').map(({ place }) => place);
  return (
    `${asked}; ${confirmed} of ${samples.length} looked at are there with their tags so far. Not yet: ${open.join(', ')}. ` +
    'A long queue takes its time (Administration, Jobs, or Job Queues there); if they never appear, the library is another one, or belongs to another account than the API key.'
  );
}

/** Whether the person should look at it. */
export const isTrouble = (announcement: Announcement): boolean =>
  announcement.kind === 'failed' || announcement.samples.some(({ state }) => state !== 'confirmed');

const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;
