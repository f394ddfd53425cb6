import { createHash } from 'node:crypto';
import { copyFileSync, linkSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { NodeJournalFolder } from '../../src/adapters/files/nodeJournal.ts';
import { encodeEvent } from '../../src/core/journal/journal.ts';
import type { JournalEvent } from '../../src/core/journal/events.ts';
import type { FoundImage } from '../../src/core/model/image.ts';
import type { ContentHash, ImageId, RunId } from '../../src/core/model/ids.ts';
import type { Match } from '../../src/core/model/match.ts';
import { NO_TAGS, type TagSet } from '../../src/core/model/tag.ts';

/** One image of an inbox, as a run has left it: looked up, analysed, and waiting for a person. */
export interface WaitingImage {
  /** with folders, below the inbox */
  readonly name: string;
  /** its number in the stock of pictures */
  readonly picture: number;
  readonly match?: Match;
  readonly taggerTags?: TagSet;
  readonly tagScores?: Readonly<Record<string, number>>;
}

const AT = '2026-01-01T00:00:00.000Z';

/**
 * Fills `folder` with an inbox and the journal of a run that has parked all of its images: what a run over as many would leave,
 * without the hour that it takes.
 */
export async function layWaiting(folder: string, images: readonly WaitingImage[], stock: string): Promise<void> {
  const inbox = join(folder, 'Inbox');
  const known = new Map<number, { sha256: string; md5: string; file: string }>();
  const found: { readonly image: FoundImage; readonly waiting: WaitingImage }[] = [];
  for (const waiting of images) {
    const { name, picture } = waiting;
    let source = known.get(picture);
    if (!source) {
      const file = await stockPicture(stock, picture);
      const bytes = readFileSync(file);
      source = { sha256: hash('sha256', bytes), md5: hash('md5', bytes), file };
      known.set(picture, source);
    }
    const path = join(inbox, name);
    mkdirSync(dirname(path), { recursive: true });
    try {
      linkSync(source.file, path); // many thousand copies would fill the disk
    } catch {
      copyFileSync(source.file, path);
    }
    const { size, mtimeMs } = statSync(path);
    const id = hash('sha256', Buffer.from(`${path}\0${size}\0${mtimeMs}`)).slice(0, 16) as ImageId;
    found.push({ image: { id, path, size, mtimeMs }, waiting });
  }
  function* lines(): Generator<string> {
    const plan = {
      command: 'process',
      inbox,
      sorted: join(folder, 'Sorted'),
      skip: [],
      reprocess: false,
      offline: false,
      overrides: {},
    } as const;
    yield encodeEvent({ kind: 'run-started', at: AT, runId: '20260101_000000_0000' as RunId, version: '0.0.0', plan });
    for (const { image, waiting } of found)
      for (const event of eventsOf(image, waiting, known)) yield encodeEvent(event);
    yield encodeEvent({ kind: 'scan-ended', at: AT });
    yield encodeEvent({ kind: 'run-ended', at: AT, outcome: 'completed' });
  }
  const journal = await new NodeJournalFolder(join(folder, '.image-inbox')).create(lines());
  await journal.close();
}

function* eventsOf(
  image: FoundImage,
  { match, taggerTags, tagScores, picture }: WaitingImage,
  known: ReadonlyMap<number, { readonly sha256: string; readonly md5: string }>,
): Generator<JournalEvent> {
  const { sha256 = '', md5 = '' } = known.get(picture) ?? {};
  const { id } = image;
  const done = <T>(result: T) => ({ outcome: { kind: 'done', result } as const, ms: 1 });
  yield { kind: 'image-found', image };
  yield {
    kind: 'stage-ended',
    image: id,
    stage: 'scan',
    record: done({ format: 'jpeg', sha256: sha256 as ContentHash, md5 } as const),
  };
  yield {
    kind: 'stage-ended',
    image: id,
    stage: 'search',
    record: done(match ? ({ verdict: 'found', match } as const) : ({ verdict: 'no-match' } as const)),
  };
  yield {
    kind: 'stage-ended',
    image: id,
    stage: 'analyze',
    record: done({
      style: 'drawing',
      styleConfidence: 0.9,
      scores: {},
      persons: [],
      model: 'none',
      width: 480,
      height: 640,
      processingMs: 1,
      ...(taggerTags && { tags: taggerTags, tagScores: tagScores ?? {} }),
    } as const),
  };
  const outcome = { kind: 'waiting', why: 'review', detail: 'a person decides on the suggested tags' } as const;
  yield { kind: 'stage-ended', image: id, stage: 'review', record: { outcome, ms: 0 } };
  yield { kind: 'image-settled', at: AT, image: id, fate: 'awaiting-review' };
}

/** A match as a search gives it. */
export function matchOf(post: number, similarity: number, tags: Partial<TagSet>, more: Partial<Match> = {}): Match {
  return {
    provider: 'danbooru-iqdb',
    similarity,
    url: `https://danbooru.donmai.us/posts/${post}`,
    post: { site: 'danbooru', id: String(post) },
    rating: 'general',
    tags: { ...NO_TAGS, ...tags },
    sources: [],
    ...more,
  };
}

/** A plain picture of its own colours, made once. */
async function stockPicture(stock: string, n: number): Promise<string> {
  mkdirSync(stock, { recursive: true });
  const file = join(stock, `${n}.jpg`);
  const hue = (n * 47) % 360;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="480" height="${480 + (n % 5) * 80}">
    <rect width="100%" height="100%" fill="hsl(${hue} 45% 30%)"/>
    <circle cx="${120 + (n % 7) * 40}" cy="220" r="${70 + (n % 4) * 25}" fill="hsl(${(hue + 150) % 360} 60% 60%)"/>
    <text x="24" y="440" font-size="90" font-family="sans-serif" fill="white">${n}</text></svg>`;
  writeFileSync(file, await sharp(Buffer.from(svg)).jpeg().toBuffer());
  return file;
}

const hash = (algorithm: string, bytes: Buffer): string => createHash(algorithm).update(bytes).digest('hex');
