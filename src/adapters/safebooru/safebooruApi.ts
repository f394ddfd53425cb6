import { AnonymousApi, type AnonymousApiOptions } from '../http/anonymousApi.ts';
import type { PostsReply } from '../http/postsReply.ts';
import { parseSafebooru } from './parseSafebooru.ts';

/** What the look-ups by MD5 and by number share: one connection and one pace. Its owner closes it. */
export class SafebooruApi {
  /** for people */
  readonly name = 'Safebooru';
  readonly endpoint: string;
  private readonly api: AnonymousApi;

  constructor(options: Omit<AnonymousApiOptions, 'service'>) {
    this.endpoint = options.endpoint;
    this.api = new AnonymousApi({ ...options, service: this.name });
  }

  /**
   * Rejects only when `signal` is aborted.
   * @param provider whom the request counts for in the manifest
   */
  async find(
    provider: string,
    which: { readonly tags: string } | { readonly id: string },
    signal: AbortSignal,
  ): Promise<PostsReply> {
    const query = { page: 'dapi', s: 'post', q: 'index', json: '1', ...which };
    const reply = await this.api.ask({ provider, path: '/index.php', query }, signal);
    if (reply.kind === 'error') return reply;
    // where nothing is found the body is empty, not an empty list: so several of its clients note
    const posts = reply.kind === 'empty' ? [] : parseSafebooru(reply.value);
    return posts
      ? { kind: 'posts', posts }
      : { kind: 'error', reason: 'bad-answer', message: `${this.name} sends no list of posts` };
  }

  close(): Promise<void> {
    return this.api.close();
  }
}
