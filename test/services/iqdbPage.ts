import type { Candidate } from './candidates.ts';
import { allTags, type Post } from './posts.ts';

/** A site that IQDB searches: the number of its `service[]`, and how its rows look. */
interface IqdbSite {
  readonly key: keyof Post['sites'];
  readonly service: number;
  readonly name: string;
  readonly icon: string;
  readonly folder: string;
  /** Protocol-relative for some, as on the real page. */
  readonly address: string;
}

export const iqdbSites: readonly IqdbSite[] = [
  {
    key: 'danbooru',
    service: 1,
    name: 'Danbooru',
    icon: 'danbooru.ico',
    folder: 'danbooru',
    address: '//danbooru.donmai.us/posts/',
  },
  {
    key: 'konachan',
    service: 2,
    name: 'Konachan',
    icon: 'konachan.ico',
    folder: 'konachan',
    address: '//konachan.com/post/show/',
  },
  {
    key: 'yandere',
    service: 3,
    name: 'yande.re',
    icon: 'yandere.ico',
    folder: 'moe.imouto',
    address: 'https://yande.re/post/show/',
  },
  {
    key: 'gelbooru',
    service: 4,
    name: 'Gelbooru',
    icon: 'gelbooru.png',
    folder: 'gelbooru',
    address: '//gelbooru.com/index.php?page=post&s=view&id=',
  },
  {
    key: 'sankaku',
    service: 5,
    name: 'Sankaku Channel',
    icon: 'sankaku.png',
    folder: 'sankaku',
    address: 'https://chan.sankakucomplex.com/post/show/',
  },
  {
    key: 'animePictures',
    service: 13,
    name: 'Anime-Pictures',
    icon: 'anime-pictures.png',
    folder: 'anime-pictures',
    address: '//anime-pictures.net/pictures/view_post/',
  },
];

/** One row of results: a post on one site. */
export interface IqdbMatch extends Candidate {
  readonly site: IqdbSite;
  readonly id: number;
}

// IQDB knows the ratings of before 2022: general and sensitive are both safe.
const ratings = { g: ['s', 'Safe'], s: ['s', 'Safe'], q: ['q', 'Ero'], e: ['e', 'Explicit'] } as const;

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;').replaceAll("'", '&#039;');

const thumbnail = ({ post, site }: IqdbMatch): string =>
  `/${site.folder}/${post.md5.charAt(0)}/${post.md5.charAt(1)}/${post.md5.charAt(2)}/${post.md5}.jpg`;

function table(heading: string | undefined, match: IqdbMatch): string {
  const { post, site, id, similarity } = match;
  const [letter, word] = ratings[post.rating];
  const about = escaped(
    site.key === 'animePictures'
      ? ` Score: ${id % 40} Tags: ${allTags(post).join(',').replaceAll('_', ' ')}`
      : `Rating: ${letter} Score: ${id % 40} Tags: ${allTags(post).join(' ')}`,
  );
  // The real page links the Gelbooru twin of a Danbooru picture by its MD5, with bare ampersands.
  const twin =
    site.key === 'danbooru'
      ? ` <span class="el"><a href="//gelbooru.com/index.php?page=post&s=list&md5=${post.md5}"><img alt="icon" src="/icon/gelbooru.png" class="service-icon">Gelbooru</a></span>`
      : '';
  // It does not know the size of every picture.
  const size = id % 3 === 0 ? '' : `${post.width}×${post.height} `;
  return (
    `<div><table>${heading === undefined ? '' : `<tr><th>${heading}</th></tr>`}` +
    `<tr><td class='image'><a href="${site.address}${id}"><img src='${thumbnail(match)}' alt="${about}" title="${about}"></a></td></tr>` +
    `<tr><td><img alt="icon" src="/icon/${site.icon}" class="service-icon">${site.name}${twin}</td></tr>` +
    `<tr><td>${size}[${word}]</td></tr><tr><td>${Math.floor(similarity)}% similarity</td></tr></table></div>\n`
  );
}

/** Everything before the results, which the real server sends at once, with the scripts that show the progress. */
export const pageHead = `<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.0 Transitional//EN">
<html><head><title>Multi-service image search - Search results</title>
<style type="text/css"><!--
.pages div { display: inline-block; vertical-align: top; }
.pages .nomatch table { width: 312px; max-width: none; }
.err { color: red; font-weight: bold; }
--></style>
<script type="text/javascript"><!--
function queue(num,wait) {
	if (wait>0) num="(waiting for your other "+(wait>1?wait+" queries":"query")+" to complete)";
	try { document.getElementById('queue').firstChild.nodeValue="iqdb is currently under high load, your query has been queued. Place in queue: "+num; } catch (e) { }
}
--></script>
</head><body>
<h1>Multi-service image search</h1>
`;

