import { access, chmod, constants, rename, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { ImageError } from '../../core/model/failure.ts';
import type { MetadataWriter, WrittenSidecar } from '../../core/ports/metadataWriter.ts';
import type { SidecarContent } from '../../core/sidecar/content.ts';
import {
  LIST_FIELDS,
  TEXT_FIELDS,
  type ListField,
  type SidecarFields,
  type TextField,
} from '../../core/sidecar/fields.ts';
import { mergeFields } from '../../core/sidecar/mergeFields.ts';
import { summarize, type SidecarSummary } from '../../core/sidecar/summary.ts';
import { whereAllowed } from '../files/attributesRefused.ts';
import { openToFlush, syncHandle } from '../files/syncToDisk.ts';
import { FolderSyncs } from '../files/folderSyncs.ts';
import { embeddedFields } from './embeddedFields.ts';
import { ExiftoolHung } from './exiftoolHung.ts';
import { ExiftoolProcesses, type ExiftoolProcessesOptions } from './exiftoolProcesses.ts';
import { FIELD_TABLE } from './fieldTable.ts';
import { fileError } from './fileErrors.ts';
import { readOtherSidecar } from './otherSidecar.ts';
import { LANG, parseXmp, type XmpProperties, type XmpValue } from './parseXmp.ts';
import { readFields } from './readFields.ts';
import { readStamp, readStanding } from './standingSidecar.ts';
import { removeLeftovers, removeTemporary, temporarySidecar } from './temporarySidecar.ts';
import { writeArguments } from './writeArguments.ts';
import { inUtf8 } from './xmpText.ts';
import { imageOfSidecar, sidecarOf } from '../../core/model/image.ts';

export interface ExiftoolMetadataWriterOptions extends ExiftoolProcessesOptions {
  /** absolute path of media/exiftool/image-inbox.config, without which ExifTool does not know our own fields */
  readonly config: string;
}

/**
 * Writes sidecars with ExifTool: one command each.
 *
 *   read what stands, in it, in the image and in `a.xmp` -> merge -> copy aside -> ExifTool changes the copy -> read it back
 *   -> fsync -> rename over
 *
 * Reading is done here, by a strict parser of our own (parseXml.ts): half a file must be refused and not repaired, a check
 * by another hand than the writer's finds what both of its sides would get wrong alike, and a second ExifTool command costs
 * about 10 ms a sidecar where the parser takes 0.25 (25 tags). The write itself takes 11 ms of ExifTool, 0.07 an argument.
 */
export class ExiftoolMetadataWriter implements MetadataWriter {
  private readonly processes: ExiftoolProcesses;
  private readonly folders = new FolderSyncs();
  /** folders that have been cleared of what killed processes left */
  private readonly cleared = new Map<string, Promise<void>>();
  /** temporary files that could not be removed so far */
  private readonly left = new Set<string>();
  /** sidecars `a.xmp` that may be of several images */
  private readonly disputed = new Set<string>();

  constructor(options: ExiftoolMetadataWriterOptions) {
    this.processes = new ExiftoolProcesses(options);
  }

  /**
   * Whether sidecars can be written at all: the version of ExifTool.
   * @throws ImageError `exiftool`, with what to install
   */
  probe(): Promise<string> {
    return this.processes.version();
  }

  /** @param sidecarPath absolute. Beside the port's errors: FatalError `no-space`, ImageError `unsafe-name`, `not-a-file`, `changed`. */
  async write(
    sidecarPath: string,
    content: SidecarContent,
    signal: AbortSignal,
    original?: string,
  ): Promise<WrittenSidecar> {
    signal.throwIfAborted();
    // eslint-disable-next-line no-control-regex -- a line break in a path would be another argument for ExifTool
    if (!isAbsolute(sidecarPath) || /[\u0000-\u001f\u007f]/.test(sidecarPath)) {
      throw new ImageError('unsafe-name', `${JSON.stringify(sidecarPath)} holds control characters.`);
    }
    try {
      return await this.attempt(sidecarPath, content, original).catch((error: unknown) => {
        if (!(error instanceof ExiftoolHung)) throw error;
        signal.throwIfAborted();
        return this.attempt(sidecarPath, content, original); // from the start: what was half done can't be done again
      });
    } catch (error) {
      throw fileError(error, sidecarPath);
    }
  }

  /** What a sidecar says, for people; undefined when there is none. @throws ImageError `sidecar-malformed`, `not-a-file` */
  async readSidecar(sidecarPath: string): Promise<SidecarSummary | undefined> {
    const standing = await readStanding(sidecarPath);
    return standing && summarize(readFields(standing.properties));
  }

  async close(): Promise<void> {
    await this.processes.close();
    // the disk may have recovered
    await Promise.allSettled([...this.left].map(removeTemporary));
  }

  private async attempt(
    sidecarPath: string,
    content: SidecarContent,
    original = imageOfSidecar(sidecarPath),
  ): Promise<WrittenSidecar> {
    const [standing, other, image] = await Promise.all([
      readStanding(sidecarPath),
      readOtherSidecar(sidecarOf(original), this.disputed),
      embeddedFields(imageOfSidecar(sidecarPath), this.processes),
    ]);
    // Readers that find ours ignore the other: so all of it, not only what we know of, has to be in ours.
    const base = standing ?? other.standing;
    const fields = base ? readFields(base.properties) : {};
    const { fields: wanted, conflicts } = mergeFields(fields, content, {
      image,
      otherSidecar: other.standing && readFields(other.standing.properties),
      standsInOther: !standing,
    });
    const args = writeArguments(fields, wanted);
    const result = { conflicts, notes: other.note === undefined ? [] : [other.note] };
    if (standing && args.length === 0) return { written: false, ...result };

    const folder = dirname(sidecarPath);
    await this.clear(folder);
    const temporary = temporarySidecar(folder);
    try {
      // a new one is made by ExifTool: reading and rewriting an empty one would cost it 1 ms
      if (base) {
        await writeFile(temporary, inUtf8(base.bytes), { flag: 'wx' });
        // not as the file is made: our umask would take rights away from those who share the sidecar
        if (standing) await whereAllowed(chmod(temporary, standing.mode));
      }
      await this.change(temporary, args);
      await checkAndSync(temporary, wanted, base?.properties ?? new Map());
      if ((await readStamp(sidecarPath)) !== standing?.stamp) {
        throw new ImageError('changed', `The sidecar ${sidecarPath} was changed meanwhile.`, { transient: true });
      }
      await rename(temporary, sidecarPath);
    } catch (error) {
      await removeTemporary(temporary).catch(() => this.left.add(temporary));
      throw error;
    }
    await this.folders.sync(folder);
    return { written: true, ...result };
  }

  private clear(folder: string): Promise<void> {
    const known = this.cleared.get(folder);
    if (known) return known;
    const clearing = removeLeftovers(folder).then((stayed) => {
      for (const path of stayed) this.left.add(path);
    });
    this.cleared.set(folder, clearing);
    return clearing;
  }

  private async change(path: string, args: readonly string[]): Promise<void> {
    // ExifTool writes to `<path>_exiftool_tmp` and renames that
    const { stdout, errors } = await this.processes.run([...args, '-overwrite_original', path]);
    if (errors.length === 0 && /\b1 image files (updated|created)\b/.test(stdout)) return;
    await tryToWrite(path); // a full disk, a folder that is gone: ExifTool says it in words only; here it has a code
    // at its end ExifTool names the file, which is our temporary one
    const said = (errors[0] ?? stdout.trim()).replace(/ - [^\n]*\.image-inbox-[^\n]*$/, '');
    throw new ImageError('exiftool', `ExifTool did not write the sidecar: ${said}`);
  }
}

/** Reads what ExifTool wrote, checks it, and has it on the disk: what is renamed over the old sidecar is whole. */
async function checkAndSync(path: string, wanted: SidecarFields, before: XmpProperties): Promise<void> {
  // it has the rights of the one that stands: a rename would not mind that somebody has made that read-only
  await access(path, constants.W_OK);
  const file = await openToFlush(path);
  try {
    check(parseWritten(await file.readFile()), wanted, before);
    await syncHandle(file);
  } finally {
    await file.close();
  }
}

function parseWritten(bytes: Uint8Array): XmpProperties {
  try {
    return parseXmp(bytes);
  } catch (cause) {
    throw new ImageError('verify-failed', 'What ExifTool wrote is no XMP.', { cause });
  }
}

/** The sidecar says what was meant, and all that others wrote is still there. */
function check(properties: XmpProperties, wanted: SidecarFields, before: XmpProperties): void {
  const read = readFields(properties);
  const wrong = [...LIST_FIELDS, ...TEXT_FIELDS].find(
    (field) =>
      !isDeepStrictEqual(said(read, field), said(wanted, field)) &&
      !(wanted[field] === undefined && isTranslations(properties.get(FIELD_TABLE[field].property))),
  );
  if (wrong !== undefined)
    throw new ImageError('verify-failed', `What ExifTool wrote for ${wrong} is not what was meant.`);
  const lost = [...before].find(([name, value]) => {
    const othersPart = OURS.has(name) ? translations : (all: XmpValue | undefined): unknown => all;
    return !isDeepStrictEqual(othersPart(properties.get(name)), othersPart(value));
  });
  if (lost) throw new ImageError('verify-failed', `ExifTool would have changed ${lost[0]}, which is not ours.`);
}

/** What a field says; the categories are a tree, whose branches have their own order. */
function said(fields: SidecarFields, field: ListField | TextField): unknown {
  return field === 'acdseeCategories' ? fields[field]?.toSorted() : fields[field];
}

/** Ours is gone, and what is read in its stead is the text in other languages. */
const isTranslations = (value: XmpValue | undefined): boolean =>
  isList(value) && translations(value).length === value.length;

/** The texts in other languages than the default, beside ours. */
const translations = (value: XmpValue | undefined): readonly XmpValue[] =>
  isList(value) ? value.filter((item) => typeof item === 'object' && LANG in item && item[LANG] !== 'x-default') : [];

const isList = (value: XmpValue | undefined): value is readonly XmpValue[] => Array.isArray(value);

const OURS: ReadonlySet<string> = new Set(Object.values(FIELD_TABLE).map(({ property }) => property));

/** Writes as much as a big sidecar needs. @throws the file system's error */
async function tryToWrite(path: string): Promise<void> {
  await writeFile(path, new Uint8Array(1 << 20));
}
