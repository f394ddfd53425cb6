import { createHash } from 'node:crypto';
import { lstat, opendir, readdir } from 'node:fs/promises';
import { basename, join, sep } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { FatalError, type FailureReason } from '../../core/model/failure.ts';
import type { ImageId } from '../../core/model/ids.ts';
import { isSidecar, type FoundImage } from '../../core/model/image.ts';
import type { Discovery, ImageFolder } from '../../core/ports/imageFolder.ts';
import { entryName, spelledOut, textName, type EntryName } from './entryName.ts';
import { ExcludedFolders } from './excludedFolders.ts';
import { codeOf } from './fileErrors.ts';
import { hasImageExtension } from './imageExtensions.ts';
import { lookNear } from './lookNear.ts';
import { lookAt, type Look } from './looks.ts';
import { openRegular } from './openRegular.ts';
import { finishedName, isPassedOver } from './passedOver.ts';
import { patiently } from './patiently.ts';
import { unlessAborted } from './unlessAborted.ts';
import { HEAD_BYTES, sniff } from './sniff.ts';

/** Files of a folder that are looked at together. */
const LOOK_AHEAD = 512;
/** What stands in a text for what was no UTF-8. */
const REPLACED = '\ufffd';

interface Entry extends EntryName {
  readonly path: string;
  /** what to open it by where its name is no text */
  readonly raw?: Buffer;
}

interface Listing {
  /** its absolute path */
  readonly folder: string;
  readonly files: readonly Entry[];
  /** names of sidecars in it */
  readonly sidecars: ReadonlySet<string>;
  readonly folders: readonly Entry[];
  /** names that an unfinished download beside them will take */
  readonly awaited: ReadonlySet<string>;
}

/** What is found of one entry of a folder, for whoever needs no identity of it. */
export type Sifted =
  | { readonly kind: 'image'; readonly entry: Entry; readonly facts: Facts }
  | { readonly kind: 'passed-over'; readonly entry: Entry; readonly facts: Facts; readonly why: string }
  | {
      readonly kind: 'problem';
      readonly entry: Entry;
      readonly facts: Facts;
      readonly reason: FailureReason;
      readonly message: string;
    };

type Facts = Pick<Look, 'size' | 'mtimeMs'>;

