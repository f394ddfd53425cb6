import * as v from 'valibot';
import { shownAddress, webAddress } from './postAddress.ts';

/** The number of a post. */
export const PostNumber = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

/** What a post may lack, or have in a form of another time: absent then, and the rest of the post is read all the same. */
export const optionally = <S extends v.GenericSchema>(schema: S) => v.fallback(v.optional(schema), undefined);

export const Md5 = v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/));

/** A side of a picture in pixels. */
export const Pixels = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

/** Tags as boorus write them in one text, without repeats. */
export const splitTags = (list: string): readonly string[] => [
  ...new Set(list.split(/\s+/).filter((tag) => tag !== '')),
];

/** The source is free text; only an address is kept, that of a file on pixiv as the page of its work. */
export function sourcesIn(source: string | null | undefined): readonly string[] {
  const address = webAddress((source ?? '').trim());
  return address ? [shownAddress(address)] : [];
}
