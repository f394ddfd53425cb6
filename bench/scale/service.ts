/** A Danbooru that answers at once: it knows nine of ten pictures by their MD5, each with tags of its own, and none by its look. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dice } from '../../scripts/samples/dice.ts';
import { danbooruPost } from '../../test/services/danbooruPost.ts';
import type { Post } from '../../test/services/posts.ts';

const KNOWN = 0.9;
const WORDS = Array.from({ length: 4000 }, (_, n) => `tag_${n.toString(36)}_of_some_length`);
const GENERAL_TAGS = 30;

const server = createServer((request, response) => {
  request.resume();
  request.once('end', () => {
    const { searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const md5 = /^md5:([0-9a-f]{32})$/.exec(searchParams.get('tags') ?? '')?.[1];
    const post = md5 === undefined ? undefined : postOf(md5);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(post ? [post] : []));
  });
});
server.listen(0, '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
process.once('SIGTERM', () => process.exit());

function postOf(md5: string): object | undefined {
  const number = Number.parseInt(md5.slice(0, 8), 16);
  const roll = dice(number);
  if (roll() >= KNOWN) return undefined;
  const word = (): string => WORDS[Math.floor(roll() * WORDS.length)] ?? '';
  const post: Post = {
    sites: { danbooru: number },
    md5,
    hash: '0000000000000000',
    extension: 'jpg',
    bytes: 2000,
    width: 96,
    height: 72,
    rating: 'g',
    tags: {
      general: [...new Set(Array.from({ length: GENERAL_TAGS }, word))],
      character: [word()],
      copyright: [word()],
      artist: [word()],
      meta: ['highres'],
    },
    source: '',
    status: 'active',
    createdAt: '2024-06-01T12:00:00.000-04:00',
    foundBy: [],
  };
  return danbooruPost(post, number, true);
}
