import { exiftool, exiftoolVersion } from '../adapters/exiftool/readers.ts';
import { present, type Reader, type Seen } from './reader.ts';
import { wordOf, type Says } from './says.ts';

const FIELDS = {
  TagsList: 'XMP-digiKam:TagsList',
  HierarchicalSubject: 'XMP-lr:HierarchicalSubject',
  Subject: 'XMP-dc:Subject',
  Description: 'XMP-dc:Description',
  ImageDescription: 'XMP-tiff:ImageDescription',
  Creator: 'XMP-dc:Creator',
  Source: 'XMP-dc:Source',
  DateTimeOriginal: 'XMP-exif:DateTimeOriginal',
  DateCreated: 'XMP-photoshop:DateCreated',
  Rating: 'XMP-xmp:Rating',
} as const;
const LISTS: ReadonlySet<string> = new Set(['TagsList', 'HierarchicalSubject', 'Subject', 'Creator']);

/** ExifTool as it is, without any configuration: every field for itself. */
export class ExiftoolReader implements Reader {
  readonly name = 'ExifTool';

  version(): string {
    return exiftoolVersion();
  }

  async read(images: readonly string[]): Promise<ReadonlyMap<string, Seen>> {
    const sidecars = images.map((image) => `${image}.xmp`);
    const asked = Object.values(FIELDS).map((tag) => `-${tag}`);
    // JSONQ: as text, where JSON makes numbers of what looks like some
    const json = await exiftool('-json', '-G1', '-api', 'StructFormat=JSONQ', ...asked, ...sidecars);
    const answers = JSON.parse(json) as readonly Readonly<Record<string, string | readonly string[]>>[];
    return new Map(
      answers.map((answer, index) => {
        const seen = Object.entries(FIELDS).map(([name, tag]) => {
          const value = answer[tag];
          return [name, LISTS.has(name) && typeof value === 'string' ? [value] : value];
        });
        return [images[index] ?? '', present(Object.fromEntries(seen) as Seen)];
      }),
    );
  }

  expected({ tags, description, creators, source, date, stars }: Says): Seen {
    const list = (entries: readonly string[] = []) => (entries.length > 0 ? entries : undefined);
    const exifDate = date?.replace(/^(\d+)-(\d+)-(\d+)T/, '$1:$2:$3 ');
    return present({
      TagsList: list(tags.map((path) => path.join('/'))),
      HierarchicalSubject: list(tags.map((path) => path.join('|'))),
      Subject: list([...new Set(tags.map(wordOf))]),
      Description: description,
      ImageDescription: description,
      Creator: list(creators),
      Source: source,
      DateTimeOriginal: exifDate,
      DateCreated: exifDate,
      Rating: stars?.toString(),
    });
  }

  tagsOf({ TagsList = [] }: Seen): readonly string[] {
    return (TagsList as readonly string[]).filter(Boolean);
  }
}
