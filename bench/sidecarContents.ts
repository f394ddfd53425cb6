import { namesOf } from '../src/core/model/tag.ts';
import { buildContent } from '../src/core/sidecar/buildContent.ts';
import type { SidecarContent } from '../src/core/sidecar/content.ts';

const WORDS = [
  'blue_eyes', 'long_hair', '1girl', 'solo', 'smile', 'school_uniform', 'looking_at_viewer', 'twintails', 'skirt', 'shirt', 'blush',
  'ribbon', 'bow', 'outdoors', 'sky', 'cloud', 'tree', 'flower', 'hat', 'night', 'scenery', 'umbrella', 'glasses', 'book', '^_^',
] as const; // prettier-ignore

/** What the sidecar of the picture of this number holds: 25 tags, and whatever else a match gives. */
export function contentWithTags(number: number): SidecarContent {
  const tags = {
    general: Array.from(
      { length: 20 },
      (_, index) => `${WORDS[(number + index) % WORDS.length]}${index % 3 ? '' : `_${number}`}`,
    ),
    character: [`character_${number % 97}_(series_${number % 7})`],
    copyright: [`series_${number % 7}`],
    artist: [`artist_${number % 31}`],
    meta: ['highres'],
  };
  return buildContent(
    {
      tags,
      rating: 'general',
      named: new Set(namesOf(tags)),
      analysis: undefined,
      asked: { search: true, analysis: true },
      match: {
        provider: 'saucenao',
        similarity: 93.4,
        url: `https://danbooru.donmai.us/posts/${99_200_000 + number}`,
        post: { site: 'danbooru', id: String(99_200_000 + number) },
        rating: 'general',
        tags,
        sources: [`https://www.pixiv.net/artworks/${number}`],
        createdAt: '2024-05-06T07:08:09+09:00',
      },
    },
    { includeRating: false, tagCase: 'lower', hierarchy: 'category', creatorTool: 'Image Inbox 1.0.0' },
  );
}
