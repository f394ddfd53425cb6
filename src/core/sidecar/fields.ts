/** What the XMP fields that we know say, without any XML. An absent field is undefined; texts are as they stand. */
export interface SidecarFields {
  /** digiKam:TagsList. `['']` is what Immich leaves when a person removed every tag */
  readonly tagsList?: readonly string[];
  /** lr:hierarchicalSubject */
  readonly hierarchicalSubject?: readonly string[];
  /** dc:subject */
  readonly subject?: readonly string[];
  /** MicrosoftPhoto:LastKeywordXMP, levels joined with `/` */
  readonly lastKeywordXmp?: readonly string[];
  /** mediapro:CatalogSets, levels joined with `|` */
  readonly catalogSets?: readonly string[];
  /** acdsee:categories: the tags of its tree, levels joined with `/` */
  readonly acdseeCategories?: readonly string[];
  /** dc:creator */
  readonly creator?: readonly string[];
  /** dc:relation */
  readonly relation?: readonly string[];
  /** dc:description */
  readonly description?: string;
  /** tiff:ImageDescription */
  readonly imageDescription?: string;
  /** dc:source */
  readonly source?: string;
  /** dc:identifier */
  readonly identifier?: string;
  /** dc:title */
  readonly title?: string;
  /** exif:DateTimeOriginal */
  readonly dateTimeOriginal?: string;
  /** photoshop:DateCreated */
  readonly dateCreated?: string;
  /** plus:AdultContentWarning, the code alone */
  readonly adultContentWarning?: string;
  /** Iptc4xmpExt:DigitalSourceType */
  readonly digitalSourceType?: string;
  /** xmp:Rating */
  readonly rating?: string;
  /** xmp:CreatorTool */
  readonly creatorTool?: string;
  /** ImageInbox:TagSources (ours, tagSources.ts): every tag, where it is from and its score */
  readonly tagSources?: string;
  /** ImageInbox:RemovedTags (ours): tags that we wrote and somebody removed */
  readonly removedTags?: string;
  /** ImageInbox:FieldHashes (ours, fieldHashes.ts): what we wrote last into the other fields */
  readonly fieldHashes?: string;
}

/** Where readers look for tags; the first three are always written, the others only kept as they are in step with them. */
export const TAG_FIELDS = [
  'tagsList',
  'hierarchicalSubject',
  'subject',
  'lastKeywordXmp',
  'catalogSets',
  'acdseeCategories',
] as const;
export const LIST_FIELDS = [...TAG_FIELDS, 'creator', 'relation'] as const;
export const TEXT_FIELDS = [
  'description',
  'imageDescription',
  'source',
  'identifier',
  'title',
  'dateTimeOriginal',
  'dateCreated',
  'adultContentWarning',
  'digitalSourceType',
  'rating',
  'creatorTool',
  'tagSources',
  'removedTags',
  'fieldHashes',
] as const;
export type TagField = (typeof TAG_FIELDS)[number];
export type ListField = (typeof LIST_FIELDS)[number];
export type TextField = (typeof TEXT_FIELDS)[number];
