import { exiv2 } from '../adapters/exiftool/readers.ts';
import { present, versionOf, type Reader, type Seen } from './reader.ts';
import { wordOf, type Says } from './says.ts';

const FIELDS = [
  'digiKam.TagsList', 'lr.hierarchicalSubject', 'dc.subject', 'dc.description', 'tiff.ImageDescription', 'dc.creator',
  'dc.source', 'exif.DateTimeOriginal', 'photoshop.DateCreated', 'xmp.Rating',
] as const; // prettier-ignore

/** The library under digiKam, darktable, gThumb, Geeqie and others. It prints lists joined with commas, and their length. */
export class Exiv2Reader implements Reader {
  readonly name = 'Exiv2';

  version(): string | undefined {
    return versionOf('exiv2', /^exiv2 (\S+)/);
  }

  async read(images: readonly string[]): Promise<ReadonlyMap<string, Seen>> {
    const seen = new Map<string, Seen>();
    for (const image of images) {
      const lines = (await exiv2(`${image}.xmp`)).split('\n');
      const fields = lines.flatMap((line) => {
        const [, key = '', count, text] = /^Xmp\.(\S+)\s+(\d+)\s{1,2}(.*)$/.exec(line) ?? [];
        return (FIELDS as readonly string[]).includes(key) ? [[key, valueOf(key, Number(count), text ?? '')]] : [];
      });
      seen.set(image, Object.fromEntries(fields) as Seen);
    }
    return seen;
  }

  expected({ tags, description, creators, source, date, stars }: Says): Seen {
    const list = (entries: readonly string[] = []) =>
      entries.length > 0 ? { count: entries.length, text: entries.join(', ') } : undefined;
    return present({
      'digiKam.TagsList': list(tags.map((path) => path.join('/'))),
      'lr.hierarchicalSubject': list(tags.map((path) => path.join('|'))),
      'dc.subject': list([...new Set(tags.map(wordOf))]),
      'dc.description': description && { count: 1, text: `lang="x-default" ${description}` },
      'tiff.ImageDescription': description && { count: 1, text: `lang="x-default" ${description}` },
      'dc.creator': list(creators),
      'dc.source': source,
      'exif.DateTimeOriginal': date,
      'photoshop.DateCreated': date,
      'xmp.Rating': stars?.toString(),
    });
  }

  tagsOf(seen: Seen): readonly string[] {
    const list = seen['digiKam.TagsList'] as { readonly count: number; readonly text: string } | undefined;
    if (!list) return [];
    return list.count === 1 ? [list.text] : list.text.split(', ', list.count);
  }
}

const LISTS: ReadonlySet<string> = new Set(FIELDS.filter((key) => /TagsList|ubject|escription|creator/.test(key)));

/** For texts the number is their length. */
const valueOf = (key: string, count: number, text: string) => (LISTS.has(key) ? { count, text } : text);
