import { AnonymousApi, type AnonymousApiOptions } from '../http/anonymousApi.ts';
import type { PostsReply } from '../http/postsReply.ts';
import { parseMoebooru } from './parseMoebooru.ts';

/** The sites of this software that can be asked without an account. */
export type MoebooruSite = 'yandere' | 'konachan';

const NAMES: Readonly<Record<MoebooruSite, string>> = { yandere: 'yande.re', konachan: 'Konachan' };

/** What the look-ups by MD5 and by number share: one connection and one pace for a site. Its owner closes it. */
export class MoebooruApi {
  readonly site: MoebooruSite;
  /** for people */
  readonly name: string;
  readonly endpoint: string;
  private readonly api: AnonymousApi;

  constructor(site: MoebooruSite, options: Omit<AnonymousApiOptions, 'service'>) {
    this.site = site;
    this.name = NAMES[site];
    this.endpoint = options.endpoint;
    this.api = new AnonymousApi({ ...options, service: this.name });
  }

  /**
   * The posts that a query of tags finds, deleted ones included. Rejects only when `signal` is aborted.
   * @param provider whom the request counts for in the manifest
   */
  async find(provider: string, tags: string, signal: AbortSignal): Promise<PostsReply> {
    // without `deleted:all` a search hides them (app/models/post/sql_methods.rb); `/posts.json` is another software's
    const query = { tags: `${tags} deleted:all`, api_version: '2', include_tags: '1' };
    const reply = await this.api.ask({ provider, path: '/post.json', query }, signal);
    if (reply.kind === 'error') return reply;
    const posts = reply.kind === 'value' ? parseMoebooru(this.site, reply.value) : undefined;
    return posts
      ? { kind: 'posts', posts }
      : { kind: 'error', reason: 'bad-answer', message: `${this.name} sends no list of posts` };
  }

  close(): Promise<void> {
    return this.api.close();
  }
}
