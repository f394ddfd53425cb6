import * as v from 'valibot';
import { ImageError } from '../../core/model/failure.ts';
import { cleanText } from '../../core/sidecar/cleanText.ts';
import {
  LIST_FIELDS,
  TEXT_FIELDS,
  type ListField,
  type SidecarFields,
  type TextField,
} from '../../core/sidecar/fields.ts';
import { carriesMetadata } from '../image/carriesMetadata.ts';
import type { ExiftoolProcesses } from './exiftoolProcesses.ts';

/** Where an image says what our fields say, in ExifTool's names; of a text the first that says something counts. */
const PLACES: Readonly<Partial<Record<ListField | TextField, readonly string[]>>> = {
  tagsList: ['XMP-digiKam:TagsList'],
  hierarchicalSubject: ['XMP-lr:HierarchicalSubject'],
  subject: ['XMP-dc:Subject', 'IPTC:Keywords'],
  lastKeywordXmp: ['XMP-microsoft:LastKeywordXMP'],
  creator: ['XMP-dc:Creator'],
  relation: ['XMP-dc:Relation'],
  description: [
    'XMP-dc:Description', 'XMP-tiff:ImageDescription', 'IFD0:ImageDescription', 'IPTC:Caption-Abstract', 'PNG:Description',
  ],
  dateTimeOriginal: [
    'ExifIFD:DateTimeOriginal', 'XMP-exif:DateTimeOriginal', 'XMP-photoshop:DateCreated', 'IPTC:DateCreated',
    'ExifIFD:CreateDate', 'XMP-xmp:CreateDate',
  ],
  source: ['XMP-dc:Source'],
  identifier: ['XMP-dc:Identifier'],
  title: ['XMP-dc:Title'],
  adultContentWarning: ['XMP-plus:AdultContentWarning'],
  digitalSourceType: ['XMP-iptcExt:DigitalSourceType'],
  rating: ['XMP-xmp:Rating', 'IFD0:Rating'],
}; // prettier-ignore

const Said = v.union([
  v.pipe(
    v.string(),
    v.transform((text) => [text]),
  ),
  v.array(v.string()),
]);
const Answer = v.tuple([v.record(v.string(), v.unknown())]);

/**
 * What the metadata in an image's own file say; undefined when there are none, or no image. Most carry none, so ExifTool is
 * asked (10 ms) only where there is something to be asked for. The image is only read.
 * @throws ImageError `exiftool` when ExifTool stops; an image that it can't read says nothing
 */
export async function embeddedFields(
  imagePath: string,
  processes: Pick<ExiftoolProcesses, 'run'>,
): Promise<SidecarFields | undefined> {
  try {
    if ((await carriesMetadata(imagePath)) === false) return undefined;
  } catch (error) {
    // gone, empty, unreadable: other stages say so; but what may be read in a moment is not passed over
    if (error instanceof ImageError && !error.transient) return undefined;
    throw error;
  }
  const tags = Object.values(PLACES).flat();
  // -fast2: no maker notes
  const { stdout } = await processes.run([
    '-json',
    '-G1',
    '-n',
    '-m',
    '-fast2',
    ...tags.map((tag) => `-${tag}`),
    imagePath,
  ]);
  const answer = v.safeParse(Answer, parse(stdout));
  return answer.success ? fieldsOf(answer.output[0]) : undefined;
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined; // nothing is printed for what is no image
  }
}

function fieldsOf(said: Readonly<Record<string, unknown>>): SidecarFields {
  const textsIn = (field: ListField | TextField): readonly string[] =>
    (PLACES[field] ?? []).flatMap((tag) => {
      const value = v.safeParse(Said, said[tag]);
      return value.success ? value.output.map(cleanText).filter(Boolean) : [];
    });
  const lists = LIST_FIELDS.map((field) => [field, [...new Set(textsIn(field))]] as const);
  const texts = TEXT_FIELDS.map((field) => {
    // cameras without a clock write 0000:00:00
    const [text] = textsIn(field).filter((value) => field !== 'dateTimeOriginal' || /[1-9]/.test(value));
    return [field, text] as const;
  });
  return Object.fromEntries<string | readonly string[] | undefined>([
    ...lists.filter(([, list]) => list.length > 0),
    ...texts.filter(([, text]) => text),
  ]);
}
