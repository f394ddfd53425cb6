import { POST_SITES, type PostRef, type PostSite } from '../../core/model/match.ts';

interface SitePages {
  readonly site: PostSite;
  /** finds the id in host, path and query of an address */
  readonly pattern: RegExp;
  readonly page: (id: string) => string;
}

/** The pages of posts as services and people link them, old forms included. */
const PAGES: readonly SitePages[] = [
  {
    site: 'danbooru',
    // safebooru.donmai.us shows the same posts by the same numbers
    pattern: /^(?:danbooru|safebooru)\.donmai\.us\/(?:post\/show|posts)\/(\d+)/,
    page: (id) => `https://danbooru.donmai.us/posts/${id}`,
  },
  { site: 'yandere', pattern: /^yande\.re\/post\/show\/(\d+)/, page: (id) => `https://yande.re/post/show/${id}` },
  {
    site: 'konachan',
    pattern: /^konachan\.(?:com|net)\/post\/show\/(\d+)/,
    page: (id) => `https://konachan.com/post/show/${id}`,
  },
  {
    site: 'safebooru',
    pattern: /^safebooru\.org\/index\.php\?page=post&s=view&id=(\d+)/,
    page: (id) => `https://safebooru.org/index.php?page=post&s=view&id=${id}`,
  },
  {
    site: 'gelbooru',
    pattern: /^gelbooru\.com\/index\.php\?page=post&s=view&id=(\d+)/,
    page: (id) => `https://gelbooru.com/index.php?page=post&s=view&id=${id}`,
  },
  {
    site: 'sankaku',
    pattern: /^chan\.sankakucomplex\.com\/(?:[a-z]{2}\/)?(?:post\/show|posts(?:\/show)?)\/(?!show\b)(\w+)/,
    page: (id) => `https://chan.sankakucomplex.com/post/show/${id}`,
  },
  {
    site: 'e-shuushuu',
    pattern: /^e-shuushuu\.net\/image\/(\d+)/,
    page: (id) => `https://e-shuushuu.net/image/${id}/`,
  },
  { site: 'zerochan', pattern: /^zerochan\.net\/(\d+)/, page: (id) => `https://www.zerochan.net/${id}` },
  {
    site: 'anime-pictures',
    pattern: /^anime-pictures\.net\/(?:pictures\/view_post|posts)\/(\d+)/,
    page: (id) => `https://anime-pictures.net/posts/${id}`,
  },
  { site: 'e621', pattern: /^e621\.net\/(?:post\/show|posts)\/(\d+)/, page: (id) => `https://e621.net/posts/${id}` },
  {
    site: 'pixiv',
    pattern: /^pixiv\.net\/(?:(?:[a-z]{2}\/)?artworks\/|member_illust\.php\?(?:.*&)?illust_id=)(\d+)/,
    page: (id) => `https://www.pixiv.net/artworks/${id}`,
  },
  {
    site: 'twitter',
    pattern: /^(?:twitter|x)\.com\/(?:i\/web|\w+)\/status\/(\d+)/,
    page: (id) => `https://twitter.com/i/web/status/${id}`,
  },
  {
    site: 'deviantart',
    pattern: /^deviantart\.com\/view\/(\d+)/,
    page: (id) => `https://www.deviantart.com/view/${id}`,
  },
  {
    site: 'artstation',
    pattern: /^artstation\.com\/artwork\/([\w-]+)/,
    page: (id) => `https://www.artstation.com/artwork/${id}`,
  },
  { site: 'nijie', pattern: /^nijie\.info\/view\.php\?id=(\d+)/, page: (id) => `https://nijie.info/view.php?id=${id}` },
  {
    site: 'skeb',
    // SauceNAO writes a second slash before the name
    pattern: /^skeb\.jp\/+(@\w+\/works\/\d+)/,
    page: (id) => `https://skeb.jp/${id}`,
  },
];

const PAGE_OF: ReadonlyMap<PostSite, SitePages['page']> = new Map(PAGES.map(({ site, page }) => [site, page]));

/** Direct addresses of pictures whose file name tells the work, old and new: `…/img-original/img/2015/…/54061660_p0.jpg`. */
const PIXIV_FILE = /^(?:\w+\.)?(?:pximg|pixiv)\.net\/(?:.*\/)?img(?:-\w+)?\/(?:.*\/)?(\d{5,})(?:_[\w-]+)?(?:\.\w+)?$/;

/** An http(s) address as services write them, `//host/path` included; undefined for anything else. */
export function webAddress(text: string): URL | undefined {
  const address = URL.parse(text.startsWith('//') ? `https:${text}` : text);
  if (address === null || !/^https?:$/.test(address.protocol) || address.username !== '') return undefined;
  return address;
}

/** The post that an address leads to, where it is one of a site that we know. */
export function postOfAddress(address: URL): PostRef | undefined {
  const shown = address.host.replace(/^www\./, '') + address.pathname + address.search;
  for (const { site, pattern } of PAGES) {
    const id = pattern.exec(shown)?.[1];
    if (id !== undefined) return { site, id };
  }
  const work = PIXIV_FILE.exec(address.host + address.pathname)?.[1];
  return work === undefined ? undefined : { site: 'pixiv', id: work };
}

/** The page of a post; undefined for `other`. */
export function pageOfPost({ site, id }: PostRef): string | undefined {
  return PAGE_OF.get(site)?.(id);
}

/** The address as it is best shown: a post's page in today's form, anything else as it is. */
export function shownAddress(address: URL): string {
  const post = postOfAddress(address);
  return (post && pageOfPost(post)) ?? address.href;
}

/** Without repeats, in the order of POST_SITES: the site with the best kept tags first. */
export function orderedPosts(posts: readonly PostRef[]): readonly PostRef[] {
  const unique = new Map(posts.map((post) => [`${post.site} ${post.id}`, post]));
  return [...unique.values()].sort((a, b) => POST_SITES.indexOf(a.site) - POST_SITES.indexOf(b.site));
}
