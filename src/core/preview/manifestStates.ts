import * as v from 'valibot';
import { STYLE_WORDS, STYLES } from '../model/analysis.ts';
import type { ContentHash, ImageId } from '../model/ids.ts';
import { IMAGE_FORMATS } from '../model/image.ts';
import type { ImageState, StageRecord } from '../model/imageState.ts';
import { POST_SITES, PROVIDER_IDS } from '../model/match.ts';
import { CONTENT_RATINGS } from '../model/rating.ts';
import { DECISION_KINDS } from '../model/review.ts';
import type { StageResults } from '../model/stageResults.ts';

const Strings = v.array(v.string());
const Tags = v.object({ general: Strings, character: Strings, copyright: Strings, artist: Strings, meta: Strings });
const Rating = v.picklist(CONTENT_RATINGS);
/** A style as the manifest says it. */
const InWords = v.union(
  STYLES.map((style) =>
    v.pipe(
      v.literal(STYLE_WORDS[style]),
      v.transform(() => style),
    ),
  ),
);

/** What rules and learner look at. What a later version says beside is passed over. */
const Entry = v.object({
  source: v.string(),
  sha256: v.string(),
  destination: v.string(),
  stages: v.object({
    scan: v.object({ status: v.string(), format: v.exactOptional(v.picklist(IMAGE_FORMATS)) }),
    search: v.object({
      status: v.string(),
      verdict: v.exactOptional(v.string()),
      provider: v.exactOptional(v.picklist([...PROVIDER_IDS, 'file-name', 'file-beside'])),
      similarity: v.exactOptional(v.number()),
      url: v.exactOptional(v.string()),
      post: v.exactOptional(v.object({ site: v.picklist(POST_SITES), id: v.string() })),
      rating: v.exactOptional(Rating),
      tags: v.exactOptional(Tags),
    }),
    review: v.object({
      status: v.string(),
      decision: v.exactOptional(v.picklist(DECISION_KINDS)),
      tags: v.exactOptional(Tags),
      category: v.exactOptional(v.string()),
    }),
    analyze: v.object({
      status: v.string(),
      style: v.exactOptional(InWords),
      styleConfidence: v.exactOptional(v.number()),
      persons: v.exactOptional(v.array(v.object({ box: v.tuple([v.number(), v.number(), v.number(), v.number()]), confidence: v.number() }))), // prettier-ignore
      rating: v.exactOptional(Rating),
      tags: v.exactOptional(Tags),
      width: v.exactOptional(v.number()),
      height: v.exactOptional(v.number()),
    }),
  }),
});
type Entry = v.InferOutput<typeof Entry>;

/** A sorted image as its run left it, with what the run knew of it. */
export interface ManifestState {
  readonly sha256: ContentHash;
  /** absolute path to which the run took it */
  readonly destination: string;
  /** its stages as far as a category depends on them; of the file itself only the path is known */
  readonly state: ImageState;
}

/** The sorted images of a manifest; what has another shape than a manifest's is passed over. */
export function* manifestStates(text: string): Generator<ManifestState> {
  let images: unknown;
  try {
    images = (JSON.parse(text) as { images?: unknown } | null)?.images;
  } catch {
    return;
  }
  if (!Array.isArray(images)) return;
  for (const image of images) {
    const parsed = v.safeParse(Entry, image);
    if (parsed.success) yield stateOf(parsed.output);
  }
}

function stateOf({ source, sha256: hash, destination, stages }: Entry): ManifestState {
  const sha256 = hash as ContentHash;
  const { scan, search, review, analyze } = stages;
  const found = {
    ...(scan.format && done<'scan'>('scan', { format: scan.format, sha256, md5: '' })),
    ...(search.verdict === 'found' && search.tags && search.provider && done<'search'>('search', { verdict: 'found', match: matchOf({ ...search, tags: search.tags, provider: search.provider }) })), // prettier-ignore
    ...(review.decision && review.tags && done<'review'>('review', { decision: review.decision, tags: review.tags, ...(review.category !== undefined && { category: review.category }) })), // prettier-ignore
    ...(analyze.style && done<'analyze'>('analyze', analysisOf({ ...analyze, style: analyze.style }))),
  };
  const image = { id: sha256 as string as ImageId, path: source, size: 0, mtimeMs: 0 };
  return {
    sha256,
    destination,
    state: { image, stages: found, operations: [] },
  };
}

const done = <K extends keyof StageResults>(
  stage: K,
  result: StageResults[K],
): Record<K, StageRecord<StageResults[K]>> =>
  ({ [stage]: { outcome: { kind: 'done', result }, ms: 0 } }) as Record<K, StageRecord<StageResults[K]>>;

type Found = Entry['stages']['search'] & Pick<Required<Entry['stages']['search']>, 'tags' | 'provider'>;

function matchOf({
  provider,
  similarity,
  url = '',
  post,
  rating,
  tags,
}: Found): NonNullable<StageResults['search']['match']> {
  return {
    provider,
    url,
    tags,
    sources: [],
    ...(similarity !== undefined && { similarity }),
    ...(post && { post }),
    ...(rating && { rating }),
  };
}

type Analyzed = Entry['stages']['analyze'] & Pick<Required<Entry['stages']['analyze']>, 'style'>;

function analysisOf({
  style,
  styleConfidence = 0,
  persons = [],
  rating,
  tags,
  width = 0,
  height = 0,
}: Analyzed): StageResults['analyze'] {
  return {
    style,
    styleConfidence,
    scores: {},
    persons,
    model: '',
    width,
    height,
    processingMs: 0,
    ...(rating && { rating }),
    ...(tags && { tags }),
  };
}
