import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generatePicture, generatePost } from '../test/services/generated.ts';
import type { Post } from '../test/services/posts.ts';

/** The first so many generated pictures (about 1 MP) in a folder, and a made-up post for each; made once, then kept. */
export async function pictures(folder: string, count: number): Promise<readonly Post[]> {
  mkdirSync(folder, { recursive: true });
  const posts: Post[] = [];
  for (let n = 0; n < count; n++) {
    const file = join(folder, `picture ${String(n).padStart(5, '0')}.jpg`);
    if (!existsSync(file)) writeFileSync(file, await generatePicture(n));
    const post = join(folder, `${n}.post.json`);
    if (!existsSync(post)) writeFileSync(post, JSON.stringify(await generatePost(n, readFileSync(file))));
    posts.push(JSON.parse(readFileSync(post, 'utf8')) as Post);
  }
  return posts;
}
