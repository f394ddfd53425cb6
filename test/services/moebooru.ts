import { allTags, type Post } from './posts.ts';
import { Service, type Answer, type ReceivedRequest, type ServiceOptions } from './service.ts';

/** yande.re and konachan.com run the same software; konachan's is older and tells a few fields less. */
export type MoebooruSite = 'yandere' | 'konachan';

const ratings = { g: 's', s: 's', q: 'q', e: 'e' } as const;

/** Moebooru: `GET /post.json?tags=md5:…` or `id:…`. */
export class Moebooru extends Service {
  protected readonly maxBody = 1024 * 1024;
  protected readonly tooLarge: Answer = { status: 413, kind: 'too-large', type: 'text/html', body: '' };
  readonly #site: MoebooruSite;
  readonly #posts: readonly { readonly post: Post; readonly id: number }[];

  constructor(site: MoebooruSite, posts: readonly Post[], options: ServiceOptions = {}) {
    super(options);
    this.#site = site;
    this.#posts = posts.flatMap((post) => {
      const id = post.sites[site];
      return id === undefined ? [] : [{ post, id }];
    });
  }

  protected answer({ path, query }: ReceivedRequest): Answer {
    // Errors have an empty body here.
    if (path !== '/post.json') return { status: 404, kind: 'not-found', type: 'text/html', body: '' };
    const terms = (query.get('tags') ?? '').split(/\s+/).filter((term) => term !== '');
    // Deleted posts are found by their number, or by anything else where they are asked for.
    const shown = ({ status }: Post): boolean =>
      status !== 'deleted' || terms.some((term) => term === 'deleted:all' || term.startsWith('id:'));
    const found = this.#posts
      .filter(({ post, id }) => {
        const matched = ['deleted:all', `md5:${post.md5}`, `id:${id}`, ...allTags(post)];
        return shown(post) && terms.every((term) => matched.includes(term));
      })
      .slice(0, Math.min(1000, Number(query.get('limit') ?? 40)));
    const posts = found.map(({ post, id }) => this.#element(post, id));
    const withTypes = query.get('api_version') === '2' && query.get('include_tags') === '1';
    const types = Object.fromEntries(found.flatMap(({ post }) => tagTypes(post)));
    return {
      status: 200,
      kind: found.length > 0 ? 'found' : 'no-match',
      type: 'application/json; charset=utf-8',
      body: JSON.stringify(withTypes ? { posts, pool_posts: [], pools: [], tags: types, votes: {} } : posts),
    };
  }

  #element(post: Post, id: number): Readonly<Record<string, unknown>> {
    const { md5, extension, width, height, bytes } = post;
    const created = Math.floor(Date.parse(post.createdAt) / 1000);
    const host = this.#site === 'yandere' ? 'https://files.yande.re' : 'https://konachan.com';
    const hidden = post.status !== 'active';
    return {
      id,
      tags: allTags(post).join(' '),
      created_at: created,
      ...(this.#site === 'yandere' ? { updated_at: created, approver_id: null } : {}),
      creator_id: 990_001,
      author: 'sample_user',
      source: post.source,
      score: id % 40,
      md5,
      file_size: bytes,
      ...(this.#site === 'yandere' ? { file_ext: extension } : {}),
      ...(hidden ? {} : { file_url: `${host}/image/${md5}/${id}.${extension}` }),
      is_shown_in_index: true,
      rating: ratings[post.rating],
      has_children: false,
      parent_id: null,
      status: post.status === 'deleted' ? 'deleted' : 'active',
      ...(this.#site === 'yandere' ? { is_pending: false } : {}),
      width,
      height,
      is_held: false,
      frames_pending_string: '',
      frames_pending: [],
      frames_string: '',
      frames: [],
    };
  }
}

// Moebooru has no meta tags: they are general there.
function tagTypes({ tags }: Post): readonly (readonly [string, string])[] {
  return Object.entries(tags).flatMap(([category, names]) =>
    names.map((name) => [name, category === 'meta' ? 'general' : category] as const),
  );
}
