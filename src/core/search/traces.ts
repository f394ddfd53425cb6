import { basename } from 'node:path';
import { nameEvidence } from '../evidence/nameEvidence.ts';
import type { BesideEvidence, NameEvidence } from '../model/evidence.ts';
import type { FailureReason } from '../model/failure.ts';
import type { Look } from '../model/look.ts';
import type { Finder, Post, PostRef } from '../model/match.ts';
import type { BesideFiles } from '../ports/besideFiles.ts';
import type { ImageQuery, PostSource, ReverseImageSearch } from '../ports/reverseImageSearch.ts';
import type { Lead } from './lead.ts';
import type { Asking, ServiceAnswers } from './serviceAnswers.ts';

export interface TracesParts {
  readonly beside: BesideFiles;
  /** those that look an MD5 up */
  readonly byBytes: readonly ReverseImageSearch[];
  readonly posts: readonly PostSource[];
  readonly answers: ServiceAnswers;
  /** the page of a post, undefined where its site has none */
  readonly pageOf: (post: PostRef) => string | undefined;
}

/** What name and neighbours of an image have led to. */
export interface Traced {
  /** a post, or tags that lie beside the image: no search is needed */
  readonly found?: { readonly finder: Finder; readonly lead: Lead };
  /** a work on a site without tags (pixiv): worth keeping, but a search may find more */
  readonly work?: { readonly finder: Finder; readonly lead: Lead };
  /** addresses that the neighbours name */
  readonly sources: readonly string[];
  /** in words: what was followed in vain */
  readonly said: readonly string[];
  /** a site could not be asked: the trace may lead somewhere yet */
  readonly error?: { readonly reason: FailureReason; readonly message: string };
  readonly problems: readonly string[];
}

/** What comes to light on the way. */
interface Trail {
  readonly said: string[];
  /** evidence that is another picture's */
  readonly misled: Set<NameEvidence>;
  error?: NonNullable<Traced['error']>;
}

type Kind = Extract<Finder, 'file-name' | 'file-beside'>;

/** The shapes of a picture and of its reduced copy differ by rounding; those of different pictures seldom agree so well. */
const SAME_SHAPE = 0.02;

/**
 * Follows the traces that a downloaded file carries: the MD5 or the post's number in its name, and what gallery-dl or Hydrus
 * has put beside it. Costs no search. A trace can mislead (somebody gave the name to another file), so a post of another
 * shape than the picture's is not taken, nor anything else of the file beside that names it, and nothing but the same MD5
 * counts as compared.
 */
export class Traces {
  private readonly parts: TracesParts;

  constructor(parts: TracesParts) {
    this.parts = parts;
  }

  /** @param look asked for only where there is a trace to follow */
  async follow(query: ImageQuery, look: () => Promise<Look | undefined>, asking: Asking): Promise<Traced> {
    const { evidence: beside, problems } = await this.parts.beside.read(query.path, asking.signal);
    const name = nameEvidence(basename(query.path));
    const all: readonly { readonly kind: Kind; readonly evidence: NameEvidence }[] = [
      ...beside.map((evidence) => ({ kind: 'file-beside' as const, evidence })),
      { kind: 'file-name', evidence: name },
    ];
    const trail: Trail = { said: [], misled: new Set() };
    const { said } = trail;
    // asked for late: which of them mislead is known when they have been followed
    const believed = (): readonly BesideEvidence[] => beside.filter((one) => !trail.misled.has(one));
    const sourcesOf = (): readonly string[] => [...new Set(believed().flatMap((one) => one.sources))];
    const whole = (): Pick<Traced, 'sources' | 'said' | 'problems' | 'error'> => ({
      sources: sourcesOf(),
      said,
      problems,
      ...(trail.error && { error: trail.error }),
    });
    for (const { kind, evidence } of all) {
      const post = await this.post(kind, evidence, query, look, asking, trail);
      if (!post) continue;
      const exact = post.md5 === query.md5;
      const lead: Lead = {
        url: post.url,
        posts: [post.ref],
        post,
        sources: sourcesOf(),
        ...namesOf(believed()),
        ...(exact && { similarity: 100 }),
      };
      return { found: { finder: kind, lead }, ...whole() };
    }
    const pagesOf = (posts: readonly PostRef[]): readonly string[] =>
      posts.flatMap((ref) => this.parts.pageOf(ref) ?? []);
    const [sources, names] = [sourcesOf(), namesOf(believed())];
    const tagged = believed().find((one) => one.tags !== undefined);
    if (tagged) {
      const exact = tagged.md5s.includes(query.md5);
      const lead = leadOf(tagged, [...pagesOf(tagged.posts), ...sources], names);
      return { found: { finder: 'file-beside', lead: { ...lead, ...(exact && { similarity: 100 }) } }, ...whole() };
    }
    const work = all.find(
      ({ evidence }) => !trail.misled.has(evidence) && evidence.posts.some((ref) => !this.isBooru(ref)),
    );
    if (!work) return whole();
    const posts = work.evidence.posts.filter((ref) => !this.isBooru(ref));
    const lead = { ...leadOf(believed()[0], [...pagesOf(posts), ...sources], names), posts };
    return { work: { finder: work.kind, lead }, ...whole() };
  }

