import { execFile } from 'node:child_process';
import { chmod, symlink, utimes, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { ExiftoolMetadataWriter } from '../../src/adapters/exiftool/exiftoolMetadataWriter.ts';
import type { FailureReason } from '../../src/core/model/failure.ts';
import { NO_TAGS } from '../../src/core/model/tag.ts';
import type { SidecarContent } from '../../src/core/sidecar/content.ts';
import { exiftool } from '../adapters/exiftool/readers.ts';
import { contentFor, tagged } from './contents.ts';
import type { DarktableReader } from './darktableReader.ts';
import type { ImmichReader } from './immichReader.ts';
import { present, type Reader, type Seen } from './reader.ts';
import { general, type Says } from './says.ts';

/** What the shapes are made with. */
export interface Tools {
  readonly writer: ExiftoolMetadataWriter;
  readonly immich: ImmichReader;
  readonly darktable: DarktableReader;
}

/** One kind of sidecar, as it comes to be in real life. */
export interface Shape {
  readonly name: string;
  /** a program that has to be installed to make it */
  readonly needs?: 'darktable';
  /** Lays out what is there before our last write. The image `image` is there already. */
  readonly prepare?: (image: string, tools: Tools) => Promise<void>;
  /** our last write */
  readonly content: SidecarContent;
  /** `written`, or why it is refused; the sidecar is then left as found */
  readonly outcome: 'written' | FailureReason;
  /** what all readers are to see */
  readonly says?: Says;
  /** where a reader can't: what it sees instead, and why */
  readonly but?: Readonly<Record<string, Difference>>;
  /** our last write is made by a user who is not allowed to write the file, even where the tests run as root */
  readonly withoutRights?: boolean;
}

/** By the name of the reader. */
interface Difference {
  readonly says?: { readonly [Field in keyof Says]?: Says[Field] | undefined };
  /** in the reader's own terms */
  readonly seen?: Seen;
  readonly why: string;
}

const { signal } = new AbortController();
const run = promisify(execFile);
const sidecarOf = (image: string): string => `${image}.xmp`;

export const ODD_TAGS = [
  'true', '1e3', '1.50', '2024', '007', ':/', '|_|', '^_^', '<o>_<o>', '+_+', '=_=', 'fate/stay_night', '22/7', '.hack//',
  'ひらがな', 'カタカナ', '漢字', '😀👩‍👩‍👧', '"quoted"', "it's", '&<>', '&amp;', 'a, b (c,d)', '-dash', '--', '-execute', '#hash',
  '@file', '%d%f', '$1', '\\', 'x'.repeat(2000),
] as const; // prettier-ignore

const DATE = '2024-05-06T07:08:09+09:00';
const EVERYTHING = contentFor({
  tags: {
    general: ['blue_eyes', 'fate/stay_night'],
    character: ['hinata_hyuga_(naruto)', 'rem_(swimsuit)'],
    copyright: ['naruto'],
    artist: ['first_artist', 'second_artist'],
    meta: ['highres'],
  },
  rating: 'questionable',
  includeRating: true,
  match: {
    provider: 'saucenao',
    similarity: 93.4,
    url: 'https://danbooru.donmai.us/posts/99200001?q=a&b=<c>',
    post: { site: 'danbooru', id: '99200001' },
    rating: 'questionable',
    tags: NO_TAGS,
    sources: ['https://www.pixiv.net/artworks/1', 'https://twitter.com/a/status/2'],
    createdAt: DATE,
  },
});
const SAYS_EVERYTHING: Says = {
  tags: [
    ['general', 'blue_eyes'], ['general', 'fate\u2215stay_night'], ['character', 'naruto', 'hinata_hyuga'],
    ['character', 'rem_(swimsuit)'], ['copyright', 'naruto'], ['artist', 'first_artist'], ['artist', 'second_artist'],
    ['meta', 'highres'], ['rating', 'questionable'],
  ],
  description: 'Matched on Danbooru via SauceNAO (93.4 % similarity)',
  creators: ['first_artist', 'second_artist'],
  source: 'https://danbooru.donmai.us/posts/99200001?q=a&b=<c>',
  date: DATE,
  stars: 3,
}; // prettier-ignore

/** A sidecar by another hand. */
const packet = (inside: string): string =>
  `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
    <rdf:Description rdf:about="" xmlns:digiKam="http://www.digikam.org/ns/1.0/" xmlns:n="urn:example:notes"
     xmlns:dc="http://purl.org/dc/elements/1.1/">${inside}</rdf:Description></rdf:RDF></x:xmpmeta>`;
const THEIRS = packet('<digiKam:TagsList><rdf:Seq><rdf:li>Places/Zürich 日本</rdf:li></rdf:Seq></digiKam:TagsList>');
const SAYS_THEIRS: Says = { tags: [['Places', 'Zürich 日本'], general('a')] };

const DARKTABLES = 'darktable has sorted the tags, made words of the levels, and dated the picture';
const CUTS = 'it cuts a tag at the first comma, and after 1,023 bytes';
const darktableCuts = (tag: string): readonly string[] =>
  general(tag).join('|').slice(0, 1023).split(',', 1).join('').split('|');

const found = (bytes: string | Uint8Array) => async (image: string) => writeFile(sidecarOf(image), bytes);
const many = Array.from({ length: 300 }, (_, index) => `tag number ${index}`);

export const SHAPES: readonly Shape[] = [
  { name: 'one tag', content: tagged('blue_eyes'), outcome: 'written', says: { tags: [general('blue_eyes')] } },
  { name: 'no tag', content: tagged(), outcome: 'written', says: { tags: [] } },
  { name: '300 tags', content: tagged(...many), outcome: 'written', says: { tags: many.map(general) } },
  {
    name: 'odd tags',
    content: tagged(...ODD_TAGS),
    outcome: 'written',
    says: { tags: ODD_TAGS.map(general) },
    but: { darktable: { says: { tags: ODD_TAGS.map(darktableCuts) }, why: CUTS } },
  },
  {
    name: 'every field',
    content: EVERYTHING,
    outcome: 'written',
    says: SAYS_EVERYTHING,
  },
  {
    name: 'tags typed by hand, without a category',
    content: contentFor({ tags: NO_TAGS, typed: ['Trips/2024/Kyōto', 'true', '1e3', '007'] }),
    outcome: 'written',
    says: { tags: [['Trips', '2024', 'Kyōto'], ['true'], ['1e3'], ['007']] },
    but: {
      Immich: {
        says: { tags: [['Trips', '2024', 'Kyōto'], ['true'], ['1000'], ['007']] },
        why: 'ExifTool gives it `1e3` as a number',
      },
    },
  },
  {
    name: 'image with embedded tags, text and stars',
    prepare: async (image) => {
      await exiftool(
        '-overwrite_original', '-XMP-digiKam:TagsList=People/Me', '-XMP-lr:HierarchicalSubject=People|Me', '-XMP-dc:Subject=Me',
        '-IPTC:Keywords=Me', '-EXIF:ImageDescription=in the image', '-XMP-dc:Description=in the image', '-XMP-xmp:Rating=5', image,
      ); // prettier-ignore
    },
    content: EVERYTHING,
    outcome: 'written',
    says: {
      ...SAYS_EVERYTHING,
      tags: [['People', 'Me'], ...SAYS_EVERYTHING.tags],
      description: 'in the image',
      stars: 5,
    },
    but: sidecarAlone(
      ['ExifTool', 'Exiv2', 'darktable', 'Image Inbox'],
      { description: undefined, stars: undefined },
      'text and stars stand in the image; it reads the sidecar alone',
    ),
  },
  {
    name: 'edited in Immich',
    prepare: async (image, { writer, immich }) => {
      await writer.write(sidecarOf(image), tagged('kept', 'removed'), signal);
      await immich.edit(image, ['general/kept', 'Added/There']);
    },
    content: tagged('kept', 'removed', 'new'),
    outcome: 'written',
    says: { tags: [general('kept'), ['Added', 'There'], general('new')] },
  },
  {
    name: 'all tags removed in Immich',
    prepare: async (image, { writer, immich }) => {
      await writer.write(sidecarOf(image), tagged('a', 'b'), signal);
      await immich.removeAll(image);
    },
    content: tagged('a', 'b'),
    outcome: 'written',
    says: { tags: [] },
    but: { ExifTool: { seen: { TagsList: [''] }, why: 'one empty entry is how Immich says that there are none' } },
  },
  {
    name: 'made by Immich alone',
    prepare: async (image) => {
      await exiftool('-TagsList=Places/Home', '-XMP-xmp:Rating=4', sidecarOf(image));
    },
    content: tagged('a'),
    outcome: 'written',
    says: { tags: [['Places', 'Home'], general('a')], stars: 4 },
  },
  {
    name: 'rewritten by darktable',
    needs: 'darktable',
    prepare: async (image, { writer, darktable }) => {
      await writer.write(sidecarOf(image), tagged('kept', 'fate/stay_night'), signal);
      const day = new Date('2020-02-02T02:02:02Z');
      await utimes(image, day, day); // darktable writes it down as the picture's
      await darktable.edit(image, 'Places|Home', 2);
    },
    content: tagged('kept', 'fate/stay_night', 'new'),
    outcome: 'written',
    says: {
      tags: [general('kept'), general('fate/stay_night'), ['Places', 'Home'], general('new')],
      stars: 2,
      date: '2020-02-02T02:02:02Z',
    },
    but: {
      Immich: {
        seen: { date: new Date('2020-02-02T02:02:02').toISOString() },
        why: 'darktable writes no zone, so it takes its own',
      },
      ExifTool: {
        seen: {
          DateTimeOriginal: '2020:02:02 02:02:02.000',
          DateCreated: undefined,
          HierarchicalSubject: ['Places|Home', 'general|fate\u2215stay_night', 'general|kept', 'general|new'],
          Subject: ['Home', 'Places', 'fate/stay_night', 'general', 'kept', 'new'],
        },
        why: DARKTABLES,
      },
      Exiv2: {
        seen: {
          'exif.DateTimeOriginal': '2020:02:02 02:02:02.000',
          'photoshop.DateCreated': undefined,
          'lr.hierarchicalSubject': {
            count: 4,
            text: 'Places|Home, general|fate\u2215stay_night, general|kept, general|new',
          },
          'dc.subject': { count: 6, text: 'Home, Places, fate/stay_night, general, kept, new' },
        },
        why: DARKTABLES,
      },
    },
  },
  {
    name: 'written by digiKam',
    prepare: async (image) => {
      await exiftool(
        '-XMP-digiKam:TagsList=Places', '-XMP-digiKam:TagsList=Places/Home', '-XMP-microsoft:LastKeywordXMP=Places',
        '-XMP-microsoft:LastKeywordXMP=Places/Home', '-XMP-lr:HierarchicalSubject=Places', '-XMP-lr:HierarchicalSubject=Places|Home',
        '-XMP-mediapro:CatalogSets=Places', '-XMP-mediapro:CatalogSets=Places|Home', '-XMP-dc:Subject=Places', '-XMP-dc:Subject=Home',
        '-XMP-acdsee:Categories=<Categories><Category Assigned="1">Places<Category Assigned="1">Home</Category></Category></Categories>',
        '-XMP-digiKam:PickLabel=3', '-XMP-digiKam:ColorLabel=0', '-XMP-xmp:Rating=4', sidecarOf(image),
      ); // prettier-ignore
      await exiftool(
        '-overwrite_original',
        '-IPTC:Keywords=Places',
        '-IPTC:Keywords=Home',
        '-EXIF:XPKeywords=Places;Home',
        image,
      );
    },
    content: tagged('a'),
    outcome: 'written',
    says: { tags: [['Places'], ['Places', 'Home'], general('a')], stars: 4 },
    but: {
      darktable: { seen: { date: undefined }, why: 'an image with EXIF data does not get the date of its file' },
    },
  },
  {
    name: 'edited with Exiv2',
    prepare: async (image, { writer }) => {
      await writer.write(sidecarOf(image), tagged('kept'), signal);
      await run('exiv2', [
        '-M',
        'set Xmp.digiKam.TagsList[2] XmpText Places/Home',
        '-M',
        'set Xmp.xmp.Rating 2',
        sidecarOf(image),
      ]);
    },
    content: tagged('kept', 'new'),
    outcome: 'written',
    says: { tags: [general('kept'), ['Places', 'Home'], general('new')], stars: 2 },
  },
  {
    name: 'with a byte order mark',
    prepare: found(`\ufeff${THEIRS}`),
    content: tagged('a'),
    outcome: 'written',
    says: SAYS_THEIRS,
  },
  {
    name: 'in UTF-16, little-endian',
    prepare: found(Buffer.from(`\ufeff${THEIRS}`, 'utf16le')),
    content: tagged('a'),
    outcome: 'written',
    says: SAYS_THEIRS,
  },
  {
    name: 'in UTF-16, big-endian',
    prepare: found(Buffer.from(`\ufeff${THEIRS}`, 'utf16le').swap16()),
    content: tagged('a'),
    outcome: 'written',
    says: SAYS_THEIRS,
  },
  {
    name: 'of 20 MB',
    prepare: found(THEIRS.replace('<digiKam', `<n:preview>${'QUJD'.repeat(5_000_000)}</n:preview><digiKam`)),
    content: tagged('a'),
    outcome: 'written',
    says: SAYS_THEIRS,
  },
  { name: 'malformed', prepare: found(THEIRS.slice(0, -30)), content: tagged('a'), outcome: 'sidecar-malformed' },
  { name: 'empty', prepare: found(''), content: tagged('a'), outcome: 'sidecar-malformed' },
  {
    name: 'a symbolic link',
    prepare: async (image) => {
      const target = join(dirname(image), `target of ${basename(image)}.txt`);
      await writeFile(target, THEIRS);
      await symlink(target, sidecarOf(image));
    },
    content: tagged('a'),
    outcome: 'not-a-file',
  },
  {
    name: 'read-only',
    prepare: async (image) => {
      await writeFile(sidecarOf(image), THEIRS);
      await chmod(sidecarOf(image), 0o444);
    },
    withoutRights: true,
    content: tagged('a'),
    outcome: 'not-writable',
  },
];

/** What one reader is to see, in its own terms. */
export function expectedBy(reader: Pick<Reader, 'name' | 'expected'>, { says, but }: Shape): Seen {
  const { says: otherwise, seen } = but?.[reader.name] ?? {};
  const all = present({ ...says, ...otherwise }) as unknown as Says;
  return present({ ...reader.expected(all), ...seen });
}

/** What some readers see where they look at the sidecar alone, and ours leaves out what the image says. */
function sidecarAlone(
  readers: readonly string[],
  says: NonNullable<Difference['says']>,
  why: string,
): Readonly<Record<string, Difference>> {
  return Object.fromEntries(readers.map((reader) => [reader, { says, why }]));
}
