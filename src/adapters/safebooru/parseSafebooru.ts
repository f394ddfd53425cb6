import * as v from 'valibot';
import type { Post } from '../../core/model/match.ts';
import type { ContentRating } from '../../core/model/rating.ts';
import { NO_TAGS } from '../../core/model/tag.ts';
import { pageOfPost } from '../http/postAddress.ts';
import { Md5, optionally, Pixels, PostNumber, sourcesIn, splitTags } from '../http/postFields.ts';
import { unescapeHtml } from '../http/unescapeHtml.ts';

const Wire = v.object({
  id: PostNumber,
  tags: v.string(),
  /** the MD5 of the file; its name is another hash */
  hash: optionally(Md5),
  rating: optionally(v.string()),
  source: optionally(v.string()),
  width: optionally(Pixels),
  height: optionally(Pixels),
});

const RATINGS: ReadonlyMap<string | undefined, ContentRating> = new Map([
  ['general', 'general'],
  // its word before 2022
  ['safe', 'general'],
  ['sensitive', 'sensitive'],
  ['questionable', 'questionable'],
  ['explicit', 'explicit'],
]);

/**
 * The answer of safebooru.org's `page=dapi&s=post&q=index&json=1`, a bare list; undefined when it is none.
 *
 * All tags are under `general`: the categories have an interface of their own (`s=tag`), which answers in XML and for one name
 * at a time, so that the tags of one picture would cost thirty requests. `change` is no date of creation.
 */
export function parseSafebooru(value: unknown): readonly Post[] | undefined {
  const parsed = v.safeParse(v.array(Wire), value);
  if (!parsed.success) return undefined;
  return parsed.output.map((wire): Post => {
    const ref = { site: 'safebooru', id: String(wire.id) } as const;
    const rating = RATINGS.get(wire.rating);
    return {
      ref,
      url: pageOfPost(ref) ?? '',
      tags: { ...NO_TAGS, general: splitTags(unescapeHtml(wire.tags)) },
      sources: sourcesIn(wire.source && unescapeHtml(wire.source)),
      ...(rating && { rating }),
      ...(wire.hash !== undefined && { md5: wire.hash }),
      ...(wire.width !== undefined && { width: wire.width }),
      ...(wire.height !== undefined && { height: wire.height }),
    };
  });
}
