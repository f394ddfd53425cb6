import type { ListField, TextField } from '../../core/sidecar/fields.ts';

/** Where a field stands: its property in XMP (as in XmpProperties), and its name in ExifTool. */
export interface FieldPlace {
  readonly property: string;
  readonly tag: string;
}

const DC = '{http://purl.org/dc/elements/1.1}';

/** ExifTool knows their kinds by these names: TagsList and Creator are a Seq, the other lists a Bag. */
export const FIELD_TABLE = {
  tagsList: { property: '{http://www.digikam.org/ns/1.0}TagsList', tag: 'XMP-digiKam:TagsList' },
  hierarchicalSubject: {
    property: '{http://ns.adobe.com/lightroom/1.0}hierarchicalSubject',
    tag: 'XMP-lr:HierarchicalSubject',
  },
  subject: { property: `${DC}subject`, tag: 'XMP-dc:Subject' },
  creator: { property: `${DC}creator`, tag: 'XMP-dc:Creator' },
  relation: { property: `${DC}relation`, tag: 'XMP-dc:Relation' },
  description: { property: `${DC}description`, tag: 'XMP-dc:Description' },
  imageDescription: { property: '{http://ns.adobe.com/tiff/1.0}ImageDescription', tag: 'XMP-tiff:ImageDescription' },
  source: { property: `${DC}source`, tag: 'XMP-dc:Source' },
  identifier: { property: `${DC}identifier`, tag: 'XMP-dc:Identifier' },
  title: { property: `${DC}title`, tag: 'XMP-dc:Title' },
  dateTimeOriginal: { property: '{http://ns.adobe.com/exif/1.0}DateTimeOriginal', tag: 'XMP-exif:DateTimeOriginal' },
  dateCreated: { property: '{http://ns.adobe.com/photoshop/1.0}DateCreated', tag: 'XMP-photoshop:DateCreated' },
  // `#`: the code as it is; without it ExifTool wants its own English words
  adultContentWarning: {
    property: '{http://ns.useplus.org/ldf/xmp/1.0}AdultContentWarning',
    tag: 'XMP-plus:AdultContentWarning#',
  },
  rating: { property: '{http://ns.adobe.com/xap/1.0}Rating', tag: 'XMP-xmp:Rating' },
  creatorTool: { property: '{http://ns.adobe.com/xap/1.0}CreatorTool', tag: 'XMP-xmp:CreatorTool' },
} as const satisfies Readonly<Record<ListField | TextField, FieldPlace>>;
