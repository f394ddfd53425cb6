import type { Asked } from './origin.ts';

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
  /** XMP-exif:DateTimeOriginal and XMP-photoshop:DateCreated, ISO 8601 with zone; only a real date of the post */
  readonly date?: string;
  /** XMP-plus:AdultContentWarning */
  readonly adultContentWarning?: 'CW-AWR' | 'CW-NRQ' | 'CW-UNK';
  /** XMP-iptcExt:DigitalSourceType, an address of IPTC's vocabulary; only where the booru says so */
  readonly digitalSourceType?: string;
  /** XMP-xmp:Rating, 1 to 5, only where the user asked for it; one that stands there already is never changed */
  readonly rating?: number;
  /** XMP-xmp:CreatorTool */
  readonly creatorTool: string;
  /** who could speak this time: what the others said earlier is still said */
  readonly asked: Asked;
}

/** One tag where the readers look for it. */
export interface TagPlace {
  /** from the top down, the last is the tag: TagsList joins them with `/`, HierarchicalSubject with `|` */
  readonly path: readonly string[];
  /** dc:Subject: the exact text, with whatever separators it holds */
  readonly leaf: string;
}

/** A tag of ours, with where it is from. */
export interface SidecarTag extends TagPlace {
  /** in the booru's spelling, `rating:explicit` for one of ours: tells it again under another case or tree */
  readonly name: string;
  /** in the words of origin.ts */
  readonly origin: string;
}
