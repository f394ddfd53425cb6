import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ImageError } from '../../core/model/failure.ts';
import {
  NasUnreachable,
  type Cargo,
  type Deliveries,
  type Delivery,
  type FileFacts,
  type Hooks,
  type SyncEngine,
  type There,
} from '../../core/sync/syncEngine.ts';
import { isSame } from '../../core/sync/decideTransfer.ts';
import { isOurs } from '../../core/sync/places.ts';
import { leftAlone } from './leftAlone.ts';
import { rsyncError, unseenBy } from './rsyncErrors.ts';
import { complaintAbout, parseListing, parseProgress, parseSent, SENT_FORMAT } from './rsyncOutput.ts';
import type { RsyncProgram } from './rsyncProgram.ts';
import { leftUnseen } from './unseen.ts';
import { whyChanged } from './whyChanged.ts';

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
  /** copies of this run that came out wrong, by place, as they look there: they may be replaced */
  private readonly spoilt = new Map<string, FileFacts>();
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
    const deliveries = new Map<string, Delivery>();
    const { fresh, replacing } = await this.replaceable(cargo, deliveries, signal);
    const due = [...fresh, ...replacing];
    // what appeared there in the meantime stays
    const copied = [await this.copy(fresh, ['--ignore-existing'], hooks), await this.copy(replacing, [], hooks)];
    const sent = new Set(copied.flatMap((end) => end.sent));
    const stderr = copied.map((end) => end.stderr).join('');
    const there = await this.look(
      due.map(({ place }) => place),
      signal,
    );
    // what it replaced may look the same
    const unsure = new Set(due.filter((o) => this.verify === 'checksum' || (o.replaces && isSame(o.replaces, o))));
    const checked = await this.same([...unsure], signal);
    for (const one of due) {
      const now = there.get(one.place);
      const facts = now?.kind === 'file' && isSame(now, one) ? now : undefined;
      this.spoilt.delete(one.place);
      if (facts && (!unsure.has(one) || checked.has(one.place))) {
        deliveries.set(one.place, { kind: 'arrived', facts });
        continue;
      }
      if (facts && sent.has(one.place)) this.spoilt.set(one.place, facts);
      const error = await this.whyNot(one, now, { sent, stderr });
      deliveries.set(one.place, { kind: 'failed', error });
    }
    return deliveries;
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
    const stayed = places.filter((place) => left.has(place) || away.get(`${folder}/${place}`)?.kind !== 'file');
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
    let isEmpty = true;
    const { code, stderr } = await this.list(['--dirs'], this.address, { signal }, (place) => {
      if (place !== '.' && !isOurs(place)) isEmpty = false;
    });
    if (code !== 0) throw new NasUnreachable(`${this.address} can't be read: ${stderr.trim()}`);
    return isEmpty;
  }

  async clean(signal: AbortSignal): Promise<void> {
    if (this.hasStaging === false) return;
    await this.removeFolder(this.staging, signal);
    this.hasStaging = false;
  }

  async close(): Promise<void> {
    // every program has ended with its question
  }

  /**
   * Nothing may be there but what was announced, or what we put there ourselves and came out wrong. Where nothing was announced
   * rsync itself sees to that, and no question is spent on it.
   * @param deliveries takes those whose places are not as they were announced
   */
  private async replaceable(cargo: readonly Cargo[], deliveries: Map<string, Delivery>, signal: AbortSignal) {
    const [fresh, replacing]: [Cargo[], Cargo[]] = [[], []];
    const isFresh = ({ place, replaces }: Cargo): boolean => !replaces && !this.spoilt.has(place);
    const there = await this.look(
      cargo.filter((one) => !isFresh(one)).map(({ place }) => place),
      signal,
    );
    for (const one of cargo) {
      const now = there.get(one.place);
      const known = [one.replaces, this.spoilt.get(one.place)];
      if (isFresh(one) || !now) fresh.push(one);
      else if (now.kind === 'file' && known.some((facts) => facts && isSame(now, facts))) replacing.push(one);
      else {
        const where = this.nameOf(one.place);
        const error = now.kind === 'unseen' ? leftUnseen(where, now) : leftAlone(where);
        deliveries.set(one.place, { kind: 'failed', error });
      }
    }
    return { fresh, replacing };
  }

  /** @param now what stands there instead of the file @param sent what rsync says that it has brought */
  private async whyNot(
    one: Cargo,
    now: There | undefined,
    { sent, stderr }: { readonly sent: ReadonlySet<string>; readonly stderr: string },
  ): Promise<ImageError> {
    const { place, source } = one;
    const where = this.nameOf(place);
    if (!now || this.spoilt.has(place) || complaintAbout(place, stderr))
      return rsyncError(place, source, where, stderr);
    if (now.kind === 'unseen') return leftUnseen(where, now);
    if (!sent.has(place)) return leftAlone(where);
    // what rsync did bring may be what became of the source meanwhile
    const changed = await whyChanged(one);
    return changed instanceof ImageError ? changed : rsyncError(place, source, where, stderr);
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
    const wanted = new Set(places);
    const missing = places ? ['--ignore-missing-args'] : [];
    // a list of names needs a destination, which is not touched
    return this.rsync.run(['--list-only', '--no-human-readable', ...missing, ...args], [source, '.'], {
      signal,
      ...(places && { places }),
      onLine: (line) => {
        const entry = parseListing(line);
        if (entry) onEntry(entry.place, entry.there);
      },
      onComplaint: (line) => {
        const entry = unseenBy(line, wanted);
        if (entry) onEntry(entry.place, entry.there);
      },
    });
  }

  /** @returns the places that rsync wrote to, and what it complained of */
  private async copy(cargo: readonly Cargo[], args: readonly string[], { signal, onBytes }: Hooks) {
    const sent: string[] = [];
    if (cargo.length === 0) return { sent, stderr: '' };
    let told = 0;
    // no `--partial-dir`: that would be a folder beside each file, where nobody finds what was cut off
    const building = [`--temp-dir=${this.staging}`];
    // decided already: equal size and time may hide other bytes
    const asTold = ['--times', '--ignore-times', '--info=progress2', '--no-human-readable', SENT_FORMAT];
    const { stderr } = await this.rsync.run([...asTold, ...building, ...args], this.toNas(), {
      signal,
      places: cargo.map(({ place }) => place),
      onLine: (line) => {
        const place = parseSent(line);
        if (place !== undefined) sent.push(place);
        const bytes = parseProgress(line);
        if (bytes === undefined) return;
        onBytes?.(bytes - told);
        told = bytes;
      },
    });
    return { sent, stderr };
  }

  private async makeStaging(signal: AbortSignal): Promise<void> {
    if (this.hasStaging) return;
    await withEmptyFolder(async (empty) => {
      await mkdir(join(empty, this.staging));
      // by its name alone: of the NAS folder as a whole no argument of the user's makes anything then
      await this.rsync.run([], [`${empty}/`, this.address], { signal, places: [this.staging] });
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