export const queueStart = `<div id='queue'>...</div>\n`;

/** One step in the queue: the place, and how many other queries of the same client come first. */
export function queueStep(place: number, others: number): string {
  return `<script type='text/javascript'>queue('${place}','${others}');</script>\n`;
}

const form = `<form action="/" method="post" enctype="multipart/form-data">
<p class="flow">Upload an image or thumbnail from a file or URL to find it (or similar images) among:</p>
<input type="hidden" name="MAX_FILE_SIZE"  value="8388608">
<table class="form" style="font-size: 100%;">
${iqdbSites.map(({ service, name, address }) => `<tr><th><label><input type="checkbox" name="service[]" value="${service}" checked> <a href="${address}">${name}</a></label></th></tr>`).join('\n')}
</table>
<input type="file" name="file" id="file" size="50"> <input type="text" name="url" id="url" size="50" placeholder="http://">
<label>[ <input type="checkbox" name="forcegray"> ignore colors ]</label>
<ul><li>Supported file types are JPEG, PNG and GIF</li>
<li>Maximum file size: 8192 KB</li>
<li>Maximum image dimensions: 7500x7500</li>
</ul>
</form>
<a id="alt"></a></body></html>
`;

/** The bare page with the upload form. */
export const formPage = `${pageHead}${form}`;

/** The rest of a page that reports a failure; `code` stands in a comment before it. `html` is markup. */
export function failure(code: string, html: string): string {
  return `<!-- Failed... ${code}  -->\n<div class='flow'><div class='err'>${html}</div></div><br>${form}`;
}

/** What an upload gets that the server could not even search with. There is no form below. */
export const unreadable = `<div class='flow'><div class='err'>Can't read query result! <!-- s0000stand-in--></div></div><br>\n`;

/** The name of an upload as it stands in a page. */
export const fileName = escaped;

/**
 * The rest of a page of results. `found` says whether the best one is a real match; if not the page says so, and the
 * first two are only possible. What is beyond the first ten is under "Other results".
 */
export function results(name: string, thumb: string, found: boolean, matches: readonly IqdbMatch[]): string {
  const shown = matches.slice(0, found ? 10 : 2);
  const rows = shown.map((match, i) => {
    if (!found) return table('Possible match', match);
    return i === 0 ? table('Best match', match) : table('Additional match', match);
  });
  const others = matches.slice(shown.length).map((match) => table(undefined, match));
  const elsewhere = `<a href="//saucenao.com/search.php?db=999&dbmaski=32768&url=https://iqdb.org/thu/thu_${thumb}.jpg">SauceNao</a>`;
  const nothing = found
    ? ''
    : `<div class='nomatch'><table><tr><th>No relevant matches</th></tr><tr><td>Could not find your image on any of the selected services. Maybe try this search on:</td></tr><tr><td>${elsewhere}</td></tr><tr><td>Below you can find the images that are the most similar to yours.</td></tr></table></div>\n`;
  return `<h2>Search results</h2><a href='/'>Main page</a><br>
<p style='font-size: small;'>Searched 26,144,575 images in 0.327 seconds.</p>
<div id='pages' class='pages'><div><table><tr><th>Your image</th></tr><tr><td class='image'><img src='/thu/thu_${thumb}.jpg' alt="[IMG]" width='150' height='150'></td></tr><tr><td><span title='${escaped(name)}'>${escaped(name)}</span></td></tr></table></div>
${nothing}${rows.slice(0, 1).join('')}<br>${rows.slice(1).join('')}</div><br>
<div id='show1'>Not the right one? <a href='#' onclick='return showmore(1);'>See more results</a> or try this search on ${elsewhere}.</div>
<div id='more1' style='display: none'><div><span class='em'>Other results</span> <a href='#' onclick='return showmore(0);'>(hide)</a></div><br><div class='pages'>
${others.join('')}<br><i>Still</i> not enough? <a id="yetmore">Give me more!</a><script type="text/javascript">try{document.getElementById("yetmore").href = "/?thu=${thumb}&org=${escaped(name)}&more=1";}catch(e){document.write(" (not supported by your browser)");}</script></div></div><br>${form}`;
}
