import { fileURLToPath } from 'node:url';
import { loadPosts, type Post } from './posts.ts';

/** The folder of sample pictures, laid out as a user's inbox. */
export const sampleInbox = fileURLToPath(new URL('../samples/inbox/', import.meta.url));

/** The file of made-up posts about them. */
export const samplePostsFile = fileURLToPath(new URL('../samples/posts.json', import.meta.url));

export function loadSamplePosts(): Promise<readonly Post[]> {
  return loadPosts(samplePostsFile);
}