  /** The first post that a trace leads to. */
  private async post(
    kind: Kind,
    evidence: NameEvidence,
    query: ImageQuery,
    look: () => Promise<Look | undefined>,
    asking: Asking,
    trail: Trail,
  ): Promise<Post | undefined> {
    const { said } = trail;
    const take = async (post: Post | undefined, trace: string): Promise<Post | undefined> => {
      if (!post) return undefined;
      if (hasShapeOf(post, await look())) {
        // another trace of the same file led elsewhere: to a part of the picture, for one
        trail.misled.delete(evidence);
        return post;
      }
      said.push(`${kind}: ${trace} has another shape than this picture`);
      trail.misled.add(evidence);
      return undefined;
    };
    for (const md5 of evidence.md5s) {
      // its own is looked up anyway
      if (md5 === query.md5) continue;
      for (const provider of this.parts.byBytes) {
        const post = await take(await this.byMd5(provider, md5, query, asking, trail), `${provider.id}’s file ${md5}`);
        if (post) return post;
      }
    }
    for (const ref of evidence.posts) {
      const source = this.parts.posts.find(({ site }) => site === ref.site);
      if (!source) continue;
      const answer = await this.parts.answers.post(source, ref, asking.signal);
      if (answer.kind === 'error') {
        const message = `${kind}: ${ref.site} ${ref.id} can’t be fetched: ${answer.message}`;
        trail.error ??= { reason: answer.reason, message };
      }
      if (answer.kind === 'gone') said.push(`${kind}: ${ref.site} ${ref.id} is gone`);
      const post = await take(answer.kind === 'post' ? answer.post : undefined, `${ref.site} ${ref.id}`);
      if (post) return post;
    }
    return undefined;
  }

  private async byMd5(
    provider: ReverseImageSearch,
    md5: string,
    query: ImageQuery,
    asking: Asking,
    trail: Trail,
  ): Promise<Post | undefined> {
    const { answers } = this.parts;
    const variant = `${provider.variant} ${md5}`;
    let answer = answers.known(provider.id, variant, query.sha256)?.answer;
    if (!answer) {
      answer = await provider.search({ ...query, md5 }, asking.signal);
      await answers.keep(provider.id, variant, query.sha256, answer, asking);
    }
    if (answer.kind === 'error') {
      trail.error ??= { reason: answer.reason, message: `${provider.id}: ${answer.message}` };
    }
    return answer.kind === 'found' ? answer.candidates[0]?.post : undefined;
  }

  /** its tags can be fetched, or could have been */
  private isBooru(ref: PostRef): boolean {
    return this.parts.posts.some(({ site }) => site === ref.site);
  }
}

function hasShapeOf(post: Post, look: Look | undefined): boolean {
  if (!look || post.width === undefined || post.height === undefined) return true;
  return Math.abs((post.width * look.height) / (post.height * look.width) - 1) <= SAME_SHAPE;
}

/** Artist and title, from the first that tells. */
function namesOf(beside: readonly BesideEvidence[]): Pick<Lead, 'artist' | 'title'> {
  const artist = beside.find((one) => one.artist !== undefined)?.artist;
  const title = beside.find((one) => one.title !== undefined)?.title;
  return { ...(artist !== undefined && { artist }), ...(title !== undefined && { title }) };
}

function leadOf(
  one: BesideEvidence | undefined,
  sources: readonly string[],
  names: Pick<Lead, 'artist' | 'title'>,
): Lead {
  const [url = '', ...others] = new Set(sources);
  return {
    url,
    posts: [],
    sources: others,
    ...names,
    ...(one?.tags && { tags: one.tags }),
    ...(one?.rating && { rating: one.rating }),
    ...(one?.createdAt !== undefined && { createdAt: one.createdAt }),
  };
}
