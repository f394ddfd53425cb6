import { randomBytes } from 'node:crypto';
import { closeSync, constants, fdatasync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { crc32 } from 'node:zlib';
import { asWorkingFolderError, codeOf } from '../files/fileErrors.ts';
import { syncFolder } from '../files/syncToDisk.ts';

/** What heads a value: its length and its CRC-32, four bytes each, the lowest first. */
const HEAD_BYTES = 8;
/** Far above any value; what says that it is longer is damage. */
const LONGEST = 16 * 1024 * 1024;
/** One read is enough for nearly all values. */
const READ_BYTES = 4096;
/** So much is held before it is written; a checkpoint writes what there is. */
const HELD_BYTES = 1024 * 1024;

const ID = /^[0-9a-f]{8}$/;
/** Windows has no such thing; there, making links takes an administrator. */
const NO_LINK = (constants as { readonly O_NOFOLLOW?: number }).O_NOFOLLOW ?? 0;

/** Which file, and how far it counts, as the database knows it at a checkpoint. */
export interface LongValuesState {
  /** `''` before the first value */
  readonly id: string;
  readonly end: number;
}

/**
 * The long values of a database, in a file beside it that only grows: the database, which is held in memory and written as a
 * whole, has only where they are. A checkpoint brings this file to the disk first, and then the database that names it; what
 * is behind the end that the database knows was left by a killed process, and is written over.
 *
 * Each file has a name of its own (`image-inbox-0a1b2c3d.values`), so that a database never reads another one's. Those that the
 * database does not name are removed after a checkpoint.
 */
export class LongValues {
  private readonly database: string;
  private readonly keeps: boolean;
  private id: string;
  private handle: number | undefined;
  private onFile: number;
  private end: number;
  private saved: number;
  private readonly held = new Map<number, Buffer>();
  private heldBytes = 0;
  private isTidy = false;

  private constructor(database: string, keeps: boolean, { id, end }: LongValuesState, handle: number | undefined) {
    this.database = database;
    this.keeps = keeps;
    this.id = id;
    this.handle = handle;
    this.onFile = end;
    this.end = end;
    this.saved = end;
  }

  /**
   * @param database absolute path of the database
   * @param keeps false: what is added stays in memory, and the file is left as it is
   * @throws Error when the file is not there, or shorter than the database knows it; FatalError when it can't be used
   */
  static open(database: string, state: LongValuesState, keeps: boolean): LongValues {
    if (state.id === '') return new LongValues(database, keeps, state, undefined);
    // it makes the name of a file that is written
    if (!ID.test(state.id) || !Number.isSafeInteger(state.end))
      throw new Error('it does not say where its long values are');
    const path = pathOf(database, state.id);
    let handle: number;
    try {
      handle = openSync(path, (keeps ? constants.O_RDWR : constants.O_RDONLY) | NO_LINK);
    } catch (error) {
      if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ELOOP')
        throw new Error('the file of its long values is gone', { cause: error });
      throw asWorkingFolderError(error, path);
    }
    try {
      const { size } = fstatSync(handle);
      if (size < state.end) throw new Error('the file of its long values is cut off');
      return new LongValues(database, keeps, state, handle);
    } catch (error) {
      closeSync(handle);
      throw error;
    }
  }

  get state(): LongValuesState {
    return { id: this.id, end: this.end };
  }

  /** @returns where it can be read from now on */
  add(value: Uint8Array): number {
    const head = Buffer.alloc(HEAD_BYTES);
    head.writeUInt32LE(value.length);
    head.writeUInt32LE(crc32(value), 4);
    if (this.id === '') this.id = randomBytes(4).toString('hex');
    const place = this.end;
    const record = Buffer.concat([head, value]);
    this.held.set(place, record);
    this.end += record.length;
    this.heldBytes += record.length;
    if (this.keeps && this.heldBytes >= HELD_BYTES) this.writeIfPossible();
    return place;
  }

  /** undefined for what is damaged */
  read(place: number): Uint8Array | undefined {
    const held = this.held.get(place);
    if (held) return held.subarray(HEAD_BYTES);
    if (this.handle === undefined || !Number.isSafeInteger(place) || place < 0) return undefined;
    const first = this.bytesAt(place, READ_BYTES);
    if (first.length < HEAD_BYTES) return undefined;
    const length = first.readUInt32LE();
    if (length > LONGEST) return undefined;
    const whole = HEAD_BYTES + length;
    const value = (first.length >= whole ? first : this.bytesAt(place, whole)).subarray(HEAD_BYTES, whole);
    return value.length === length && crc32(value) === first.readUInt32LE(4) ? value : undefined;
  }

  /** Brings all that was added to the disk. @throws FatalError */
  async save(): Promise<void> {
    if (this.id === '' || this.saved === this.end) return;
    try {
      const { end } = this;
      this.write();
      if (this.handle !== undefined) await promisify(fdatasync)(this.handle);
      await syncFolder(dirname(this.database));
      this.saved = end;
    } catch (error) {
      throw asWorkingFolderError(error, pathOf(this.database, this.id));
    }
  }

  /** Once, when the database that names this file is on the disk: removes those that are nobody's. */
  async tidy(): Promise<void> {
    if (this.isTidy) return;
    this.isTidy = true;
    const folder = dirname(this.database);
    const mine = this.id === '' ? undefined : basename(pathOf(this.database, this.id));
    const prefix = basename(pathOf(this.database, ''), '.values');
    for (const name of await readdir(folder)) {
      const isOne =
        name.startsWith(prefix) && name.endsWith('.values') && ID.test(name.slice(prefix.length, -'.values'.length));
      if (isOne && name !== mine) await rm(join(folder, name), { force: true });
    }
  }

  close(): void {
    if (this.handle !== undefined) closeSync(this.handle);
    this.handle = undefined;
  }

  /** What goes wrong here goes wrong again at the next checkpoint, which says so. */
  private writeIfPossible(): void {
    try {
      this.write();
    } catch {
      // it is held until then
    }
  }

  private write(): void {
    this.handle ??= openSync(pathOf(this.database, this.id), 'wx+');
    const bytes = Buffer.concat([...this.held.values()]);
    for (let written = 0; written < bytes.length;) {
      written += writeSync(this.handle, bytes, written, bytes.length - written, this.onFile + written);
    }
    this.onFile += bytes.length;
    this.held.clear();
    this.heldBytes = 0;
  }

  private bytesAt(place: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    let read = 0;
    while (this.handle !== undefined && read < length) {
      const more = readSync(this.handle, bytes, read, length - read, place + read);
      if (more === 0) break;
      read += more;
    }
    return bytes.subarray(0, read);
  }
}

const pathOf = (database: string, id: string): string => `${database.replace(/\.db$/, '')}-${id}.values`;
