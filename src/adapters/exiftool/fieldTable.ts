import type { ListField, TextField } from '../../core/sidecar/fields.ts';

/** Where a field stands: its property in XMP (as in XmpProperties), and its name in ExifTool. */
export interface FieldPlace {
  readonly property: string;
  readonly tag: string;
}

const DC = '{http://purl.org/dc/elements/1.1}';
/** Of our own; media/exiftool/image-inbox.config says what it is. */
export const OWN_NAMESPACE = 'urn:uuid:3f0d2b9c-7c1e-4b5a-9a55-0c1f7d2e6b84#';
const OWN = `{${OWN_NAMESPACE}}`;

/**
 * ExifTool knows their kinds by these names: TagsList and Creator are a Seq, the other lists a Bag. `x-default`: without it
 * ExifTool removes the same text in all other languages. `#`: the code as it is; else ExifTool wants its own English words.
 */
export const FIELD_TABLE = {
  tagsList: { property: '{http://www.digikam.org/ns/1.0}TagsList', tag: 'XMP-digiKam:TagsList' },
  hierarchicalSubject: {
    property: '{http://ns.adobe.com/lightroom/1.0}hierarchicalSubject',
    tag: 'XMP-lr:HierarchicalSubject',
  },
  subject: { property: `${DC}subject`, tag: 'XMP-dc:Subject' },
  lastKeywordXmp: {
    property: '{http://ns.microsoft.com/photo/1.0}LastKeywordXMP',
    tag: 'XMP-microsoft:LastKeywordXMP',
  },
  catalogSets: {
    property: '{http://ns.iview-multimedia.com/mediapro/1.0}CatalogSets',
    tag: 'XMP-mediapro:CatalogSets',
  },
  acdseeCategories: { property: '{http://ns.acdsee.com/iptc/1.0}categories', tag: 'XMP-acdsee:Categories' },
  creator: { property: `${DC}creator`, tag: 'XMP-dc:Creator' },
  relation: { property: `${DC}relation`, tag: 'XMP-dc:Relation' },
  description: { property: `${DC}description`, tag: 'XMP-dc:Description-x-default' },
  imageDescription: {
    property: '{http://ns.adobe.com/tiff/1.0}ImageDescription',
    tag: 'XMP-tiff:ImageDescription-x-default',
  },
  source: { property: `${DC}source`, tag: 'XMP-dc:Source' },
  identifier: { property: `${DC}identifier`, tag: 'XMP-dc:Identifier' },
  title: { property: `${DC}title`, tag: 'XMP-dc:Title-x-default' },
  dateTimeOriginal: { property: '{http://ns.adobe.com/exif/1.0}DateTimeOriginal', tag: 'XMP-exif:DateTimeOriginal' },
  dateCreated: { property: '{http://ns.adobe.com/photoshop/1.0}DateCreated', tag: 'XMP-photoshop:DateCreated' },
  adultContentWarning: {
    property: '{http://ns.useplus.org/ldf/xmp/1.0}AdultContentWarning',
    tag: 'XMP-plus:AdultContentWarning#',
  },
  digitalSourceType: {
    property: '{http://iptc.org/std/Iptc4xmpExt/2008-02-29}DigitalSourceType',
    tag: 'XMP-iptcExt:DigitalSourceType',
  },
  rating: { property: '{http://ns.adobe.com/xap/1.0}Rating', tag: 'XMP-xmp:Rating' },
  creatorTool: { property: '{http://ns.adobe.com/xap/1.0}CreatorTool', tag: 'XMP-xmp:CreatorTool' },
  tagSources: { property: `${OWN}TagSources`, tag: 'XMP-ImageInbox:TagSources' },
  removedTags: { property: `${OWN}RemovedTags`, tag: 'XMP-ImageInbox:RemovedTags' },
  fieldHashes: { property: `${OWN}FieldHashes`, tag: 'XMP-ImageInbox:FieldHashes' },
} as const satisfies Readonly<Record<ListField | TextField, FieldPlace>>;
