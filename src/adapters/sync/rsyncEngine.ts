import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ImageError } from '../../core/model/failure.ts';
import {
  NasUnreachable,
  type Cargo,
  type Deliveries,
  type Delivery,
  type Hooks,
  type SyncEngine,
  type There,
} from '../../core/sync/syncEngine.ts';
import { isSame } from '../../core/sync/decideTransfer.ts';
import { rsyncError } from './rsyncErrors.ts';
import { parseListing, parseProgress } from './rsyncOutput.ts';
import type { RsyncProgram } from './rsyncProgram.ts';

export interface RsyncEngineOptions {
  readonly rsync: RsyncProgram;
  /** `user@host:path`, `host::module/path`, `rsync://host/module/path` */
  readonly address: string;
  /** absolute path of the sorted folder */
  readonly root: string;
  /** name of the folder on the NAS where copies are built */
  readonly staging: string;
  readonly verify: 'size' | 'checksum';
}

/**
 * A NAS that only rsync reaches. All that is asked of it is asked in whole lists, since each question starts two programs.
 *
 * rsync itself builds each copy under another name (`--temp-dir`) and renames it, when the checksum of the whole file fits. What
 * is removed goes by `--delete-missing-args`: names that are missing in an empty folder here are removed there, and nothing
 * else; `--backup-dir` makes that a move.
 */
export class RsyncEngine implements SyncEngine {
  readonly keepsTimes = true;
  private readonly rsync: RsyncProgram;
  private readonly address: string;
  private readonly root: string;
  private readonly staging: string;
  private readonly verify: 'size' | 'checksum';
  /** what this run has put there itself */
  private readonly attempted = new Set<string>();
  /** undefined: not known, since a run that was cut off may have left it */
  private hasStaging: boolean | undefined;

  constructor({ rsync, address, root, staging, verify }: RsyncEngineOptions) {
    this.rsync = rsync;
    this.address = /[/:]$/.test(address) ? address : `${address}/`;
    this.root = root;
    this.staging = staging;
    this.verify = verify;
  }

  nameOf(place: string): string {
    return `${this.address}${place}`;
  }

