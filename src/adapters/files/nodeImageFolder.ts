import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { lstat, opendir } from 'node:fs/promises';
import { basename, join, sep } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { FatalError, type FailureReason } from '../../core/model/failure.ts';
import type { ImageId } from '../../core/model/ids.ts';
import type { FoundImage } from '../../core/model/image.ts';
import type { Discovery, ImageFolder } from '../../core/ports/imageFolder.ts';
import { entryName, spelledOut, type EntryName } from './entryName.ts';
import { ExcludedFolders } from './excludedFolders.ts';
import { codeOf } from './fileErrors.ts';
import { hasImageExtension } from './imageExtensions.ts';
import { openRegular } from './openRegular.ts';
import { finishedName, isPassedOver } from './passedOver.ts';
import { patiently } from './patiently.ts';
import { HEAD_BYTES, sniff } from './sniff.ts';

/** Files of a folder that are looked at together: one at a time, `lstat` gives 23,000 a second here, 64 give 300,000. */
const LOOK_AHEAD = 64;

interface Entry extends EntryName {
  readonly path: string;
  /** what to open it by where its name is no text */
  readonly raw?: Buffer;
}

interface Listing {
  readonly files: readonly Entry[];
  readonly folders: readonly Entry[];
  /** names that an unfinished download beside them will take */
  readonly awaited: ReadonlySet<string>;
}

/**
 * A file that was written to so short a time ago may be one that somebody is still copying or downloading: it is looked at
 * again, last of all, when it has had this time to stay as it is. Milliseconds.
 */
const QUIET = 2000;

/**
 * The walk over a folder on a file system that Node can reach: a folder's files by name, then its folders by name; those that
 * may still be growing come last.
 */
export class NodeImageFolder implements ImageFolder {
  private readonly now: () => number;

  /** @param now milliseconds since 1970 */
  constructor(now = Date.now) {
    this.now = now;
  }

  async *walk(root: string, exclude: readonly string[], signal: AbortSignal): AsyncGenerator<Discovery> {
    const fresh: Discovered[] = [];
    for await (const discovery of everything(root, exclude, signal)) {
      if (discovery.kind === 'image' && this.age(discovery.image) < QUIET) fresh.push(discovery);
      else yield discovery;
    }
    const youngest = fresh.reduce((least, { image }) => Math.min(least, this.age(image)), QUIET);
    await setTimeout(QUIET - youngest, undefined, { signal });
    for (const discovery of fresh) {
      const { size, mtimeMs } = discovery.image;
      const facts = await lstat(discovery.image.path).catch(() => undefined);
      if (!facts?.isFile()) continue;
      if (facts.size === size && facts.mtimeMs === mtimeMs) yield discovery;
      else
        yield { kind: 'passed-over', image: discovery.image, why: 'it is still being written: the next run takes it' };
    }
  }

  /** Of a clock that is a little ahead, as that of a NAS may be, too. */
  private age({ mtimeMs }: FoundImage): number {
    return Math.abs(this.now() - mtimeMs);
  }
}

type Discovered = Extract<Discovery, { kind: 'image' }>;

async function* everything(root: string, exclude: readonly string[], signal: AbortSignal): AsyncGenerator<Discovery> {
  const excluded = new ExcludedFolders(exclude);
  const first = await list(root, signal).catch((error: unknown) => {
    signal.throwIfAborted();
    throw new FatalError('inbox-unreadable', `${root} can't be read (${codeOf(error) ?? String(error)}).`, {
      cause: error,
    });
  });
  yield* discoveriesIn(first, signal);
  // the next one is at the end
  const ahead = first.folders.toReversed();
  for (let folder = ahead.pop(); folder; folder = ahead.pop()) {
    signal.throwIfAborted();
    if (await excluded.has(folder.path)) continue;
    let listing: Listing;
    try {
      if (folder.unsafe !== undefined) {
        yield unsafeName(folder, await lstat(locator(folder)));
        continue;
      }
      listing = await list(folder.path, signal);
    } catch (error) {
      signal.throwIfAborted();
      const code = codeOf(error);
      if (code === undefined) throw error;
      if (code !== 'ENOENT') yield await unreadableFolder(folder, code);
      continue;
    }
    yield* discoveriesIn(listing, signal);
    ahead.push(...listing.folders.toReversed());
  }
}

/** The image at an absolute path, as the walk would find it now. @throws the system's error when it is not there */
export async function imageAt(path: string): Promise<FoundImage> {
  return found({ path, text: basename(path) }, await lstat(path));
}

