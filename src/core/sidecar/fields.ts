/** What the XMP fields that we know say, without any XML. An absent field is undefined; texts are as they stand. */
export interface SidecarFields {
  /** digiKam:TagsList. `['']` is what Immich leaves when a person removed every tag */
  readonly tagsList?: readonly string[];
  /** lr:hierarchicalSubject */
  readonly hierarchicalSubject?: readonly string[];
  /** dc:subject */
  readonly subject?: readonly string[];
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
  /** xmp:Rating */
  readonly rating?: string;
  /** xmp:CreatorTool */
  readonly creatorTool?: string;
}

export const LIST_FIELDS = ['tagsList', 'hierarchicalSubject', 'subject', 'creator', 'relation'] as const;
export const TEXT_FIELDS = [
  'description',
  'imageDescription',
  'source',
  'identifier',
  'title',
  'dateTimeOriginal',
  'dateCreated',
  'adultContentWarning',
  'rating',
  'creatorTool',
] as const;
export type ListField = (typeof LIST_FIELDS)[number];
export type TextField = (typeof TEXT_FIELDS)[number];