/** What is found in one folder, or in a part of it. */
export interface SiftedFolder {
  /** its absolute path */
  readonly folder: string;
  readonly found: readonly Sifted[];
  /** names of the sidecars in that folder */
  readonly sidecars: ReadonlySet<string>;
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
    for await (const { found } of this.sift(root, exclude, signal)) {
      for (const sifted of found) {
        signal.throwIfAborted();
        const discovery = discoveryOf(sifted);
        if (discovery.kind === 'image' && this.age(discovery.image) < QUIET) fresh.push(discovery);
        else yield discovery;
      }
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

  async isAway(root: string, signal: AbortSignal): Promise<boolean> {
    try {
      return await unlessAborted(isEmpty(root), signal);
    } catch {
      return true;
    }
  }

  /** By folders, and at once: also those that may still be growing. */
  async *sift(root: string, exclude: readonly string[], signal: AbortSignal): AsyncGenerator<SiftedFolder> {
    const excluded = new ExcludedFolders(exclude);
    if (await excluded.holds(root)) {
      throw new FatalError(
        'inbox-unreadable',
        `${root} leads into the sorted folder or the working folder, where images are not taken from. Choose another folder.`,
      );
    }
    const first = await list(root, signal).catch((error: unknown) => {
      signal.throwIfAborted();
      throw new FatalError('inbox-unreadable', `${root} can't be read (${codeOf(error) ?? String(error)}).`, {
        cause: error,
      });
    });
    yield* this.siftedIn(first, signal);
    // the next one is at the end
    const ahead = first.folders.toReversed();
    for (let folder = ahead.pop(); folder; folder = ahead.pop()) {
      signal.throwIfAborted();
      if (await excluded.has(folder.path)) continue;
      let listing: Listing;
      try {
        if (folder.unsafe !== undefined) {
          yield alone(unsafeName(folder, await lstat(locator(folder))));
          continue;
        }
        listing = await list(folder.path, signal);
      } catch (error) {
        signal.throwIfAborted();
        const code = codeOf(error);
        if (code === undefined) throw error;
        if (code !== 'ENOENT') yield alone(await unreadableFolder(folder, code));
        continue;
      }
      yield* this.siftedIn(listing, signal);
      ahead.push(...listing.folders.toReversed());
    }
  }

  /** Of a clock that is a little ahead, as that of a NAS may be, too. */
  private age({ mtimeMs }: FoundImage): number {
    return Math.abs(this.now() - mtimeMs);
  }

  private async *siftedIn(listing: Listing, signal: AbortSignal): AsyncGenerator<SiftedFolder> {
    const { files, sidecars, awaited } = listing;
    for (let i = 0; i < files.length; i += LOOK_AHEAD) {
      signal.throwIfAborted();
      const part = files.slice(i, i + LOOK_AHEAD);
      const looks = await lookAll(listing.folder, part, signal);
      const found: (Sifted | undefined)[] = [];
      for (const [at, file] of part.entries()) {
        const one = siftOne(file, looks[at], awaited);
        // nearly all are told by their names, and waiting for each would cost more than all else
        found.push(one instanceof Promise ? await one : one);
      }
      yield { folder: listing.folder, found: found.filter((one) => one !== undefined), sidecars };
    }
  }
}

/** A file that can't be looked at: no permission for its folder, a disk or a NAS that fails. */
interface Unseen extends Facts {
  readonly kind: 'unseen';
  readonly why: string;
}

/** undefined: gone by now */
async function lookAll(
  folder: string,
  files: readonly Entry[],
  signal: AbortSignal,
): Promise<readonly (Look | Unseen | undefined)[]> {
  const isPlain = files.every(({ raw }) => raw === undefined);
  try {
    if (isPlain) return await lookNear(folder, files.map(({ text }) => text), signal); // prettier-ignore
  } catch {
    signal.throwIfAborted();
    // one of them can't be looked at, which says nothing of the others
  }
  return Promise.all(files.map((file) => lookAt(locator(file)).catch(unseen)));
}

const unseen = (error: unknown): Unseen => ({
  kind: 'unseen',
  size: 0,
  mtimeMs: 0,
  why: codeOf(error) ?? String(error),
});

const alone = (found: Sifted): SiftedFolder => ({ folder: found.entry.path, found: [found], sidecars: new Set() });

type Discovered = Extract<Discovery, { kind: 'image' }>;

function discoveryOf(sifted: Sifted): Discovery {
  const image = found(sifted.entry, sifted.facts);
  switch (sifted.kind) {
    case 'image':
      return { kind: 'image', image };
    case 'passed-over':
      return { kind: 'passed-over', image, why: sifted.why };
    case 'problem':
      return { kind: 'problem', image, reason: sifted.reason, message: sifted.message };
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
  const sidecars = new Set<string>();
  for (const [entry, isFolder] of await entriesOf(folder, signal)) {
    const finished = finishedName(entry.text);
    if (finished !== undefined) awaited.add(finished);
    if (isSidecar(entry.text)) sidecars.add(entry.text);
    if (!isPassedOver(entry.text)) (isFolder ? folders : files).push(entry);
  }
  return { folder, files: files.sort(byText), folders: folders.sort(byText), awaited, sidecars };
}

async function entriesOf(folder: string, signal: AbortSignal): Promise<readonly (readonly [Entry, boolean])[]> {
  const prefix = join(folder, sep);
  const texts = await patiently(() => readdir(folder, { withFileTypes: true }));
  signal.throwIfAborted();
  if (!texts.some(({ name }) => name.includes(REPLACED))) {
    return texts.map((one) => [{ ...textName(one.name), path: prefix + one.name }, one.isDirectory()]);
  }
  // as text, what is no UTF-8 could never be found again; bytes of all names take longer than the reading
  const entries = await patiently(() => readdir(folder, { withFileTypes: true, encoding: 'buffer' }));
  signal.throwIfAborted();
  return entries.map((one) => {
    const name = entryName(one.name);
    const raw = name.unsafe === undefined ? {} : { raw: Buffer.concat([Buffer.from(prefix), one.name]) };
    return [{ ...name, path: prefix + name.text, ...raw }, one.isDirectory()];
  });
}

// by code unit, since a locale's order changes with the machine
const byText = (a: Entry, b: Entry): number => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0);

/** undefined: nothing that concerns us, or gone by now */
function siftOne(
  entry: Entry,
  look: Look | Unseen | undefined,
  awaited: ReadonlySet<string>,
): Sifted | undefined | Promise<Sifted | undefined> {
  if (!look) return undefined;
  if (look.kind === 'link') return { kind: 'passed-over', entry, facts: look, why: 'symbolic link, not followed' };
  if (look.kind === 'unseen') {
    const isImage = hasImageExtension(entry.text);
    return isImage ? problem(entry, look, 'unreadable', `can't be looked at (${look.why})`) : undefined;
  }
  if (look.kind === 'other') {
    return hasImageExtension(entry.text) ? problem(entry, look, 'not-a-file', 'is not a regular file') : undefined;
  }
  // Firefox reserves the name with an empty file until the `.part` beside it is whole
  if (look.size === 0 && awaited.has(entry.text)) return undefined;
  const image = (): Sifted =>
    entry.unsafe === undefined ? { kind: 'image', entry, facts: look } : unsafeName(entry, look);
  if (hasImageExtension(entry.text)) return image();
  return hasImageContent(entry, look).then((isImage) => (isImage ? image() : undefined));
}

async function isEmpty(root: string): Promise<boolean> {
  await using folder = await patiently(() => opendir(root));
  return (await folder.read()) === null;
}

/** Files that claim to be images are not opened here: they are read as a whole later. */
async function hasImageContent(entry: Entry, facts: Facts): Promise<boolean> {
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

function found(entry: Entry, facts: Facts): FoundImage {
  const { size, mtimeMs } = facts;
  const id = createHash('sha256')
    .update(locator(entry))
    .update(`\0${size}\0${mtimeMs}`)
    .digest('hex')
    .slice(0, 16) as ImageId;
  return { id, path: entry.path, size, mtimeMs };
}

function problem(entry: Entry, facts: Facts, reason: FailureReason, is: string): Sifted {
  return { kind: 'problem', entry, facts, reason, message: `${spelledOut(entry.path)} ${is}.` };
}

const unsafeName = (entry: Entry, facts: Facts): Sifted =>
  problem(entry, facts, 'unsafe-name', `has a name that ${entry.unsafe ?? 'is unsafe'}; rename it`);

async function unreadableFolder(entry: Entry, code: string): Promise<Sifted> {
  const facts = await lstat(locator(entry)).catch(() => ({ size: 0, mtimeMs: 0 }));
  return problem(
    entry,
    facts,
    'folder-unreadable',
    `is a folder that can't be read (${code}); what is in it was left alone`,
  );
}
