import { createRequire } from 'node:module';
import { join } from 'node:path';
import { SqljsStore } from '../../../src/adapters/sqljs/sqljsStore.ts';
import type { ContentHash } from '../../../src/core/model/ids.ts';
import type { Post, PostRef, PostSite, ProviderId } from '../../../src/core/model/match.ts';
import { NO_TAGS } from '../../../src/core/model/tag.ts';
import type {
  ImageQuery,
  PostAnswer,
  PostSource,
  ReverseImageSearch,
  SearchAnswer,
} from '../../../src/core/ports/reverseImageSearch.ts';
import type { Store } from '../../../src/core/ports/store.ts';
import type { Asking } from '../../../src/core/search/serviceAnswers.ts';
import { CollectedLog } from '../../adapters/support/collectedLog.ts';
import { sha256Of } from '../../adapters/support/contentOf.ts';
import { temporaryFolder } from '../../adapters/support/temporaryFolder.ts';

const wasm = createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm');

export const never = new AbortController().signal;

/** The database in a folder of its own. */
export async function openStore(): Promise<{ readonly store: Store } & AsyncDisposable> {
  const folder = await temporaryFolder();
  const store = await SqljsStore.open({ file: join(folder.path, 'image-inbox.db'), wasm, log: new CollectedLog() });
  return {
    store,
    [Symbol.asyncDispose]: async () => {
      store.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}

export const md5Of = (digit: string): string => digit.repeat(32);

export const queryOf = (path: string, md5 = md5Of('0'), sha256: ContentHash = sha256Of(path)): ImageQuery => ({
  path,
  sha256,
  md5,
  upload: () => Promise.reject(new Error('not needed')),
});

export const postOf = (site: PostSite, id: string, more: Partial<Post> = {}): Post => ({
  ref: { site, id },
  url: `https://${site}.example/${id}`,
  tags: { ...NO_TAGS, general: [`${site} ${id}`] },
  sources: [],
  ...more,
});

export const foundPost = (post: Post): SearchAnswer => ({
  kind: 'found',
  candidates: [{ similarity: 100, url: post.url, posts: [post.ref], post, sources: [] }],
});

export const NO_MATCH: SearchAnswer = { kind: 'no-match', threshold: 100 };

/** Knows files by their MD5, and keeps whose it was asked for. */
export class Md5Service implements ReverseImageSearch {
  readonly by = 'bytes';
  readonly variant = '1';
  readonly id: ProviderId;
  readonly asked: string[] = [];
  readonly answers: Readonly<Record<string, SearchAnswer>>;

  constructor(answers: Readonly<Record<string, SearchAnswer>> = {}, id: ProviderId = 'danbooru-md5') {
    this.answers = answers;
    this.id = id;
  }

  search({ md5 }: ImageQuery): Promise<SearchAnswer> {
    this.asked.push(md5);
    return Promise.resolve(this.answers[md5] ?? NO_MATCH);
  }
}

/** Has posts by their ids, and keeps which it was asked for. */
export class Site implements PostSource {
  readonly site: PostSite;
  readonly asked: string[] = [];
  readonly answers: Readonly<Record<string, PostAnswer>>;

  constructor(site: PostSite, answers: Readonly<Record<string, PostAnswer>> = {}) {
    this.site = site;
    this.answers = answers;
  }

  post({ id }: PostRef): Promise<PostAnswer> {
    this.asked.push(id);
    return Promise.resolve(this.answers[id] ?? { kind: 'gone' });
  }
}

/** What is lent by the runner, with a memory that reaches the database at once. */
export const askingOf = (store: Store): Asking => ({
  signal: never,
  remember: async (answer) => store.rememberAnswer(answer),
  warn: () => undefined,
});