async function list(folder: string, signal: AbortSignal): Promise<Listing> {
  const files: Entry[] = [];
  const folders: Entry[] = [];
  const awaited = new Set<string>();
  // names as bytes: as text, what is no UTF-8 could never be found again
  const entries = await patiently(() => opendir(folder, { encoding: 'buffer' as BufferEncoding, bufferSize: 1024 }));
  for await (const entry of entries) {
    signal.throwIfAborted();
    const bytes = entry.name as unknown as Buffer;
    const name = entryName(bytes);
    const finished = finishedName(name.text);
    if (finished !== undefined) awaited.add(finished);
    if (isPassedOver(name.text)) continue;
    const raw = name.unsafe === undefined ? {} : { raw: Buffer.concat([Buffer.from(join(folder, sep)), bytes]) };
    (entry.isDirectory() ? folders : files).push({ ...name, path: join(folder, name.text), ...raw });
  }
  return { files: files.sort(byText), folders: folders.sort(byText), awaited };
}

// by code unit, since a locale's order changes with the machine
const byText = (a: Entry, b: Entry): number => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0);

async function* discoveriesIn(listing: Listing, signal: AbortSignal): AsyncGenerator<Discovery> {
  for (let i = 0; i < listing.files.length; i += LOOK_AHEAD) {
    signal.throwIfAborted();
    const looked = await Promise.all(
      listing.files.slice(i, i + LOOK_AHEAD).map((file) => lookAt(file, listing.awaited)),
    );
    for (const discovery of looked) if (discovery) yield discovery;
  }
}

/** undefined: nothing that concerns us, or gone by now */
async function lookAt(entry: Entry, awaited: ReadonlySet<string>): Promise<Discovery | undefined> {
  let facts: Stats;
  try {
    facts = await lstat(locator(entry));
  } catch {
    return undefined;
  }
  if (facts.isSymbolicLink()) {
    return { kind: 'passed-over', image: found(entry, facts), why: 'symbolic link, not followed' };
  }
  if (!facts.isFile()) {
    return hasImageExtension(entry.text) ? problem(entry, facts, 'not-a-file', 'is not a regular file') : undefined;
  }
  // Firefox reserves the name with an empty file until the `.part` beside it is whole
  if (facts.size === 0 && awaited.has(entry.text)) return undefined;
  if (!hasImageExtension(entry.text) && !(await hasImageContent(entry, facts))) return undefined;
  return entry.unsafe === undefined ? { kind: 'image', image: found(entry, facts) } : unsafeName(entry, facts);
}

/** Files that claim to be images are not opened here: they are read as a whole later. */
async function hasImageContent(entry: Entry, facts: Stats): Promise<boolean> {
  if (facts.size === 0) return false;
  try {
    const handle = await openRegular(locator(entry));
    try {
      const head = Buffer.alloc(Math.min(HEAD_BYTES, facts.size));
      const { bytesRead } = await handle.read(head, 0, head.length, 0);
      return (await sniff(head.subarray(0, bytesRead))).format !== undefined;
    } finally {
      await handle.close();
    }
  } catch {
    // neither its name nor its content says that it is an image
    return false;
  }
}

const locator = (entry: Entry): string | Buffer => entry.raw ?? entry.path;

function found(entry: Entry, facts: Pick<Stats, 'size' | 'mtimeMs'>): FoundImage {
  const { size, mtimeMs } = facts;
  const id = createHash('sha256')
    .update(locator(entry))
    .update(`\0${size}\0${mtimeMs}`)
    .digest('hex')
    .slice(0, 16) as ImageId;
  return { id, path: entry.path, size, mtimeMs };
}

function problem(entry: Entry, facts: Pick<Stats, 'size' | 'mtimeMs'>, reason: FailureReason, is: string): Discovery {
  return { kind: 'problem', image: found(entry, facts), reason, message: `${spelledOut(entry.path)} ${is}.` };
}

const unsafeName = (entry: Entry, facts: Stats): Discovery =>
  problem(entry, facts, 'unsafe-name', `has a name that ${entry.unsafe ?? 'is unsafe'}; rename it`);

async function unreadableFolder(entry: Entry, code: string): Promise<Discovery> {
  const facts = await lstat(locator(entry)).catch(() => ({ size: 0, mtimeMs: 0 }));
  return problem(
    entry,
    facts,
    'folder-unreadable',
    `is a folder that can't be read (${code}); what is in it was left alone`,
  );
}