  async look(places: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, There>> {
    const found = new Map<string, There>();
    if (places.length === 0) return found;
    await this.list([], this.address, { places, signal }, (place, there) => found.set(place, there));
    return found;
  }

  async same(files: readonly Pick<Cargo, 'place'>[], signal: AbortSignal): Promise<ReadonlySet<string>> {
    const same = new Set<string>();
    if (files.length === 0) return same;
    // said twice it also names those of which nothing is to be sent; of what it can't read it complains
    await this.rsync.run(['--dry-run', '--checksum', '-ii', '--out-format=%i %n'], this.toNas(), {
      signal,
      places: files.map(({ place }) => place),
      onLine: (line) => {
        const [, place] = /^\.f.{9} (.*)$/.exec(line) ?? [];
        if (place !== undefined) same.add(place);
      },
    });
    return same;
  }

  async bring(cargo: readonly Cargo[], hooks: Hooks): Promise<Deliveries> {
    const { signal } = hooks;
    await this.makeStaging(signal);
    // what appeared there in the meantime stays; what we put there ourselves, and came out wrong, goes
    const isFresh = ({ place, replaces }: Cargo): boolean => !replaces && !this.attempted.has(place);
    const stderr =
      (await this.copy(cargo.filter(isFresh), ['--ignore-existing'], hooks)) +
      (await this.copy(
        cargo.filter((one) => !isFresh(one)),
        [],
        hooks,
      ));
    const places = cargo.map(({ place }) => place);
    for (const place of places) this.attempted.add(place);
    const there = await this.look(places, signal);
    // what it replaced may look the same
    const unsure = new Set(cargo.filter((o) => this.verify === 'checksum' || (o.replaces && isSame(o.replaces, o))));
    const checked = await this.same([...unsure], signal);
    return new Map(
      cargo.map((one): [string, Delivery] => {
        const now = there.get(one.place);
        if (now?.kind === 'file' && isSame(now, one) && (!unsure.has(one) || checked.has(one.place))) {
          return [one.place, { kind: 'arrived', facts: now }];
        }
        return [
          one.place,
          { kind: 'failed', error: rsyncError(one.place, one.source, this.nameOf(one.place), stderr) },
        ];
      }),
    );
  }

  async putAway(
    places: readonly string[],
    folder: string,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, ImageError>> {
    if (places.length === 0) return new Map();
    await this.dropMissing(places, ['--backup', `--backup-dir=${folder}`], signal);
    const [left, away] = [
      await this.look(places, signal),
      await this.look(
        places.map((place) => `${folder}/${place}`),
        signal,
      ),
    ];
    const stayed = places.filter((place) => left.has(place) || !away.has(`${folder}/${place}`));
    return new Map(
      stayed.map((place) => [
        place,
        new ImageError('not-writable', `${this.nameOf(place)} could not be moved to ${this.nameOf(folder)}.`),
      ]),
    );
  }

  async foldersIn(folder: string, signal: AbortSignal): Promise<readonly string[]> {
    const names: string[] = [];
    await this.list(['--dirs'], this.nameOf(`${folder}/`), { signal }, (place, there) => {
      if (there.kind === 'other' && place !== '.') names.push(place);
    });
    return names;
  }

  async removeFolder(folder: string, signal: AbortSignal): Promise<void> {
    await this.dropMissing([folder], ['--force'], signal);
  }

  /** rsync does not tell. */
  freeBytes(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  async isEmpty(signal: AbortSignal): Promise<boolean> {
    let count = 0;
    const { code, stderr } = await this.list(['--dirs'], this.address, { signal }, (place) => {
      if (place !== '.') count++;
    });
    if (code !== 0) throw new NasUnreachable(`${this.address} can't be read: ${stderr.trim()}`);
    return count === 0;
  }

  async clean(signal: AbortSignal): Promise<void> {
    if (this.hasStaging === false) return;
    await this.removeFolder(this.staging, signal);
    this.hasStaging = false;
  }

  async close(): Promise<void> {
    // every program has ended with its question
  }

  private toNas(): readonly [string, string] {
    return [`${this.root}/`, this.address];
  }

  private list(
    args: readonly string[],
    source: string,
    { places, signal }: { readonly places?: readonly string[]; readonly signal: AbortSignal },
    onEntry: (place: string, there: There) => void,
  ) {
    const missing = places ? ['--ignore-missing-args'] : [];
    // a list of names needs a destination, which is not touched
    return this.rsync.run(['--list-only', '--no-human-readable', ...missing, ...args], [source, '.'], {
      signal,
      ...(places && { places }),
      onLine: (line) => {
        const entry = parseListing(line);
        if (entry) onEntry(entry.place, entry.there);
      },
    });
  }

  /** @returns what rsync complained of */
  private async copy(cargo: readonly Cargo[], args: readonly string[], { signal, onBytes }: Hooks): Promise<string> {
    if (cargo.length === 0) return '';
    let told = 0;
    const building = [`--temp-dir=${this.staging}`, `--partial-dir=${this.staging}`];
    // decided already: equal size and time may hide other bytes
    const asTold = ['--times', '--ignore-times', '--info=progress2', '--no-human-readable'];
    const { stderr } = await this.rsync.run([...asTold, ...building, ...args], this.toNas(), {
      signal,
      places: cargo.map(({ place }) => place),
      onLine: (line) => {
        const bytes = parseProgress(line);
        if (bytes === undefined) return;
        onBytes?.(bytes - told);
        told = bytes;
      },
    });
    return stderr;
  }

  private async makeStaging(signal: AbortSignal): Promise<void> {
    if (this.hasStaging) return;
    await withEmptyFolder(async (empty) => {
      await mkdir(join(empty, this.staging));
      await this.rsync.run(['--dirs'], [`${empty}/`, this.address], { signal });
    });
    this.hasStaging = true;
  }

  /** Removes on the NAS what is missing in an empty folder: exactly these names. */
  private async dropMissing(places: readonly string[], args: readonly string[], signal: AbortSignal): Promise<void> {
    await withEmptyFolder(async (empty) => {
      // without its parents rsync takes a name for one that vanished, and complains
      for (const parent of new Set(places.map((place) => dirname(place))))
        await mkdir(join(empty, parent), { recursive: true });
      await this.rsync.run(['--delete-missing-args', ...args], [`${empty}/`, this.address], { signal, places });
    });
  }
}

async function withEmptyFolder(use: (empty: string) => Promise<void>): Promise<void> {
  const empty = await mkdtemp(join(tmpdir(), 'image-inbox-'));
  try {
    await use(empty);
  } finally {
    await rm(empty, { recursive: true, force: true });
  }
}
