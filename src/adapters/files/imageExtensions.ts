import { extname } from 'node:path';

const IMAGE_EXTENSIONS = new Set([
  '.jpg', '.jpeg', '.jpe', '.jfif', '.png', '.apng', '.webp', '.gif', '.avif', '.avifs', '.heic', '.heif', '.hif',
  '.tif', '.tiff', '.bmp', '.dib', '.jxl',
]); // prettier-ignore

/** Whether a file claims by its name to be an image. */
export const hasImageExtension = (name: string): boolean => IMAGE_EXTENSIONS.has(extname(name).toLowerCase());
