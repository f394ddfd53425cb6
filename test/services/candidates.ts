import { pictureHash, similarity } from './pictureHash.ts';
import type { Post } from './posts.ts';

export interface Candidate {
  readonly post: Post;
  /** 0 to 100 (pictureHash.ts). */
  readonly similarity: number;
}

/**
 * The posts that one search has in its index, the most alike first. Rejects with sharp's error when the picture
 * cannot be decoded.
 */
export async function candidatesFor(
  picture: Buffer,
  posts: readonly Post[],
  index: Post['foundBy'][number],
): Promise<readonly Candidate[]> {
  const hash = await pictureHash(picture);
  return posts
    .filter(({ foundBy }) => foundBy.includes(index))
    .map((post) => ({ post, similarity: similarity(hash, post.hash) }))
    .sort((a, b) => b.similarity - a.similarity);
}
