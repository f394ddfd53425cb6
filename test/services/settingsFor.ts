import type { Services } from './start.ts';

/** Settings, by their whole names, with which a workspace asks the stand-ins, as fast as they answer. */
export const settingsFor = ({ saucenao, iqdb, danbooru, yandere, konachan, safebooru }: Services): object => ({
  'imageInbox.saucenao.endpoint': saucenao.url,
  'imageInbox.iqdb.endpoint': iqdb.url,
  'imageInbox.danbooru.endpoint': danbooru.url,
  'imageInbox.yandere.endpoint': yandere.url,
  'imageInbox.konachan.endpoint': konachan.url,
  'imageInbox.safebooru.endpoint': safebooru.url,
  'imageInbox.iqdb.secondsBetween': 0,
  'imageInbox.danbooru.secondsBetween': 0,
  'imageInbox.yandere.secondsBetween': 0,
  'imageInbox.konachan.secondsBetween': 0,
  'imageInbox.safebooru.secondsBetween': 0,
});
