import { DefaultReadTaskOptions, ExifTool, type ExifDateTime } from 'exiftool-vendored';
import { exiftool } from '../adapters/exiftool/readers.ts';
import { present, type Reader, type Seen } from './reader.ts';
import type { Says } from './says.ts';

/** What Immich takes from ExifTool; its values may be numbers and booleans where ExifTool's JSON says so. */
interface ImmichTags {
  readonly TagsList?: readonly unknown[];
  readonly HierarchicalSubject?: readonly unknown[];
  readonly Keywords?: unknown;
  readonly ImageDescription?: string | number;
  readonly Description?: string | number;
  readonly Rating?: number | null;
  readonly DateTimeOriginal?: ExifDateTime;
}

/**
 * Immich's server as far as it reads tags: ExifTool through exiftool-vendored with its options
 * (server/src/repositories/metadata.repository.ts), and its rules (getTagList in server/src/services/metadata.service.ts,
 * upsertTags in server/src/utils/tag.ts). Left out: the look-up of places, which needs positions.
 */
export class ImmichReader implements Reader {
  readonly name = 'Immich';
  private readonly exiftool = new ExifTool({
    maxProcs: 2,
    defaultVideosToUTC: true,
    backfillTimezones: true,
    inferTimezoneFromDatestamps: true,
    inferTimezoneFromTimeStamp: true,
    useMWG: true,
    numericTags: [...DefaultReadTaskOptions.numericTags, 'FocalLength', 'FileSize'],
    readArgs: ['-api', 'largefilesupport=1'],
    writeArgs: ['-api', 'largefilesupport=1', '-overwrite_original'],
  });

  version(): string {
    return 'the rules of 3.1';
  }

  async read(images: readonly string[]): Promise<ReadonlyMap<string, Seen>> {
    return new Map(await Promise.all(images.map(async (image) => [image, await this.readOne(image)] as const)));
  }

  expected({ tags, description, date, stars }: Says): Seen {
    return present({
      tags: tags.map((path) => path.join('/')),
      description,
      date: date && new Date(date).toISOString(),
      stars,
    });
  }

  tagsOf({ tags }: Seen): readonly string[] {
    return tags as readonly string[];
  }

  /** What Immich does to a sidecar when a person edits the tags there. It writes this field and no other. */
  async edit(image: string, tags: readonly string[]): Promise<void> {
    await this.exiftool.write(`${image}.xmp`, { TagsList: [...tags] });
  }

  /** What it does, since 3.1, when a person removes all tags; earlier versions wrote nothing then. */
  async removeAll(image: string): Promise<void> {
    await exiftool('-api', 'largefilesupport=1', '-overwrite_original', '-TagsList^=', `${image}.xmp`);
  }

  async close(): Promise<void> {
    await this.exiftool.end();
  }

  private async readOne(image: string): Promise<Seen> {
    const [media, sidecar] = await Promise.all([image, `${image}.xmp`].map((path) => this.exiftool.read(path)));
    const tags = { ...media, ...sidecar } as ImmichTags; // key by key
    const description = text(tags.ImageDescription) || text(tags.Description);
    const { Rating: rating = null, DateTimeOriginal: date } = tags;
    return present({
      tags: getTagList(tags)
        .map((tag) => tag.split('/').filter(Boolean).join('/'))
        .filter(Boolean),
      description: description || undefined,
      date: date?.toDate().toISOString(),
      stars: rating !== null && rating >= 1 && rating <= 5 ? Math.round(rating) : undefined,
    });
  }
}

/** A text that looks like a number comes as one. */
const text = (value: string | number = ''): string => String(value).trim();

function getTagList(tags: ImmichTags): readonly string[] {
  if (tags.TagsList) return tags.TagsList.map(String);
  if (tags.HierarchicalSubject) {
    return tags.HierarchicalSubject.map((tag) =>
      typeof tag === 'number'
        ? String(tag)
        : (tag as string)
            .split('|')
            .map((level) => level.replaceAll('/', '|'))
            .join('/'),
    );
  }
  return tags.Keywords === undefined ? [] : [tags.Keywords].flat().map(String);
}
