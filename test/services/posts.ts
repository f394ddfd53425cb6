import { readFile } from 'node:fs/promises';
import * as v from 'valibot';

const names = v.pipe(v.array(v.string()), v.readonly());

const post = v.pipe(
  v.object({
    /** The file of test/samples/inbox that shows this picture, where there is one. */
    picture: v.optional(v.string()),
    /** The post's number on each site that has it. All are far above any number that the real sites have reached. */
    sites: v.pipe(
      v.partial(
        v.object({
          danbooru: v.number(),
          gelbooru: v.number(),
          yandere: v.number(),
          konachan: v.number(),
          sankaku: v.number(),
          safebooru: v.number(),
          animePictures: v.number(),
        }),
      ),
      v.readonly(),
    ),
    /** Of the file as the sites have it; another than the local file's where that is a re-encoded copy. */
    md5: v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/)),
    /** Perceptual hash of the picture (pictureHash.ts). */
    hash: v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/)),
    extension: v.string(),
    bytes: v.number(),
    width: v.number(),
    height: v.number(),
    rating: v.picklist(['g', 's', 'q', 'e']),
    tags: v.pipe(
      v.object({ general: names, character: names, copyright: names, artist: names, meta: names }),
      v.readonly(),
    ),
    source: v.string(),
    pixiv: v.optional(
      v.pipe(
        v.object({ id: v.number(), title: v.string(), memberId: v.number(), memberName: v.string() }),
        v.readonly(),
      ),
    ),
    /** `banned` (taken down) and `restricted` (for Gold accounts) posts answer without file and MD5. */
    status: v.picklist(['active', 'deleted', 'banned', 'restricted']),
    createdAt: v.pipe(v.string(), v.isoTimestamp()),
    /** Which searches by picture have it in their index: the real ones lag behind the sites by days. */
    foundBy: v.pipe(v.array(v.picklist(['danbooru-iqdb', 'saucenao', 'iqdb'])), v.readonly()),
  }),
  v.readonly(),
);

/** A made-up post about a picture of our own, as several boorus would have it. */
export type Post = v.InferOutput<typeof post>;

/** Every tag of a post in the order in which the sites write them: by name, whatever the category. */
export function allTags({ tags }: Post): readonly string[] {
  return Object.values(tags).flat().toSorted();
}

/** Reads a file of posts (test/samples/posts.json). Rejects when it is missing, no JSON, or has another shape. */
export async function loadPosts(path: string): Promise<readonly Post[]> {
  return v.parse(v.array(post), JSON.parse(await readFile(path, 'utf8')));
}
