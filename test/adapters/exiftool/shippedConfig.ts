import { join } from 'node:path';

/** The configuration of ExifTool that ships with the extension: it knows our own fields. */
export const SHIPPED_CONFIG = join(import.meta.dirname, '../../../media/exiftool/image-inbox.config');
