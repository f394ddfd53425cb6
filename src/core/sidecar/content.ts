/**
 * What one sidecar says, ready to be written: the texts are final (case, separators), the writer only has to know which
 * XMP field each one goes to.
 */
export interface SidecarContent {
  readonly tags: readonly SidecarTag[];
  /** XMP-dc:Description and XMP-tiff:ImageDescription, the same text */
  readonly description?: string;
  /** XMP-dc:Source: address of the post */
  readonly source?: string;
  /** XMP-dc:Relation: the other known addresses */
  readonly relations: readonly string[];
  /** XMP-dc:Identifier: `danbooru:123456` */
  readonly identifier?: string;
  /** XMP-dc:Creator, one entry an artist */
  readonly creators: readonly string[];
  /** XMP-dc:Title, where a site gives one */
  readonly title?: string;
  /** XMP-exif:DateTimeOriginal and XMP-photoshop:DateCreated, ISO 8601 with zone; only a real date of the post or the image */
  readonly date?: string;
  /** XMP-plus:AdultContentWarning */
  readonly adultContentWarning?: 'CW-AWR' | 'CW-NRQ' | 'CW-UNK';
  /** XMP-xmp:Rating, 1 to 5, only where the user asked for it; one that stands there already is never changed */
  readonly rating?: number;
  /** XMP-xmp:CreatorTool */
  readonly creatorTool: string;
}

/** One tag in the three fields that the readers look at. */
export interface SidecarTag {
  /** from the top down, the last is the tag: TagsList joins them with `/`, HierarchicalSubject with `|` */
  readonly path: readonly string[];
  /** dc:Subject: the exact text, with whatever separators it holds */
  readonly leaf: string;
}
