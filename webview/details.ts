import { TAG_CATEGORIES } from '../src/core/model/tag.ts';
import type { ReviewImage, SuggestedTag } from '../src/protocol/review.ts';
import { element } from './dom.ts';
import { badge, button } from './toolkit.ts';

const CATEGORY_TITLES = {
  artist: 'Artist',
  copyright: 'Series',
  character: 'Characters',
  general: 'General',
  meta: 'Meta',
} as const satisfies Record<(typeof TAG_CATEGORIES)[number], string>;

export interface DetailActions {
  readonly approve: () => void;
  readonly reject: () => void;
  readonly open: () => void;
}

/** The large view of one image: picture, match, tags by category, and what can be done. */
export function details(image: ReviewImage, thumbnail: string | undefined, actions: DetailActions): HTMLElement {
  const picture = element('div', 'picture');
  if (thumbnail !== undefined) {
    const img = element('img', '');
    img.src = thumbnail;
    img.alt = image.name;
    picture.append(img);
  }
  const title = element('h2', '', image.name);
  title.dir = 'auto';
  return element(
    'div',
    'details',
    picture,
    title,
    ...(image.folder === '' ? [] : [element('p', 'folder', image.folder)]),
    evidence(image),
    element(
      'div',
      'actions',
      button('Approve', 'primary', actions.approve),
      button('Reject', 'secondary', actions.reject),
      button('Open', 'secondary', actions.open),
    ),
    ...(Object.keys(CATEGORY_TITLES) as (keyof typeof CATEGORY_TITLES)[])
      .filter((category) => image.tags[category].length > 0)
      .flatMap((category) => tagList(CATEGORY_TITLES[category], category, image.tags[category])),
  );
}

function evidence({ match, evidence, rating }: ReviewImage): HTMLElement {
  const line = element('p', 'evidence');
  if (match) {
    if (match.similarity === undefined) line.append(`told by the ${match.provider.replace('-', ' ')}: `);
    else line.append(badge(`${match.similarity.toFixed(0)} %`), ` like a picture found by ${match.provider}: `);
    line.append(link(match.url));
  } else {
    line.append(badge(`${(evidence * 100).toFixed(0)} %`), ' by the local tagger');
  }
  if (rating !== undefined) line.append(` · rated ${rating}`);
  return line;
}

/** Only what leads to a page on the web becomes a link. */
function link(url: string): Node {
  if (!url.startsWith('https://') || !URL.canParse(url)) return document.createTextNode(url);
  const a = element('a', '', url);
  a.href = url;
  return a;
}

function tagList(title: string, category: string, tags: readonly SuggestedTag[]): HTMLElement[] {
  const list = element('ul', `tags ${category}`);
  list.setAttribute('aria-label', title);
  for (const { name, score } of tags) {
    const item = element('li', '', name);
    item.dir = 'auto';
    if (score !== undefined) item.append(element('span', 'score', ` ${(score * 100).toFixed(0)} %`));
    list.append(item);
  }
  return [element('h3', '', title), list];
}
