import { constants } from 'node:fs';
import { access, lstat, realpath, rmdir, stat, unlink } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import type { ContentHash } from '../../core/model/ids.ts';
import type { Fingerprint, FoundImage } from '../../core/model/image.ts';
import type { FileFacts, UndoFiles } from '../../core/ports/files.ts';
import { asidePath } from './asidePath.ts';
import { asFileError, codeOf, isForbidden } from './fileErrors.ts';
import { fingerprint } from './fingerprint.ts';
import { hashFile } from './hashFile.ts';
import { linkOrCopy } from './linkOrCopy.ts';
import { makeFolder } from './makeFolder.ts';
import { replaceFile } from './replaceFile.ts';
import { safeCopy } from './safeCopy.ts';
import { safeMove } from './safeMove.ts';
import { isOneFile, isSecondName } from './twoNames.ts';
import { writeAside } from './writeAside.ts';

/** The user's files on a file system that Node can reach. */
export class NodeFiles implements UndoFiles {
  private readonly owner: string | undefined;

  /**
   * @param owner tells copies in the making from those of another machine or working folder, whose run may sort a picture of the
   *   same name into the same folder at the same time
   */
  constructor(owner?: string) {
    this.owner = owner;
  }

  async stat(path: string): Promise<FileFacts | undefined> {
    try {
      const { size, mtimeMs } = await lstat(path);
      return { size, mtimeMs };
    } catch (error) {
      if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
      throw asFileError(error, path, 'read');
    }
  }

  fingerprint(image: FoundImage, signal: AbortSignal): Promise<Fingerprint> {
    return fingerprint(image, signal);
  }

  async hash(path: string, signal: AbortSignal): Promise<ContentHash | undefined> {
    try {
      return await hashFile(path, signal);
    } catch (error) {
      throw asFileError(error, path, 'read');
    }
  }

  async isWritable(folder: string): Promise<boolean> {
    // of a folder that is gone the next step tells
    return access(folder, constants.W_OK).then(
      () => true,
      (error: unknown) => !isForbidden(error),
    );
  }

  async device(path: string): Promise<string | undefined> {
    try {
      return String((await stat(path)).dev);
    } catch (error) {
      if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
      throw asFileError(error, path, 'read');
    }
  }

  async mountPoint(path: string): Promise<string | undefined> {
    const device = await this.device(path);
    if (device === undefined) return undefined;
    let at = await realpath(path);
    while (dirname(at) !== at && (await this.device(dirname(at))) === device) at = dirname(at);
    return at;
  }

  async makeFolder(path: string): Promise<readonly string[]> {
    try {
      return await makeFolder(path);
    } catch (error) {
      throw asFileError(error, path, 'write');
    }
  }

  move(from: string, to: string, sha256: ContentHash, signal: AbortSignal): Promise<void> {
    return safeMove(from, to, sha256, signal, this.asideOf(to));
  }

  copy(from: string, to: string, sha256: ContentHash, signal: AbortSignal): Promise<void> {
    return safeCopy(from, to, sha256, signal, this.asideOf(to));
  }

  linkOrCopy(from: string, to: string, sha256: ContentHash, signal: AbortSignal): Promise<void> {
    return linkOrCopy(from, to, sha256, signal, this.asideOf(to));
  }

  async removeDouble(path: string, of: string, sha256: ContentHash, signal: AbortSignal): Promise<boolean> {
    try {
      if (!(await isSecondName(path, of))) return await this.removeIfSame(path, sha256, signal);
      await unlink(path);
      return true;
    } catch (error) {
      throw asFileError(error, path, 'write');
    }
  }

  async removeOneName(path: string): Promise<boolean> {
    try {
      const facts = await lstat(path);
      if (!facts.isFile() || facts.nlink < 2) return false;
      await unlink(path);
      return true;
    } catch (error) {
      throw asFileError(error, path, 'write');
    }
  }

  async removeIfSame(path: string, sha256: ContentHash, signal: AbortSignal): Promise<boolean> {
    const found = await this.hash(path, signal);
    if (found !== undefined && found !== sha256) return false;
    try {
      if (found !== undefined) await unlink(path);
      return true;
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return true;
      throw asFileError(error, path, 'write');
    }
  }

  async writeText(path: string, chunks: AsyncIterable<string> | Iterable<string>): Promise<void> {
    try {
      // reports are named by the time: only by its kind does a killed run's half-written one get cleared away by the next
      await writeAside(path, chunks, join(dirname(path), `.image-inbox-report${extname(path)}.tmp`));
    } catch (error) {
      throw asFileError(error, path, 'write');
    }
  }

  async isOneFile(a: string, b: string): Promise<boolean> {
    try {
      return await isOneFile(a, b);
    } catch (error) {
      throw asFileError(error, a, 'read');
    }
  }

  async removeFolder(path: string): Promise<boolean> {
    try {
      await rmdir(path);
      return true;
    } catch (error) {
      const code = codeOf(error);
      if (code === 'ENOENT') return true;
      // EEXIST on Solaris and AIX
      if (code === 'ENOTEMPTY' || code === 'EEXIST' || code === 'ENOTDIR') return false;
      throw asFileError(error, path, 'write');
    }
  }

  async replaceIfSame(
    path: string,
    sha256: ContentHash,
    from: string,
    becomes: ContentHash,
    signal: AbortSignal,
  ): Promise<boolean> {
    const found = await this.hash(path, signal);
    if (found === becomes) return true;
    if (found !== sha256) return false;
    return replaceFile(path, sha256, from, becomes, signal);
  }

  private asideOf(target: string): string {
    return asidePath(target, this.owner);
  }
}
