/**
 * The stand-in services, together. As a program, `node test/services/start.ts [--posts FILE] [--unlimited]` prints
 * their base addresses as one line of JSON and runs until it is stopped.
 */
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { Danbooru, type DanbooruOptions } from './danbooru.ts';
import { Iqdb, type IqdbOptions } from './iqdb.ts';
import { Moebooru } from './moebooru.ts';
import { loadPosts, type Post } from './posts.ts';
import { Safebooru } from './safebooru.ts';
import { samplePostsFile } from './samplePosts.ts';
import { Saucenao, unlimited, type SaucenaoOptions } from './saucenao.ts';

export interface Services extends AsyncDisposable {
  readonly saucenao: Saucenao;
  readonly iqdb: Iqdb;
  readonly danbooru: Danbooru;
  readonly yandere: Moebooru;
  readonly konachan: Moebooru;
  readonly safebooru: Safebooru;
  /** Ends all of them at once, open requests included. */
  close(): Promise<void>;
}

export interface ServicesOptions {
  /** One clock for all; Date.now by default. */
  readonly now?: () => number;
  readonly saucenao?: SaucenaoOptions;
  readonly iqdb?: IqdbOptions;
  readonly danbooru?: DanbooruOptions;
}

/** Starts all of them on free ports of 127.0.0.1, about these posts. */
export async function startServices(posts: readonly Post[], options: ServicesOptions = {}): Promise<Services> {
  const clock = options.now === undefined ? {} : { now: options.now };
  const services = {
    saucenao: new Saucenao(posts, { ...clock, ...options.saucenao }),
    iqdb: new Iqdb(posts, { ...clock, ...options.iqdb }),
    danbooru: new Danbooru(posts, { ...clock, ...options.danbooru }),
    yandere: new Moebooru('yandere', posts, clock),
    konachan: new Moebooru('konachan', posts, clock),
    safebooru: new Safebooru(posts, clock),
  };
  const all = Object.values(services);
  await Promise.all(all.map((service) => service.start()));
  const close = async (): Promise<void> => {
    await Promise.all(all.map((service) => service.close()));
  };
  return { ...services, close, [Symbol.asyncDispose]: close };
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { posts: { type: 'string', default: samplePostsFile }, unlimited: { type: 'boolean', default: false } },
  });
  const services = await startServices(
    await loadPosts(values.posts),
    values.unlimited ? { saucenao: { limits: unlimited } } : {},
  );
  const { saucenao, iqdb, danbooru, yandere, konachan, safebooru } = services;
  console.log(
    JSON.stringify({
      saucenao: saucenao.url,
      iqdb: iqdb.url,
      danbooru: danbooru.url,
      yandere: yandere.url,
      konachan: konachan.url,
      safebooru: safebooru.url,
    }),
  );
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  await services.close();
}
