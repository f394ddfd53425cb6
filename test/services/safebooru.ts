import { phpJson } from './phpJson.ts';
import { allTags, type Post } from './posts.ts';
import { Service, type Answer, type ReceivedRequest, type ServiceOptions } from './service.ts';

const ratings = { g: 'general', s: 'sensitive', q: 'questionable', e: 'explicit' } as const;

/**
 * safebooru.org: `GET /index.php?page=dapi&s=post&q=index&json=1`, a bare list whose MD5 is called `hash`; where nothing is
 * found the body is empty.
 */
export class Safebooru extends Service {
  protected readonly maxBody = 1024 * 1024;
  protected readonly tooLarge: Answer = { status: 413, kind: 'too-large', type: 'text/html', body: '' };
  readonly #posts: readonly Post[];

  constructor(posts: readonly Post[], options: ServiceOptions = {}) {
    super(options);
    this.#posts = posts.filter(({ sites }) => sites.safebooru !== undefined);
  }

  protected answer({ path, query }: ReceivedRequest): Answer {
    const isList = path === '/index.php' && query.get('page') === 'dapi' && query.get('s') === 'post';
    if (!isList) return { status: 404, kind: 'not-found', type: 'text/html', body: '' };
    const terms = (query.get('tags') ?? '').split(/\s+/).filter((term) => term !== '');
    const id = query.get('id');
    const found = this.#posts.filter(
      (post) =>
        (id === null || id === String(post.sites.safebooru)) &&
        terms.every((term) => [`md5:${post.md5}`, ...allTags(post)].includes(term)),
    );
    return {
      status: 200,
      kind: found.length > 0 ? 'found' : 'no-match',
      type: 'application/json; charset=utf-8',
      body: found.length > 0 ? phpJson(found.map(element)) : '',
    };
  }
}

function element(post: Post): Readonly<Record<string, unknown>> {
  // Their file names are another hash than the MD5.
  const image = `${post.md5.slice(0, 8)}${post.hash}.${post.extension}`;
  return {
    preview_url: `https://safebooru.org/thumbnails/990/thumbnail_${image}`,
    sample_url: `https://safebooru.org/images/990/${image}`,
    file_url: `https://safebooru.org/images/990/${image}`,
    directory: 990,
    hash: post.md5,
    width: post.width,
    height: post.height,
    id: post.sites.safebooru,
    image,
    change: Math.floor(Date.parse(post.createdAt) / 1000),
    owner: 'sample_user',
    parent_id: 0,
    rating: ratings[post.rating],
    sample: false,
    score: null,
    tags: escaped(allTags(post).join(' ')),
    source: escaped(post.source),
    status: post.status === 'deleted' ? 'deleted' : 'active',
    has_notes: false,
    comment_count: 0,
  };
}

/** As PHP's htmlspecialchars with ENT_QUOTES, which the texts of its kin Gelbooru come through. */
function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#039;');
}
