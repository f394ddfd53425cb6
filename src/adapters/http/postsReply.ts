import type { FailureReason } from '../../core/model/failure.ts';
import type { Post } from '../../core/model/match.ts';
import type { PostAnswer, SearchAnswer } from '../../core/ports/reverseImageSearch.ts';

/** What a site says that was asked for posts by what they must have. */
export type PostsReply =
  | { readonly kind: 'posts'; readonly posts: readonly Post[] }
  | { readonly kind: 'error'; readonly reason: FailureReason; readonly message: string };

/** The answer to a search by MD5. `service` is its name for people. */
export function answerOfMd5(service: string, md5: string, reply: PostsReply): SearchAnswer {
  if (reply.kind === 'error') return reply;
  if (reply.posts.length === 0) return { kind: 'no-match', threshold: 100 };
  // a server that passes over the query sends its newest posts
  const post = reply.posts.find((one) => one.md5 === md5);
  return post
    ? { kind: 'found', candidates: [{ similarity: 100, url: post.url, posts: [post.ref], post, sources: [], md5 }] }
    : { kind: 'error', reason: 'bad-answer', message: `${service} sends posts of other files` };
}

/** The answer to the question for the post of a number. */
export function answerOfNumber(service: string, id: string, reply: PostsReply): PostAnswer {
  if (reply.kind === 'error') return reply;
  if (reply.posts.length === 0) return { kind: 'gone' };
  const post = reply.posts.find(({ ref }) => ref.id === id);
  return post
    ? { kind: 'post', post }
    : { kind: 'error', reason: 'bad-answer', message: `${service} sends something that is not post ${id}` };
}
